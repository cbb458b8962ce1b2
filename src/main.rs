//! Words in, exit code out.

use std::process::ExitCode;

fn main() -> ExitCode {
    let argv: Vec<_> = std::env::args_os().collect();
    ExitCode::from(safe_rm::app::run(&argv).code())
}

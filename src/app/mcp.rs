//! `safe-rm mcp`: not in this build yet.

use anyhow::{Result, bail};

use super::Exit;
use crate::tell::Voice;

/// Says so.
pub(super) fn run(_: Voice) -> Result<Exit> {
    bail!("this build of safe-rm has no MCP server")
}

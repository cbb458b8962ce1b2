//! The system's rm and ours side by side: each case is run by both, in the same place made anew, and
//! everything that can be seen from outside must be the same. A case is three lines of bash: what it
//! is called, what is there before, what is run. In the third, `rm` is the program under test with
//! `rm` as its name, and `answers y n` writes lines for it to read.

use std::fmt::Write as _;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::{BIN, has_tool, skip};

/// Its name, what makes the place, what is run in it.
pub type Case<'a> = (&'a str, &'a str, &'a str);

/// Who makes the place and who runs rm, and where.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Who {
    /// Whoever runs the tests does both.
    Runner,
    /// A user without any rights does both; if root does not run the tests, the runner is one.
    Nobody,
    /// The place is made by root, and rm run by nobody.
    Guest,
    /// Root does both, in a mount namespace of the case's own.
    Mounts,
}

/// How the program is called: by the name that GNU's has, or as a command of ours.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Form {
    Shim,
    Command,
}

/// All that can be seen of a run from outside.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Seen {
    /// 128 and more is a death by a signal, as the shell has it.
    pub code: String,
    pub out: Vec<u8>,
    pub err: Vec<u8>,
    /// Kind, mode, path and link of everything that is left, sorted.
    pub tree: Vec<Vec<u8>>,
}

/// A place for the cases of one test, removed at the end.
pub struct Bench {
    dir: tempfile::TempDir,
}

const ID: &str = "65534";
const SYSTEM: &str = "/bin/rm";

/// What every line that is run can use. A function, so that environment, redirections and pipes
/// stand where they would stand in a shell; and `exec`, so that signals and descriptors are rm's own.
const PRELUDE: &str = r#"
rm() { exec -a rm "$RM" "$@"; }
[ "$FORM" = Shim ] || rm() { exec "$RM" rm "$@"; }
answers() { printf '%s\n' "$@"; }
"#;

/// Makes, runs, looks. The listing is find's: its walk has no bound in depth.
const SCRIPT: &str = r#"
cd "$AT/w" || exit 98
$MAKER bash -c "set -e; umask 022; $MAKE" < /dev/null || exit 99
$RUNNER bash -c "umask 022; $PRELUDE
$RUN" > "$AT/out" 2> "$AT/err"
echo $? > "$AT/code"
cd "$AT/w"
list() { find . -printf '%y %m %n %P -> %l\0' 2> /dev/null; }
list > "$AT/tree"
[ $EUID = 0 ] || { chmod -R u+rwX . 2> /dev/null; list >> "$AT/tree"; }
"#;

/// The first line that the system's rm says of itself.
fn version() -> String {
    let said = Command::new(SYSTEM).arg("--version").output().map(|v| v.stdout);
    let said = String::from_utf8(said.unwrap_or_default()).unwrap_or_default();
    said.lines().next().unwrap_or_default().to_owned()
}

/// Whether the system's rm is the one to be compared with; where it is not, the test is skipped.
pub fn is_gnu() -> bool {
    let gnu = version().starts_with("rm (GNU coreutils)");
    if !gnu {
        skip("the system's rm is not GNU's");
    }
    gnu && has_tool("setsid", &["true"]) && has_tool("find", &["/dev/null"])
}

pub fn is_root() -> bool {
    Path::new("/proc/self").metadata().unwrap().uid() == 0
}

/// Whether these cases can be run here.
pub fn can(who: Who) -> bool {
    let root = is_root();
    if !root && matches!(who, Who::Guest | Who::Mounts) {
        skip("only root can make this place");
        return false;
    }
    is_gnu()
        && (!root || has_tool("setpriv", &["true"]))
        && (who != Who::Mounts || has_tool("unshare", &["-m", "true"]))
}

/// Every case is the same with both programs.
pub fn same(who: Who, cases: &[Case]) {
    same_as(Form::Shim, who, cases);
}

pub fn same_as(form: Form, who: Who, cases: &[Case]) {
    if !can(who) {
        return;
    }
    let bench = Bench::new();
    let differ: String = cases.iter().filter_map(|c| bench.differs(form, who, c)).collect();
    assert!(differ.is_empty(), "{}, and ours:\n{differ}", version());
}

/// As [`same`], by an ordinary user with the terminal as its input, on which all of the second
/// word of a pair is typed.
pub fn same_at_terminal(cases: &[(Case, &str)]) {
    if !can(Who::Nobody) {
        return;
    }
    let bench = Bench::new();
    let both = |case, typed| {
        let seen = [SYSTEM.as_ref(), bench.ours().as_path()]
            .map(|program| bench.at_terminal(program, case, typed));
        difference(case, &seen)
    };
    let differ: String = cases.iter().filter_map(|(case, typed)| both(case, typed)).collect();
    assert!(differ.is_empty(), "{}, and ours:\n{differ}", version());
}

impl Bench {
    pub fn new() -> Self {
        let dir = tempfile::Builder::new().prefix("safe-rm-test-").tempdir().unwrap();
        let bench = Self { dir };
        std::fs::create_dir(bench.at().join("home")).unwrap();
        // Nobody must reach the program and the place, also where the tests are root's.
        let open = |path: &Path| {
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o777)).unwrap();
        };
        open(&bench.at());
        open(&bench.at().join("home"));
        std::fs::copy(BIN, bench.ours()).unwrap();
        bench
    }

    fn at(&self) -> PathBuf {
        self.dir.path().canonicalize().unwrap()
    }

    /// The binary under test, where every user can reach it.
    pub fn ours(&self) -> PathBuf {
        self.at().join("safe-rm")
    }

    /// What both do with a case where it is not the same.
    pub fn differs(&self, form: Form, who: Who, case: &Case) -> Option<String> {
        difference(case, &self.both(form, who, case))
    }

    /// What GNU's does and what ours does.
    pub fn both(&self, form: Form, who: Who, case: &Case) -> [Seen; 2] {
        let theirs = self.run(SYSTEM.as_ref(), Form::Shim, who, case);
        [theirs, self.run(&self.ours(), form, who, case)]
    }

    /// A place of its own for each run, always with the same path.
    fn fresh(&self, who: Who) -> PathBuf {
        let at = self.at();
        let place = at.join("w");
        std::fs::create_dir(&place).unwrap();
        if is_root() && who == Who::Nobody {
            let id = ID.parse().ok();
            std::os::unix::fs::chown(&place, id, id).unwrap();
        }
        at
    }

    fn command(&self, program: &Path, form: Form, who: Who, case: &Case) -> Command {
        let at = self.fresh(who);
        let nobody = format!("setpriv --reuid={ID} --regid={ID} --clear-groups --");
        let (maker, runner) = match who {
            Who::Nobody if is_root() => (nobody.as_str(), nobody.as_str()),
            Who::Guest => ("", nobody.as_str()),
            Who::Runner | Who::Nobody | Who::Mounts => ("", ""),
        };
        let mut words = vec!["bash", "-c", SCRIPT];
        if who == Who::Mounts {
            words.splice(0..0, ["unshare", "-m"]);
        }
        let mut command = Command::new(words[0]);
        command.args(&words[1..]).env_clear().env("PATH", std::env::var_os("PATH").unwrap());
        command.env("HOME", at.join("home")).env("LC_ALL", "C.UTF-8").env("AT", &at);
        command.env("MAKE", case.1).env("RUN", case.2).env("MAKER", maker).env("RUNNER", runner);
        command.env("PRELUDE", PRELUDE).env("RM", program).env("FORM", format!("{form:?}"));
        command
    }

    /// One run without a terminal, with nothing to read unless the case brings it.
    pub fn run(&self, program: &Path, form: Form, who: Who, case: &Case) -> Seen {
        let inner = self.command(program, form, who, case);
        // The timer stands within the session: it kills all of a run that hangs.
        let mut command = Command::new("setsid");
        command.args(["--wait", "timeout", "-k1", "60"]).arg(inner.get_program());
        command.args(inner.get_args()).env_clear();
        command.envs(inner.get_envs().filter_map(|(name, value)| Some((name, value?))));
        let output = command.stdin(Stdio::null()).output().unwrap();
        self.seen(case, &String::from_utf8_lossy(&output.stderr))
    }

    fn at_terminal(&self, program: &Path, case: &Case, typed: &str) -> Seen {
        let command = self.command(program, Form::Shim, Who::Nobody, case);
        let mut session = super::person::spawn(&command, 30_000);
        session.send(typed);
        let shown = session.exp_eof().unwrap_or_else(|e| e.0);
        self.seen(case, &shown)
    }

    /// What the run has left; then the place goes.
    fn seen(&self, case: &Case, said: &str) -> Seen {
        let at = self.at();
        let take = |name: &str| {
            let bytes = std::fs::read(at.join(name)).unwrap_or_default();
            let _ = std::fs::remove_file(at.join(name));
            bytes
        };
        let mut tree: Vec<_> = take("tree").split(|b| *b == 0).map(<[u8]>::to_vec).collect();
        tree.sort();
        let code = String::from_utf8(take("code")).unwrap();
        let seen = Seen { code, out: take("out"), err: take("err"), tree };
        let gone = Command::new(SYSTEM).arg("-rf").arg(at.join("w")).status().unwrap();
        assert!(gone.success(), "{}: its place stays", case.0);
        assert!(!seen.code.is_empty(), "{}: it did not come to its end: {said} {seen:?}", case.0);
        seen
    }
}

/// How two runs of a case differ, to be read by a person.
fn difference(case: &Case, [theirs, ours]: &[Seen; 2]) -> Option<String> {
    if theirs == ours {
        return None;
    }
    let (name, make, run) = case;
    let mut text = format!("\n## {name}\n   made: {make}\n   run:  {run}\n");
    for (what, seen) in [("GNU ", theirs), ("ours", ours)] {
        let Seen { code, out, err, .. } = seen;
        let code = code.trim();
        let (out, err) = (out.escape_ascii(), err.escape_ascii());
        let _ = writeln!(text, "   {what}: exit {code}, stdout \"{out}\", stderr \"{err}\"");
    }
    for (what, a, b) in [("GNU ", theirs, ours), ("ours", ours, theirs)] {
        for line in a.tree.iter().filter(|l| !b.tree.contains(l)).take(20) {
            let _ = writeln!(text, "   only {what} leaves: {}", line.escape_ascii());
        }
    }
    Some(text)
}

/// A name as bash reads it, whatever its bytes are.
pub fn quoted(name: &std::ffi::OsStr) -> String {
    let bytes = name.as_bytes().iter().fold(String::new(), |mut text, byte| {
        let _ = match byte {
            // Not after an escape: a digit would be one of its own.
            b'g'..=b'z' | b'.' | b'/' | b'-' | b'_' => write!(text, "{}", char::from(*byte)),
            _ => write!(text, "\\x{byte:02x}"),
        };
        text
    });
    format!("$'{bytes}'")
}

//! Processes as /proc shows them: who started whom, and who holds the other end of a terminal.

use std::ffi::OsString;
use std::fs;
use std::io::{self, Read};
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};

use super::dir;

/// No chain of parents is longer.
const GENERATIONS: usize = 256;
/// How much of a command line is read.
const WORDS: u64 = 16 << 10;
/// Major numbers of the terminals behind /dev/pts (Linux, devices.txt).
const PTS: std::ops::RangeInclusive<u32> = 136..=143;

/// One process.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Process {
    /// Its id.
    pub pid: u32,
    /// The program file, where it may be seen.
    pub exe: Option<PathBuf>,
    /// The first words of its command line.
    pub argv: Vec<OsString>,
}

/// This process, as /proc numbers it: in a namespace of its own it has another number for itself.
fn own_id() -> u32 {
    let told = fs::read_link("/proc/self").ok();
    let told = told.and_then(|told| told.to_str()?.parse().ok());
    told.unwrap_or_else(std::process::id)
}

/// The processes above this one, the nearest first.
#[must_use]
pub fn ancestors() -> Vec<Process> {
    above(own_id())
}

/// The process itself and those above it, the nearest first.
#[must_use]
pub fn with_ancestors(pid: u32) -> Vec<Process> {
    let mut chain = vec![process(pid)];
    chain.extend(above(pid));
    chain
}

/// Whether the program of the parent is kept from this process although it is there: so it is for one
/// in a domain of Landlock whose parent is outside.
#[must_use]
pub fn is_parent_hidden() -> bool {
    let Some(parent) = field(own_id(), Field::Parent) else { return false };
    let exe = fs::read_link(format!("/proc/{parent}/exe"));
    exe.is_err_and(|error| error.kind() == io::ErrorKind::PermissionDenied)
}

/// Whether a process above is this user's, and kept from this one all the same. One that hides itself is
/// shown as root's.
#[must_use]
pub fn is_any_above_hidden() -> bool {
    let euid = rustix::process::geteuid().as_raw();
    parents(own_id()).into_iter().any(|pid| {
        let folder = PathBuf::from(format!("/proc/{pid}"));
        let denied = |error: io::Error| error.kind() == io::ErrorKind::PermissionDenied;
        fs::read_link(folder.join("exe")).is_err_and(denied)
            && dir::stat_path(&folder).is_ok_and(|meta| meta.uid == euid)
    })
}

/// Whether no program that this process starts gains rights (`no_new_privs`, prctl(2)): once so, always so.
#[must_use]
pub fn gains_nothing() -> bool {
    rustix::thread::no_new_privs().unwrap_or(true)
}

fn above(pid: u32) -> Vec<Process> {
    parents(pid).into_iter().map(process).collect()
}

fn parents(pid: u32) -> Vec<u32> {
    let next = |pid: &u32| field(*pid, Field::Parent).filter(|parent| *parent > 0);
    std::iter::successors(next(&pid), next).take(GENERATIONS).collect()
}

fn process(pid: u32) -> Process {
    let dir = PathBuf::from(format!("/proc/{pid}"));
    let mut bytes = Vec::new();
    if let Ok(file) = fs::File::open(dir.join("cmdline")) {
        let _ = file.take(WORDS).read_to_end(&mut bytes);
    }
    bytes.pop_if(|b| *b == 0);
    let argv = bytes.split(|b| *b == 0).map(|word| OsString::from_vec(word.to_vec()));
    Process { pid, exe: fs::read_link(dir.join("exe")).ok(), argv: argv.collect() }
}

#[derive(Clone, Copy)]
enum Field {
    Parent,
    Terminal,
}

/// A number of /proc/PID/stat; the name in front of it may hold anything but its own last bracket.
fn field(pid: u32, field: Field) -> Option<u32> {
    let stat = fs::read(format!("/proc/{pid}/stat")).ok()?;
    let after = stat.iter().rposition(|b| *b == b')')? + 1;
    let mut fields = std::str::from_utf8(&stat[after..]).ok()?.split_ascii_whitespace();
    // State, parent, group, session, terminal.
    let at = match field {
        Field::Parent => 1,
        Field::Terminal => 4,
    };
    fields.nth(at)?.parse::<i64>().ok().and_then(|n| u32::try_from(n).ok())
}

/// Who holds the other end of this process's terminal: what reads there what is shown, and types.
/// A console has none. Processes of other users cannot be seen but by root.
#[must_use]
pub fn terminal_holders() -> Vec<u32> {
    let Some(index) = field(own_id(), Field::Terminal).and_then(pts) else {
        return Vec::new();
    };
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    let pids = processes.filter_map(|e| e.file_name().to_str()?.parse::<u32>().ok());
    pids.filter(|pid| holds(*pid, index)).collect()
}

/// The number of a terminal behind /dev/pts, out of its device number as `stat` packs it.
fn pts(device: u32) -> Option<u32> {
    let major = (device >> 8) & 0xfff;
    let minor = (device & 0xff) | ((device >> 12) & 0xfff00);
    PTS.contains(&major).then(|| (major - PTS.start()) * 256 + minor)
}

fn holds(pid: u32, index: u32) -> bool {
    let open = fs::read_dir(format!("/proc/{pid}/fd")).into_iter().flatten().flatten();
    open.filter(|fd| fs::read_link(fd.path()).is_ok_and(|to| is_master(&to))).any(|fd| {
        let info = format!("/proc/{pid}/fdinfo/{}", fd.file_name().display());
        let told = fs::read_to_string(info).unwrap_or_default();
        let told = told.lines().find_map(|line| line.strip_prefix("tty-index:"));
        told.is_some_and(|n| n.trim().parse() == Ok(index))
    })
}

fn is_master(path: &Path) -> bool {
    path.ends_with("ptmx")
}

//! The environment and the user, read in one place and lent from there.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};

use crate::facts::FileKind;

/// Who runs this, and from where.
#[derive(Clone, Debug)]
pub struct Surroundings {
    /// Effective user id.
    pub euid: u32,
    /// The user whose policy, state and trash count: `SUDO_UID` under sudo.
    pub user: u32,
    /// The group of that user's own.
    pub group: u32,
    /// That user's name, as the passwd file says, or the number.
    pub user_name: String,
    /// Home of that user as the passwd file says; variables do not move it.
    pub passwd_home: Option<PathBuf>,
    /// `HOME`, or the passwd entry's home.
    pub home: Option<PathBuf>,
    /// Where state lies: `$XDG_STATE_HOME/safe-rm`.
    pub state: Option<PathBuf>,
    /// The user's home trash: `$XDG_DATA_HOME/Trash`.
    pub home_trash: Option<PathBuf>,
    /// The user's policy file as XDG says.
    pub xdg_policy: Option<PathBuf>,
    /// The working directory.
    pub cwd: Option<PathBuf>,
    /// Every home directory in the passwd file.
    pub homes: Vec<PathBuf>,
    /// `SAFE_RM_TEST_CLOCK`; looked at by builds with debug assertions only.
    pub test_clock: Option<String>,
}

#[expect(clippy::disallowed_methods, reason = "this is the one place that reads the environment")]
fn var(name: &str) -> Option<OsString> {
    std::env::var_os(name).filter(|v| !v.is_empty())
}

/// The value of a variable by which an agent shows, where it is set and not empty.
#[must_use]
pub fn variable(name: &str) -> Option<OsString> {
    var(name)
}

/// The value of a variable that a command names; a rule never depends on one.
#[must_use]
pub fn lookup(name: &str) -> Option<String> {
    let plain = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    if plain { var(name)?.into_string().ok() } else { None }
}

/// Whether the first operand ends the options, as POSIX has it.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "set is set, also where it is empty")]
pub fn is_posixly_correct() -> bool {
    std::env::var_os("POSIXLY_CORRECT").is_some()
}

/// Whether the terminal reads UTF-8, by the name of the locale.
#[must_use]
pub fn is_utf8() -> bool {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].iter().find_map(|name| var(name));
    let locale = locale.unwrap_or_default().to_string_lossy().into_owned();
    let Some((language, charset)) = locale.split_once('.') else { return false };
    let charset = charset.split('@').next().unwrap_or_default().to_ascii_lowercase();
    if !["utf-8", "utf8"].contains(&charset.as_str()) {
        return false;
    }
    // One that is not installed is none: its own folder, or a name in the archive of all.
    let name = format!("{language}.utf8");
    let archive = || std::fs::read("/usr/lib/locale/locale-archive").unwrap_or_default();
    language == "C"
        || Path::new("/usr/lib/locale").join(&name).is_dir()
        || archive().windows(name.len() + 1).any(|w| w.strip_suffix(b"\0") == Some(name.as_bytes()))
}

/// The file that runs, with no link on the way to it, and whether PATH leads to it by this name.
///
/// # Errors
/// Where the system does not say it.
pub fn program(name: &str) -> std::io::Result<(PathBuf, bool)> {
    let own = std::env::current_exe()?;
    let is_own = |place: PathBuf| {
        let file = place.join(name);
        file.is_file().then(|| file.canonicalize().is_ok_and(|found| found == own))
    };
    let path = var("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path).find_map(is_own);
    Ok((own, found.unwrap_or(false)))
}

/// The program that a shell would run by this name, as PATH has it.
#[must_use]
pub fn on_path(name: &str) -> Option<PathBuf> {
    all_on_path(name).into_iter().next()
}

/// Every program of this name in the directories of PATH, in their order.
#[must_use]
pub fn all_on_path(name: &str) -> Vec<PathBuf> {
    let path = var("PATH").unwrap_or_default();
    let files = std::env::split_paths(&path).map(|place| place.join(name));
    let is_program = |file: &PathBuf| {
        let found = super::dir::stat_path(file);
        found.is_ok_and(|m| m.kind == FileKind::File && m.mode & 0o111 != 0)
    };
    files.filter(is_program).collect()
}

/// The shell that the user works with: the one that says so, or that of the passwd entry.
#[must_use]
pub fn shell(user: &Surroundings) -> Option<PathBuf> {
    // Under sudo the variables are another's.
    let said = if user.user == user.euid { absolute("SHELL") } else { None };
    let passwd = || std::fs::read("/etc/passwd").unwrap_or_default();
    said.or_else(|| Some(OsString::from_vec(entry(&passwd(), user.user)?.get(6)?.to_vec()).into()))
}

/// The folder for temporary things.
#[must_use]
pub fn temporary() -> PathBuf {
    absolute("TMPDIR").unwrap_or_else(|| PathBuf::from("/tmp"))
}

fn absolute(name: &str) -> Option<PathBuf> {
    var(name).map(PathBuf::from).filter(|p| p.is_absolute())
}

/// Reads user and environment.
#[must_use]
pub fn surroundings() -> Surroundings {
    let euid = rustix::process::geteuid().as_raw();
    let sudo = if euid == 0 { var("SUDO_UID") } else { None };
    let under_sudo = sudo.and_then(|v| v.to_str().and_then(|v| v.parse::<u32>().ok()));
    let user = under_sudo.unwrap_or(euid);
    let passwd = std::fs::read("/etc/passwd").unwrap_or_default();
    let passwd_home = home_in(&passwd, user);
    // Under sudo the variables are root's or were carried along; the passwd entry is the user's.
    let lent = |name: &str| if under_sudo.is_some() { None } else { absolute(name) };
    let home = lent("HOME").or_else(|| passwd_home.clone());
    let below = |name: &str, rest: &str| lent(name).or_else(|| home.as_ref().map(|h| h.join(rest)));
    Surroundings {
        euid,
        user,
        group: group_in(&passwd, user).unwrap_or_else(|| rustix::process::getegid().as_raw()),
        user_name: name_in(&passwd, user).unwrap_or_else(|| format!("{user}")),
        state: below("XDG_STATE_HOME", ".local/state").map(|p| p.join("safe-rm")),
        home_trash: below("XDG_DATA_HOME", ".local/share").map(|p| p.join("Trash")),
        xdg_policy: below("XDG_CONFIG_HOME", ".config").map(|p| p.join("safe-rm/policy.toml")),
        cwd: std::env::current_dir().ok(),
        homes: all_homes(&passwd),
        test_clock: var("SAFE_RM_TEST_CLOCK").and_then(|v| v.into_string().ok()),
        passwd_home,
        home,
    }
}

fn fields(passwd: &[u8]) -> impl Iterator<Item = Vec<&[u8]>> {
    passwd.split(|&b| b == b'\n').map(|l| l.split(|&b| b == b':').collect::<Vec<_>>())
}

fn entry(passwd: &[u8], uid: u32) -> Option<Vec<&[u8]>> {
    fields(passwd)
        .find(|f| f.len() >= 6 && std::str::from_utf8(f[2]).is_ok_and(|n| n.parse() == Ok(uid)))
}

fn group_in(passwd: &[u8], uid: u32) -> Option<u32> {
    std::str::from_utf8(entry(passwd, uid)?[3]).ok()?.parse().ok()
}

fn name_in(passwd: &[u8], uid: u32) -> Option<String> {
    let name = String::from_utf8(entry(passwd, uid)?[0].to_vec()).ok()?;
    (!name.is_empty() && !name.contains(char::is_control)).then_some(name)
}

fn home_in(passwd: &[u8], uid: u32) -> Option<PathBuf> {
    entry(passwd, uid).map(|f| PathBuf::from(OsString::from_vec(f[5].to_vec())))
}

fn all_homes(passwd: &[u8]) -> Vec<PathBuf> {
    let mut homes: Vec<PathBuf> = fields(passwd)
        .filter(|f| f.len() >= 6 && !f[5].is_empty())
        .map(|f| PathBuf::from(OsString::from_vec(f[5].to_vec())))
        .filter(|p| p != Path::new("/nonexistent"))
        .collect();
    homes.sort();
    homes.dedup();
    homes
}

//! What the owner allows: policy files, read once and layered.
//!
//! `/etc` is a floor: a user's file may tighten what it sets, never weaken it. What weakens a
//! built-in default is read from `/etc` or the passwd entry's home, not from where variables point.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};
use serde::Deserialize;

use crate::sys::dir;

/// The system's policy file.
pub const SYSTEM: &str = "/etc/safe-rm/policy.toml";

/// The policy in force.
#[derive(Clone, Debug)]
pub struct Policy {
    /// `age.min`, in seconds.
    pub age_min: i64,
    /// `age.birth = "counts"`: birth and change times make young, not only modification times.
    pub birth_counts: bool,
    /// `keep.last`.
    pub keep_last: u64,
    /// `labels.required`.
    pub labels_required: bool,
    /// `mode = "permanent"`: what is deleted is freed at once.
    pub permanent: bool,
    /// `ordinary.bytes`: what holds no model and is larger gets the plan and the word from
    /// `safe-rm rm` all the same.
    pub ordinary_bytes: u64,
    /// `ordinary.mode = "trash"`: what `safe-rm rm` removes goes to the trash.
    pub ordinary_to_trash: bool,
    /// `trash.keep`, in seconds: how long what lies in the trash is not due.
    pub trash_keep: i64,
    /// `protect`.
    pub protect: Vec<PathBuf>,
    /// `agents`: names of programs that count as coding agents, besides those that are known.
    pub agents: Vec<String>,
    /// `roots`: where models and their copies are looked for.
    pub roots: Vec<PathBuf>,
    /// Rules that are switched off.
    pub off: BTreeSet<String>,
    /// The files in force.
    pub files: Vec<PathBuf>,
    /// What is weaker than the built-in default, with the file that says so.
    pub weakened: Vec<String>,
    /// Where each value that is not the default comes from.
    pub origins: BTreeMap<String, PathBuf>,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            age_min: 86_400,
            birth_counts: true,
            keep_last: 3,
            labels_required: true,
            permanent: false,
            ordinary_bytes: 10 << 30,
            ordinary_to_trash: false,
            trash_keep: 7 * 86_400,
            protect: Vec::new(),
            agents: Vec::new(),
            roots: Vec::new(),
            off: BTreeSet::new(),
            files: Vec::new(),
            weakened: Vec::new(),
            origins: BTreeMap::new(),
        }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct File {
    age: Age,
    keep: Keep,
    labels: Labels,
    mode: Option<Mode>,
    ordinary: Ordinary,
    trash: Trash,
    protect: Vec<PathBuf>,
    agents: Vec<String>,
    roots: Vec<PathBuf>,
    rules: BTreeMap<String, bool>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Age {
    min: Option<String>,
    birth: Option<Birth>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Birth {
    Counts,
    Warns,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Keep {
    last: Option<u64>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Labels {
    required: Option<bool>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Mode {
    Trash,
    Permanent,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Ordinary {
    bytes: Option<Size>,
    mode: Option<Mode>,
}

/// `"10GiB"`, or a number of bytes.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Size {
    Bytes(u64),
    Words(String),
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Trash {
    keep: Option<String>,
}

/// How far a file may go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reach {
    /// `/etc`: sets.
    Floor,
    /// The user's, in the passwd entry's home: weakens where `/etc` is silent.
    User,
    /// Where a variable points: tightens.
    Tighten,
}

/// Reads the policy files: the system's, the user's own, and where XDG points. With `strict`, for
/// callers without a person, the user's own only tightens.
///
/// # Errors
/// A file that is there but cannot be read or understood: no plan is made on a guess.
pub fn read(
    passwd_home: Option<&Path>,
    xdg: Option<&Path>,
    rules: &[&str],
    strict: bool,
) -> Result<Policy> {
    let own = passwd_home.map(|h| h.join(".config/safe-rm/policy.toml"));
    let mut files = vec![(PathBuf::from(SYSTEM), Reach::Floor)];
    let reach = if strict { Reach::Tighten } else { Reach::User };
    files.extend(own.clone().map(|p| (p, reach)));
    files.extend(
        xdg.map(Path::to_path_buf).filter(|x| Some(x) != own.as_ref()).map(|p| (p, Reach::Tighten)),
    );
    let mut policy = Policy::default();
    for (path, reach) in files {
        let text = match dir::open_regular(&path).and_then(std::io::read_to_string) {
            Ok(text) => text,
            Err(e)
                if matches!(
                    e.kind(),
                    std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory
                ) =>
            {
                continue;
            }
            // A variable that was carried along points to another user's: it is none of this one's.
            Err(e)
                if e.kind() == std::io::ErrorKind::PermissionDenied
                    && Some(path.as_path()) == xdg
                    && Some(path.as_path()) != own.as_deref() =>
            {
                continue;
            }
            Err(e) => {
                return Err(e)
                    .with_context(|| format!("cannot read the policy `{}`", path.display()));
            }
        };
        let bad = || format!("cannot use the policy `{}`", path.display());
        let file = toml::from_str(&text).map_err(|error| in_one_line(&error, &text));
        let file: File = file.with_context(bad)?;
        layer(&mut policy, file, &path, reach, rules).with_context(bad)?;
    }
    Ok(policy)
}

/// Puts one file over what is there.
fn layer(policy: &mut Policy, file: File, path: &Path, reach: Reach, rules: &[&str]) -> Result<()> {
    let default = Policy::default();
    policy.files.push(path.to_path_buf());
    let settle =
        |policy: &mut Policy, key: &str, weaker_than_now: bool, weaker_than_default: bool| {
            let floor = policy.origins.get(key).is_some_and(|o| o == Path::new(SYSTEM));
            let allowed = match reach {
                Reach::Floor => true,
                Reach::User => !weaker_than_now || !floor,
                Reach::Tighten => !weaker_than_now,
            };
            if allowed {
                if reach != Reach::User || !floor {
                    policy.origins.insert(key.to_owned(), path.to_path_buf());
                }
                policy.weakened.retain(|w| !w.starts_with(&format!("{key} ")));
                if weaker_than_default {
                    let shown = path.display();
                    policy.weakened.push(format!("{key} is weaker than the default (by {shown})"));
                }
            }
            allowed
        };
    if let Some(min) = file.age.min {
        let secs = duration(&min)?;
        if settle(policy, "age.min", secs < policy.age_min, secs < default.age_min) {
            policy.age_min = secs;
        }
    }
    if let Some(birth) = file.age.birth {
        let warns = birth == Birth::Warns;
        if settle(policy, "age.birth", warns && policy.birth_counts, warns) {
            policy.birth_counts = !warns;
        }
    }
    if let Some(last) = file.keep.last
        && settle(policy, "keep.last", last < policy.keep_last, last < default.keep_last)
    {
        policy.keep_last = last;
    }
    if let Some(required) = file.labels.required
        && settle(policy, "labels.required", !required && policy.labels_required, !required)
    {
        policy.labels_required = required;
    }
    if let Some(mode) = file.mode {
        let permanent = mode == Mode::Permanent;
        if settle(policy, "mode", permanent && !policy.permanent, permanent) {
            policy.permanent = permanent;
        }
    }
    if let Some(size) = file.ordinary.bytes {
        let bytes = match size {
            Size::Bytes(bytes) => bytes,
            Size::Words(text) => parse_size::parse_size(&text)
                .with_context(|| format!("`{text}` is no size; write `10GiB`"))?,
        };
        let (now, least) = (policy.ordinary_bytes, default.ordinary_bytes);
        if settle(policy, "ordinary.bytes", bytes > now, bytes > least) {
            policy.ordinary_bytes = bytes;
        }
    }
    if let Some(mode) = file.ordinary.mode {
        let trash = mode == Mode::Trash;
        if settle(policy, "ordinary.mode", !trash && policy.ordinary_to_trash, false) {
            policy.ordinary_to_trash = trash;
        }
    }
    if let Some(keep) = file.trash.keep {
        let secs = duration(&keep)?;
        if settle(policy, "trash.keep", secs < policy.trash_keep, secs < default.trash_keep) {
            policy.trash_keep = secs;
        }
    }
    for (key, paths) in [("protect", &file.protect), ("roots", &file.roots)] {
        if let Some(relative) = paths.iter().find(|p| !p.is_absolute()) {
            bail!("`{key}` names `{}`, which is not an absolute path", relative.display());
        }
    }
    policy.protect.extend(file.protect);
    policy.agents.extend(file.agents);
    policy.roots.extend(file.roots);
    for (rule, on) in file.rules {
        if !rules.contains(&rule.as_str()) {
            bail!("there is no rule `{rule}`; `safe-rm policy` lists them");
        }
        if !on && ["protected-path", "unreadable", "changed"].contains(&rule.as_str()) {
            bail!(
                "the rule `{rule}` cannot be switched off: without it nothing else can be judged"
            );
        }
        let weaker = !on && !policy.off.contains(&rule);
        if settle(policy, &format!("rules.{rule}"), weaker, !on) {
            if on {
                policy.off.remove(&rule)
            } else {
                policy.off.insert(rule)
            };
        }
    }
    Ok(())
}

/// What is wrong with a file, without the picture of it that the parser draws.
fn in_one_line(error: &toml::de::Error, text: &str) -> anyhow::Error {
    let before = error.span().and_then(|span| text.get(..span.start));
    let line = before.map_or(0, |before| before.matches('\n').count()) + 1;
    anyhow!("line {line}: {}", error.message().replace('\n', ", "))
}

/// `24h`, `7d`, `90m`, `30s` in seconds.
///
/// # Errors
/// Where it is none of these.
pub fn duration(text: &str) -> Result<i64> {
    let units = [("s", 1), ("m", 60), ("h", 3600), ("d", 86_400), ("w", 604_800)];
    let parsed = units.iter().find_map(|(unit, secs)| {
        text.strip_suffix(unit)?.trim().parse::<u32>().ok().map(|n| i64::from(n) * secs)
    });
    parsed.with_context(|| format!("`{text}` is no duration; write `24h` or `7d`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layered(files: &[(&str, Reach)]) -> Result<Policy> {
        let mut policy = Policy::default();
        for (text, reach) in files {
            let path = if *reach == Reach::Floor { SYSTEM } else { "/home/a/policy.toml" };
            layer(&mut policy, toml::from_str(text)?, Path::new(path), *reach, &["same-day"])?;
        }
        Ok(policy)
    }

    #[test]
    fn the_system_policy_is_a_floor() {
        let files = [("keep.last = 5", Reach::Floor), ("keep.last = 1", Reach::User)];
        assert_eq!(layered(&files).unwrap().keep_last, 5);
        let files = [("keep.last = 5", Reach::Floor), ("keep.last = 9", Reach::User)];
        assert_eq!(layered(&files).unwrap().keep_last, 9);
        let files = [("age.min = \"2h\"", Reach::Tighten)];
        assert_eq!(layered(&files).unwrap().age_min, 86_400);
    }

    #[test]
    fn a_floor_stays_after_it_was_tightened() {
        let files = [
            ("keep.last = 5", Reach::Floor),
            ("keep.last = 9", Reach::User),
            ("keep.last = 1", Reach::Tighten),
        ];
        assert_eq!(layered(&files).unwrap().keep_last, 9);
    }

    #[test]
    fn what_weakens_is_said() {
        let policy = layered(&[("rules.same-day = false", Reach::User)]).unwrap();
        assert!(policy.off.contains("same-day"));
        assert!(policy.weakened[0].contains("rules.same-day"));
    }

    #[test]
    fn unknown_keys_and_rules_are_errors() {
        assert!(layered(&[("keep.lsat = 1", Reach::User)]).is_err());
        assert!(layered(&[("rules.same-dya = false", Reach::User)]).is_err());
        assert!(layered(&[("age.min = \"soon\"", Reach::User)]).is_err());
    }
}

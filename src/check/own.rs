//! What safe-rm itself stands on: policy, state, journal, a trash on each disk.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use super::{Check, Scene};
use crate::keep::Journal;
use crate::policy::Policy;
use crate::sys::dir;

pub(super) fn checks(scene: &Scene<'_>) -> Vec<Check> {
    let mut checks = match scene.policy {
        Ok(policy) => of_policy(policy),
        Err(error) => {
            let text = format!("the policy cannot be used: {error:#}");
            vec![Check::broken("policy", text).hint("nothing is deleted until that file is mended")]
        }
    };
    checks.push(floor(scene));
    checks.extend(state(scene));
    checks.extend(trashes(scene));
    checks
}

fn of_policy(policy: &Policy) -> Vec<Check> {
    let files: Vec<String> = policy.files.iter().map(|f| f.display().to_string()).collect();
    let mut checks = vec![Check::holds(
        "policy",
        if files.is_empty() {
            "no policy file: the built-in rules are in force".to_owned()
        } else {
            format!("in force: {}", files.join(", "))
        },
    )];
    let weak = policy.weakened.iter().map(|weak| {
        Check::doubtful("policy.weakened", weak.clone())
            .hint("weaker than built in; `safe-rm policy` shows where each value comes from")
    });
    checks.extend(weak);
    checks
}

/// The system's policy is a floor only where users cannot write it.
fn floor(scene: &Scene<'_>) -> Check {
    let id = "policy.floor";
    let folder = Path::new("/etc/safe-rm");
    let writes = [folder, &folder.join("policy.toml")].into_iter().any(is_writable);
    if writes && !scene.is_root() {
        Check::broken(id, "this user can write /etc/safe-rm: it is no floor")
            .hint("`sudo chown -R root: /etc/safe-rm && sudo chmod -R go-w /etc/safe-rm`")
    } else {
        Check::holds(id, "no user can write /etc/safe-rm")
    }
}

fn is_writable(path: &Path) -> bool {
    let Some((above, name)) = path.parent().zip(path.file_name()) else { return false };
    dir::open_search(above).is_ok_and(|open| {
        dir::stat_name(&open, name).is_ok() && dir::is_writable(&open, name).unwrap_or(false)
    })
}

fn writable_folder(path: &Path) -> bool {
    dir::open_search(path)
        .is_ok_and(|open| dir::is_writable(&open, OsStr::new(".")).unwrap_or(false))
}

fn state(scene: &Scene<'_>) -> Vec<Check> {
    let Some(state) = scene.surroundings.state.as_deref() else {
        let text = "there is no home directory in which to keep the journal";
        return vec![Check::broken("state", text)];
    };
    let shown = state.display();
    let nearest = state.ancestors().find(|p| dir::stat_path(p).is_ok());
    let mut checks = vec![match nearest {
        Some(there) if writable_folder(there) => {
            let made = if there == state { "" } else { ", which is made when it is needed" };
            Check::holds("state", format!("state is kept in {shown}{made}"))
        }
        _ => Check::broken("state", format!("{shown} cannot be written: nothing can be deleted"))
            .hint("give it to this user"),
    }];
    checks.push(match Journal::existing(state) {
        Ok(None) => Check::holds("journal", "there is no journal yet"),
        Ok(Some(mut journal)) => match journal.broken() {
            Ok(None) => {
                Check::holds("journal", "each line of the journal follows from the one before")
            }
            Ok(Some(line)) => {
                let text = format!("the journal was changed: line {line} does not follow");
                Check::broken("journal", text).hint("`safe-rm log --verify` shows it")
            }
            Err(error) => Check::broken("journal", format!("{error:#}")),
        },
        Err(error) => Check::broken("journal", format!("{error:#}")),
    });
    checks
}

/// Whether what lies below each root could go to a trash of its own disk.
fn trashes(scene: &Scene<'_>) -> Vec<Check> {
    let s = scene.surroundings;
    let roots = match scene.policy {
        Ok(policy) if !policy.roots.is_empty() => policy.roots.clone(),
        _ => s.home.clone().into_iter().collect(),
    };
    let mount = |path: &Path| {
        let found =
            path.ancestors().find_map(|p| dir::stat_path(p).ok().map(|m| (p.to_path_buf(), m)));
        found.map(|(path, meta)| (path, meta.mount))
    };
    let of_root = |root: &PathBuf| {
        let id = "trash";
        let shown = root.display();
        let Ok(meta) = dir::stat_path(root) else {
            return Check::doubtful(id, format!("the root {shown} is not there"));
        };
        let home = s.home_trash.as_deref().and_then(mount);
        if home.is_some_and(|(there, disk)| disk == meta.mount && writable_folder(&there)) {
            return Check::holds(id, format!("what lies in {shown} goes to the home trash"));
        }
        let own = format!(".Trash-{}", s.user);
        let same =
            root.ancestors().filter(|p| dir::stat_path(p).is_ok_and(|m| m.mount == meta.mount));
        let mut places = same.filter(|p| writable_folder(&p.join(&own)) || writable_folder(p));
        match places.next() {
            Some(place) => Check::holds(
                id,
                format!("what lies in {shown} goes to a trash in {}", place.display()),
            ),
            None => Check::broken(id, format!("nothing in {shown} can go to a trash of its disk"))
                .hint(format!("let root make a folder {own} for user {} at its top", s.user)),
        }
    };
    let mut checks: Vec<Check> = roots.iter().map(of_root).collect();
    let lax = roots.iter().filter(|r| dir::stat_path(r).is_ok_and(|m| m.mode & 0o022 != 0));
    checks.extend(lax.map(|root| {
        Check::open(
            "roots",
            format!("others can write in {}: they can delete there", root.display()),
        )
        .hint("`chmod go-w` it, or set the sticky bit for those who share it")
    }));
    checks
}

//! What is protected beside the roots: what is safe-rm's own, and what runs outside of the guard later.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::Why;
use crate::agent::judge::own;
use crate::sys::dir;
use crate::sys::env::{self, Surroundings};
use crate::sys::mounts::Mount;

/// What shells and sessions read when they start: below a home,
const START_UP: &[&str] = &[
    ".bashrc",
    ".bash_profile",
    ".bash_login",
    ".bash_logout",
    ".bash_aliases",
    ".profile",
    ".zshrc",
    ".zshenv",
    ".zprofile",
    ".zlogin",
    ".zlogout",
    ".kshrc",
    ".cshrc",
    ".tcshrc",
    ".login",
    ".xinitrc",
    ".xprofile",
    ".xsession",
    ".xsessionrc",
    ".pam_environment",
];
/// where `ZDOTDIR` says,
const ZSH: &[&str] = &[".zshrc", ".zshenv", ".zprofile", ".zlogin", ".zlogout"];
/// and below `~/.config`, or where `XDG_CONFIG_HOME` says.
const CONFIG: &[&str] = &["fish", "zsh", "environment.d", "autostart", "plasma-workspace/env"];
/// Units of the user's systemd, there and below `~/.local/share`, or where `XDG_DATA_HOME` says.
const UNITS: &[&str] = &["systemd/user"];

/// All of these that this user could change, each with why it is protected.
pub(super) fn beside(
    roots: &[PathBuf],
    world: &Surroundings,
    mounts: &[Mount],
) -> Vec<(PathBuf, Why)> {
    let mut all: Vec<(PathBuf, Why)> = Vec::new();
    let mut known = HashMap::new();
    let mut add = |path: PathBuf, why| {
        if path.is_absolute()
            && could_change(&path, world.euid, &mut known)
            && all.iter().all(|(p, _)| *p != path)
        {
            all.push((path, why));
        }
    };
    for trash in world.home_trash.iter().cloned().chain(trashes(roots, world, mounts)) {
        add(trash, Why::Trash);
    }
    let running = env::program("safe-rm").map(|(program, _)| program);
    for program in running.into_iter().chain(env::on_path("safe-rm")) {
        add(program, Why::Program);
    }
    for place in own::places(world) {
        add(place, Why::Own);
    }
    let mut homes: Vec<&Path> =
        world.home.iter().chain(&world.passwd_home).map(PathBuf::as_path).collect();
    homes.dedup();
    let there: Vec<&Path> = homes.iter().copied().filter(|home| home.is_dir()).collect();
    let below = |name: &str| there.iter().map(|home| home.join(name)).collect::<Vec<_>>();
    // Variables of this start: what a later one reads may have been moved by them.
    let moved = |file: Option<&PathBuf>, up: usize| {
        file.and_then(|file| file.ancestors().nth(up)).map(Path::to_path_buf)
    };
    let mut configs = below(".config");
    configs.extend(moved(world.xdg_policy.as_ref(), 2));
    let mut data = below(".local/share");
    data.extend(moved(world.home_trash.as_ref(), 1));
    let zsh: Vec<PathBuf> = env::variable("ZDOTDIR").map(PathBuf::from).into_iter().collect();
    let of_homes = below("");
    for (folders, names, why) in [
        (&of_homes, START_UP, Why::StartUp),
        (&zsh, ZSH, Why::StartUp),
        (&configs, CONFIG, Why::StartUp),
        (&of_homes, &[".ssh"], Why::Keys),
        (&configs, UNITS, Why::Units),
        (&data, UNITS, Why::Units),
    ] {
        for folder in folders {
            for name in names {
                add(folder.join(name), why);
            }
        }
    }
    let projects = world.cwd.iter().flat_map(|cwd| cwd.ancestors());
    let places = homes.into_iter().chain(configs.iter().map(PathBuf::as_path)).chain(projects);
    for settings in places.flat_map(own::calling) {
        add(settings, Why::Settings);
    }
    all
}

/// The trashes that are there. One that is made later lies in a folder on the way down to a root, and
/// is as safe as that.
fn trashes<'a>(
    roots: &'a [PathBuf],
    world: &Surroundings,
    mounts: &'a [Mount],
) -> impl Iterator<Item = PathBuf> + use<'a> {
    let user = world.user;
    let tops = mounts.iter().map(|m| m.point.as_path());
    let of_tops = tops.flat_map(move |top| {
        [top.join(".Trash").join(user.to_string()), top.join(format!(".Trash-{user}"))]
    });
    let above = roots.iter().flat_map(|root| root.ancestors().skip(1));
    let own = above.map(move |folder| folder.join(format!(".safe-rm-trash-{user}")));
    of_tops.chain(own).filter(|trash| trash.is_dir())
}

/// Whether this user may write to the place, or replace it or any folder above it, which is as good; or
/// owns it, and may so give that right.
pub(super) fn could_change(path: &Path, user: u32, known: &mut HashMap<PathBuf, bool>) -> bool {
    let rules =
        |at: &Path| dir::may_write(at) || dir::stat_path(at).is_ok_and(|meta| meta.uid == user);
    let replaced = |at: &Path| {
        let Some(folder) = at.parent() else { return false };
        let sticky = || {
            let of = |path: &Path| dir::stat_path(path).ok();
            let shared = of(folder).filter(|meta| meta.mode & 0o1000 != 0 && meta.uid != user);
            user != 0 && shared.is_some() && of(at).is_some_and(|meta| meta.uid != user)
        };
        rules(folder) && !sticky()
    };
    // Most places lie in the same few folders.
    let mut known_replaced = |at: &Path| match known.get(at) {
        Some(known) => *known,
        None => *known.entry(at.to_path_buf()).or_insert_with(|| replaced(at)),
    };
    // From the top: where a folder above can be replaced nothing else needs to be asked.
    let above: Vec<&Path> = path.ancestors().collect();
    above.into_iter().rev().any(&mut known_replaced) || rules(path)
}

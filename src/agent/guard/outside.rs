//! Helpers outside of the guard that do what they are told, and are not in it: those that can be seen.

use std::path::{Path, PathBuf};

use crate::facts::FileKind;
use crate::sys::dir;
use crate::sys::env::{self, Surroundings};

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Helper {
    /// What it is.
    pub name: &'static str,
    /// What it can be made to do.
    pub does: &'static str,
    /// Where it listens.
    pub place: PathBuf,
}

const RUNS: &str = "runs commands outside of the guard";
const TYPES: &str = "types into windows outside of the guard";
const LOGS_IN: &str = "logs in elsewhere, this machine included";

/// Sockets and spools in fixed places, `~` for the user's runtime folder.
const PLACES: &[(&str, &str, &str)] = &[
    ("user D-Bus", RUNS, "~/bus"),
    ("user systemd", RUNS, "~/systemd/private"),
    ("systemd", RUNS, "/run/systemd/private"),
    ("system D-Bus, as root", RUNS, "/run/dbus/system_bus_socket"),
    ("docker", RUNS, "/run/docker.sock"),
    ("docker", RUNS, "/var/run/docker.sock"),
    ("docker", RUNS, "~/docker.sock"),
    ("podman", RUNS, "/run/podman/podman.sock"),
    ("podman", RUNS, "~/podman/podman.sock"),
    ("containerd", RUNS, "/run/containerd/containerd.sock"),
    ("incus", RUNS, "/var/lib/incus/unix.socket"),
    ("lxd", RUNS, "/var/snap/lxd/common/lxd/unix.socket"),
    ("emacs", RUNS, "~/emacs/server"),
    ("at", RUNS, "/var/spool/cron/atjobs"),
    ("at", RUNS, "/var/spool/at"),
    ("cron", RUNS, "/var/spool/cron/crontabs"),
];

/// Variables that name a socket.
const VARIABLES: &[(&str, &str, &str)] = &[
    ("user D-Bus", RUNS, "DBUS_SESSION_BUS_ADDRESS"),
    ("docker", RUNS, "DOCKER_HOST"),
    ("ssh-agent", LOGS_IN, "SSH_AUTH_SOCK"),
    ("kitty", TYPES, "KITTY_LISTEN_ON"),
    ("editor terminal", RUNS, "VSCODE_IPC_HOOK_CLI"),
    ("neovim", RUNS, "NVIM"),
];

/// All that can be seen and may be spoken to.
pub(super) fn helpers(world: &Surroundings) -> Vec<Helper> {
    let runtime = env::variable("XDG_RUNTIME_DIR").map(PathBuf::from);
    let runtime = runtime.unwrap_or_else(|| format!("/run/user/{}", world.euid).into());
    let mut found: Vec<Helper> = Vec::new();
    let mut add = |name, does, place: PathBuf| {
        let place = place.canonicalize().unwrap_or(place);
        let root_only = name == "system D-Bus, as root" && world.euid != 0;
        if dir::may_write(&place) && !root_only && found.iter().all(|f| f.place != place) {
            found.push(Helper { name, does, place });
        }
    };
    let temp = env::variable("TMUX_TMPDIR").map_or_else(|| "/tmp".into(), PathBuf::from);
    for socket in sockets(&temp.join(format!("tmux-{}", world.euid))) {
        add("tmux", RUNS, socket);
    }
    let user = format!("S-{}", world.user_name);
    let screens = ["/run/screen", "/var/run/screen"].map(|p| Path::new(p).join(&user));
    for folder in screens.into_iter().chain(world.home.as_ref().map(|h| h.join(".screen"))) {
        for socket in sockets(&folder) {
            add("screen", RUNS, socket);
        }
    }
    for (name, does, variable) in VARIABLES {
        if let Some(value) = env::lookup(variable)
            && let Some(path) = socket_in(&value)
        {
            add(name, does, path);
        }
    }
    for (name, does, place) in PLACES {
        let path = place.strip_prefix("~/").map_or_else(|| place.into(), |p| runtime.join(p));
        add(name, does, path);
    }
    if env::variable("DISPLAY").is_some() {
        for socket in sockets(Path::new("/tmp/.X11-unix")) {
            add("X display", TYPES, socket);
        }
    }
    found
}

/// The path in an address: `unix:path=/run/user/1000/bus,guid=..`, `unix:///run/docker.sock`, or plain.
fn socket_in(value: &str) -> Option<PathBuf> {
    let first = value.split(';').next().unwrap_or_default();
    let path = first.strip_prefix("unix:path=").or_else(|| first.strip_prefix("unix://"));
    let path = path.or_else(|| first.strip_prefix("unix:")).unwrap_or(first);
    let path = PathBuf::from(path.split(',').next().unwrap_or_default());
    path.is_absolute().then_some(path)
}

/// The sockets in a folder.
fn sockets(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|e| e.path());
    let is_socket = |path: &PathBuf| {
        dir::stat_typed(path.as_os_str()).is_ok_and(|meta| meta.kind == FileKind::Special)
    };
    entries.filter(is_socket).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_name_paths() {
        for (value, path) in [
            ("unix:path=/run/user/1/bus,guid=7", Some("/run/user/1/bus")),
            ("unix:///run/docker.sock", Some("/run/docker.sock")),
            ("unix:/tmp/kitty", Some("/tmp/kitty")),
            ("/tmp/agent.3", Some("/tmp/agent.3")),
            ("unix:abstract=/tmp/x", None),
            ("tcp://host:2375", None),
        ] {
            assert_eq!(socket_in(value), path.map(PathBuf::from), "{value}");
        }
    }
}

//! Ways round that this machine leaves open to a program that runs as this user. They are no fault of the
//! set-up, and no hook closes them; what the guard closes is said. What can only be known by trying is not
//! tried, `sudo -n true` aside.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::program::changed_by_others;
use super::{Check, Scene};
use crate::facts::FileKind;
use crate::sys::{dir, env, run};

/// How much of a small file is read.
const SMALL: u64 = 64 << 10;

pub(super) fn checks(scene: &Scene<'_>) -> Vec<Check> {
    let mut checks = Vec::new();
    if scene.is_root() {
        let text = "it runs as root, whom no permission and no policy holds";
        checks.push(
            Check::open("way.root", text).hint(
                "let agents run as a user of their own; the guard holds root's calls on files",
            ),
        );
    } else {
        checks.push(sudo(scene));
    }
    let user = scene.surroundings.user;
    checks.push(containers(user));
    checks.push(terminals(user));
    checks.push(jobs(user, scene.is_root()));
    checks.push(keys(scene));
    checks.push(typing());
    checks
}

fn small(path: &Path) -> Option<String> {
    let mut text = Vec::new();
    dir::open_regular(path).ok()?.take(SMALL).read_to_end(&mut text).ok()?;
    Some(String::from_utf8_lossy(&text).into_owned())
}

fn sudo(scene: &Scene<'_>) -> Check {
    let id = "way.sudo";
    // Whatever else has the name is not started.
    let is_sudo = |path: &PathBuf| {
        let root = dir::stat_path(path).is_ok_and(|m| m.uid == 0 && m.mode & 0o4000 != 0);
        root && path.is_absolute() && changed_by_others(path, scene).is_none()
    };
    let Some(sudo) = env::all_on_path("sudo").into_iter().find(is_sudo) else {
        return Check::holds(id, "there is no sudo that is root's");
    };
    let limit = Duration::from_secs(3);
    match run::program(&sudo, &["-n", "true"], Path::new("/"), &[], limit) {
        Ok(ran) if ran.code == Some(0) => {
            Check::open(id, "sudo asks for no password now: whatever runs as you can be root")
                .hint("take NOPASSWD out of /etc/sudoers; in `safe-rm guard` no sudo works")
        }
        _ => Check::holds(id, "sudo asks for a password"),
    }
}

/// Whether this user may write to a socket.
fn is_open_socket(path: &Path) -> bool {
    let Some((above, name)) = path.parent().zip(path.file_name()) else { return false };
    dir::open_search(above).is_ok_and(|open| {
        dir::stat_name(&open, name).is_ok_and(|m| m.kind == FileKind::Special)
            && dir::is_writable(&open, name).unwrap_or(false)
    })
}

fn runtime(user: u32) -> PathBuf {
    let set = env::variable("XDG_RUNTIME_DIR").map(PathBuf::from);
    set.unwrap_or_else(|| PathBuf::from(format!("/run/user/{user}")))
}

fn containers(user: u32) -> Check {
    let id = "way.containers";
    let own = runtime(user);
    let named = env::variable("DOCKER_HOST").and_then(|h| h.into_string().ok());
    let named = named.and_then(|h| h.strip_prefix("unix://").map(PathBuf::from));
    let known = ["/run/docker.sock", "/var/run/docker.sock", "/run/podman/podman.sock"];
    let known = known.iter().map(PathBuf::from);
    let own = ["docker.sock", "podman/podman.sock"].map(|name| own.join(name));
    let mut all = known.chain(own).chain(named);
    match all.find(|path| is_open_socket(path)) {
        Some(path) => {
            let text = format!("a container can be given any folder, by {}", path.display());
            Check::open(id, text).hint(
                "take this user out of the group that may write to it; the guard leaves this open",
            )
        }
        None => Check::holds(id, "no socket of docker or podman can be written to"),
    }
}

/// Servers whose terminals are no children of an agent.
fn terminals(user: u32) -> Check {
    let id = "way.terminals";
    let tmux = env::variable("TMUX_TMPDIR").map_or_else(|| PathBuf::from("/tmp"), PathBuf::from);
    let name = env::variable("USER").unwrap_or_default();
    let screen = |base: &str| Path::new(base).join(format!("S-{}", name.display()));
    let folders =
        [tmux.join(format!("tmux-{user}")), screen("/run/screen"), screen("/tmp/screens")];
    let open = folders.iter().find(|folder| {
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        entries.into_iter().any(|entry| is_open_socket(&entry.path()))
    });
    match open {
        Some(folder) => {
            let text = format!("what types into tmux or screen types as you: {}", folder.display());
            Check::open(id, text)
                .hint("end those servers where an agent works; the guard leaves this open")
        }
        None => Check::holds(id, "no server of tmux or screen of this user runs"),
    }
}

/// What starts a program that is no child of the agent.
fn jobs(user: u32, is_root: bool) -> Check {
    let id = "way.jobs";
    let mut found: Vec<&str> = Vec::new();
    if env::on_path("systemd-run").is_some() && is_open_socket(&runtime(user).join("bus")) {
        found.push("systemd-run");
    }
    found.extend(["at", "crontab"].into_iter().filter(|name| env::on_path(name).is_some()));
    if found.is_empty() {
        return Check::holds(
            id,
            "neither at, crontab nor a user's systemd can start a program later",
        );
    }
    let text = format!("{} can start a program that is no agent's child", found.join(", "));
    // at and crontab have rights of their own, which no process in the guard gains; root needs none.
    let hint = match (found.contains(&"systemd-run"), is_root) {
        (false, false) => "in `safe-rm guard` they cannot; /etc/at.allow, cron.allow say who may",
        _ => "/etc/at.allow and /etc/cron.allow say who may; the guard leaves this open",
    };
    Check::open(id, text).hint(hint)
}

/// Whether one of the user's keys opens this very machine. Nothing is connected to.
fn keys(scene: &Scene<'_>) -> Check {
    let id = "way.ssh";
    let ssh = scene.surroundings.home.as_ref().map(|home| home.join(".ssh"));
    let own = || -> Option<bool> {
        let ssh = ssh?;
        let allowed = small(&ssh.join("authorized_keys"))?;
        let names = std::fs::read_dir(&ssh).ok()?.flatten().map(|e| e.path());
        let mut public = names.filter(|p| p.extension().is_some_and(|e| e == "pub"));
        Some(public.any(|path| {
            let text = small(&path).unwrap_or_default();
            text.split_whitespace().nth(1).is_some_and(|key| allowed.contains(key))
        }))
    };
    match own() {
        Some(true) if listens() => {
            Check::open(id, "ssh to this machine opens with a key that lies here")
                .hint("take that key out of ~/.ssh/authorized_keys; the guard leaves this open")
        }
        _ => Check::holds(id, "no key that lies here opens this machine by ssh"),
    }
}

/// Whether something waits at port 22.
fn listens() -> bool {
    ["/proc/net/tcp", "/proc/net/tcp6"].iter().any(|table| {
        let table = small(Path::new(table)).unwrap_or_default();
        table.lines().any(|line| {
            let mut fields = line.split_whitespace().skip(1);
            let here = fields.next().is_some_and(|local| local.ends_with(":0016"));
            here && fields.nth(1) == Some("0A")
        })
    })
}

/// TIOCSTI: one program types into the terminal of another.
fn typing() -> Check {
    let id = "way.typing";
    let hint = "`safe-rm guard` closes it; or `sudo sysctl -w dev.tty.legacy_tiocsti=0` (6.2)";
    match small(Path::new("/proc/sys/dev/tty/legacy_tiocsti")).as_deref().map(str::trim) {
        Some("0") => Check::holds(id, "the kernel lets no program type into a terminal (TIOCSTI)"),
        Some(_) => {
            Check::open(id, "a program can type into its terminal as if it were you (TIOCSTI)")
                .hint(hint)
        }
        None => {
            Check::open(id, "the kernel has no switch against typing into a terminal (TIOCSTI)")
                .hint(hint)
        }
    }
}

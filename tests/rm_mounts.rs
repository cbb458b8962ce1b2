//! Other file systems in the way, and `/`. Everything is mounted in a namespace of the case's own,
//! and `/` is only ever that of a small tree made for the case.

mod common;
use common::rm::{Case, Who, same};

/// A file system in a folder, with things before and behind it.
const INSIDE: &str = "mkdir -p d/m; touch d/a; mount -t tmpfs none d/m; touch d/m/b; mkdir d/m/c";
const EMPTY: &str = "mkdir -p d/m; mount -t tmpfs none d/m";

const OTHERS: &[Case] = &[
    ("one file system, within", INSIDE, "rm -rv --one-file-system d"),
    ("one file system, within, f", INSIDE, "rm -rf --one-file-system d"),
    ("one file system, itself", INSIDE, "rm -rv --one-file-system d/m/c d/m/b"),
    ("one file system, shortened", INSIDE, "rm -r --one d"),
    ("one file system, next to another operand", INSIDE, "touch x; rm -rv --one-file-system d x"),
    ("all, itself", INSIDE, "rm -rv --preserve-root=all d/m"),
    ("all, itself, f", INSIDE, "rm -rf --preserve-root=all d/m"),
    ("all, itself with a slash", INSIDE, "rm -r --preserve-root=all d/m/"),
    ("all, itself, shortened", INSIDE, "rm -r --pres=al d/m"),
    ("all, itself, asked", INSIDE, "yes | rm -ri --preserve-root=all d/m"),
    ("all, itself, without r", INSIDE, "rm --preserve-root=all d/m"),
    ("all, itself, with d", EMPTY, "rm -d --preserve-root=all d/m"),
    ("all, itself and others", INSIDE, "touch x; rm -rv --preserve-root=all d/m x d/m/c"),
    ("all, below it", INSIDE, "rm -rv --preserve-root=all d/m/b d/m/c"),
    ("all, and one file system", INSIDE, "rm -rv --preserve-root=all --one-file-system d"),
    ("all, then none", INSIDE, "rm -rv --preserve-root=all --no-preserve-root d/m/c"),
    ("all, then plain", EMPTY, "rm -rv --preserve-root=all --preserve-root d/m"),
    ("all, from within", INSIDE, "cd d/m; rm -rv --preserve-root=all c"),
    ("all, an odd name", ODD, r"rm -r --preserve-root=all $'m\n'"),
    ("an empty one with d", EMPTY, "rm -d d/m"),
    ("an empty one with r", EMPTY, "rm -r d/m"),
    ("an empty one with rf", EMPTY, "rm -rf d/m"),
    ("an empty one inside", EMPTY, "rm -rv d"),
    ("a full one with d", INSIDE, "rm -d d/m"),
    ("one without r", INSIDE, "rm d/m"),
    ("a mounted file", FILE, "rm -v b"),
    ("a mounted file, f", FILE, "rm -fv b"),
    ("below one", INSIDE, "rm -rv d/m/b d/m/c"),
    ("a dot in one", INSIDE, "rm -rf d/m/."),
    ("all in one", INSIDE, "rm -rv d/m/*"),
    ("what is beside one", INSIDE, "rm -v d/a"),
];

const ODD: &str = "mkdir $'m\\n'; mount -t tmpfs none $'m\\n'";
const FILE: &str = "echo x > a; touch b; mount --bind a b";

#[test]
fn other_file_systems() {
    same(Who::Mounts, OTHERS);
}

/// A tree with the program and its libraries, to be the root of a process.
pub const ROOT: &str = "mkdir -p r/d; touch r/a r/d/b; ln -s / r/link; ln -s ../.. r/d/up; cp \"$RM\" r/rm; \
                        cp -L --parents $(ldd /bin/rm \"$AT/safe-rm\" | grep -o '/[^ :)]*' | grep '[.]so') r";

/// Refused by GNU as it is; `--no-preserve-root` is never among these.
#[test]
fn the_root() {
    let lines = [
        "-r /",
        "-rf /",
        "-rv //",
        "-r /// /d/..",
        "-r --preserve-root /",
        "-r --preserve-root=all /",
        "-r --one-file-system /",
        "-ri /",
        "-rI /",
        "-rf / /nope",
        "-rf /. /..",
        "-r link/",
        "-rf link/ d/up/",
        "-ri link/",
        "-rv link",
        "-rv d/up",
        "-f /",
        "/",
        "-d /",
        "-i /",
        "-I / / / /",
        "link/",
        "-d link/",
        "-rv d /",
        "-rv / d",
    ];
    let made: Vec<_> =
        lines.map(|line| (line, format!("answers y y y y | chroot r /rm {line}"))).into();
    let cases: Vec<Case> = made.iter().map(|(name, run)| (*name, ROOT, &**run)).collect();
    same(Who::Mounts, &cases);
}

//! Where little is there: no environment, no home, few handles, no threads, no /proc. rm needs none
//! of them, and ours must not for what is ordinary.

mod common;
use common::rm::{Case, Who, same};

const SOME: &str = "touch a b; mkdir -p d/e d/f; touch d/{1..20} d/e/c; ln -s a d/f/l";

const ENVIRONMENT: &[Case] = &[
    ("none", SOME, "exec -c -a rm \"$RM\" -rv d a"),
    ("none, silently", SOME, "exec -c -a rm \"$RM\" -rf d a"),
    ("none, and nothing there", SOME, "exec -c -a rm \"$RM\" nope"),
    ("no home", SOME, "unset HOME; rm -rv d a"),
    ("an empty home", SOME, "HOME= rm -rf d a"),
    ("a home that is not there", SOME, "HOME=/nope/x rm -rf d a"),
    ("a home that is a file", SOME, "HOME=$PWD/b rm -rf d a"),
    ("a home that is closed", SOME, "chmod 0 b; HOME=$PWD/b rm -rf d a"),
    (
        "odd places for state",
        SOME,
        "XDG_STATE_HOME=x XDG_CONFIG_HOME=/dev/null XDG_DATA_HOME= rm -rf d a",
    ),
];

const LIMITS: &[Case] = &[
    ("few handles", SOME, "ulimit -n 8; rm -rf d a"),
    ("few handles, told", SOME, "ulimit -n 8; rm -rv d a"),
    ("no new files", SOME, "ulimit -f 0; rm -rf d a"),
    ("no more processes", SOME, "ulimit -u 1; exec -a rm \"$RM\" -rf d a"),
    ("no more processes, told", SOME, "ulimit -u 1; exec -a rm \"$RM\" -rv d a"),
    ("little memory", SOME, "ulimit -v 200000; rm -rf d a"),
    ("a little stack", SOME, "ulimit -s 128; rm -rf d a"),
    ("nothing may be locked or queued", SOME, "ulimit -l 0 -q 0; rm -rf d a"),
    ("low priority", SOME, "exec nice -n 19 bash -c 'exec -a rm \"$RM\" -rf d a'"),
];

const SYSTEM: &[Case] = &[
    ("no proc", SOME, "mount -t tmpfs none /proc; rm -rf d a"),
    ("no proc, told", SOME, "mount -t tmpfs none /proc; rm -rv d a nope"),
    ("no proc, asked", SOME, "mount -t tmpfs none /proc; yes | rm -ri d a"),
    ("no dev", SOME, "mount -t tmpfs none /dev; rm -rf d a"),
    ("no etc", SOME, "mount -t tmpfs none /etc; rm -rf d a"),
    ("no sys", SOME, "mount -t tmpfs none /sys; rm -rf d a"),
    ("a full file system", FULL, "cd t; rm -rv d a"),
    ("a full file system, f", FULL, "cd t; rm -rf d a"),
    ("no inodes left", INODES, "cd t; rm -rf d a"),
    (
        "no rights but root's name",
        SOME,
        "setpriv --bounding-set=-all --inh-caps=-all bash -c 'exec -a rm \"$RM\" -rf d a'",
    ),
];

const FULL: &str =
    "mkdir t; mount -t tmpfs -o size=64k none t; mkdir t/d; touch t/d/b; cat /dev/zero > t/a || :";
const INODES: &str =
    "mkdir t; mount -t tmpfs -o nr_inodes=5 none t; mkdir t/d; touch t/d/b t/a; touch t/c t/e || :";

#[test]
fn little_environment() {
    same(Who::Runner, ENVIRONMENT);
    same(Who::Nobody, ENVIRONMENT);
}

#[test]
fn little_of_anything() {
    same(Who::Nobody, LIMITS);
}

#[test]
fn little_of_the_system() {
    same(Who::Mounts, SYSTEM);
}

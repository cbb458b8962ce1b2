//! Overwriting in place cuts, removes and replaces nothing: `--read-only` alone stops it.

#![allow(clippy::disallowed_methods, reason = "tests change files of their own")]
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]
#![allow(clippy::panic, reason = "so does a test speak")]

mod common;
mod guard;

use common::has_tool;
use guard::{Way, Who, ready, try_all, way};

const WAYS: &[Way] = &[
    way("shred", "shred", "shred -n 1 top/model/weights.bin"),
    way("shred -u", "shred", "shred -u top/model/weights.bin"),
    way("dd conv=notrunc", "dd", "dd if=/dev/zero of=top/model/weights.bin conv=notrunc count=9"),
    way("appending", "bash", "echo x >> top/model/weights.bin"),
    way("tee -a", "tee", "echo x | tee -a top/model/weights.bin"),
    way("opened for both", "bash", "exec 3<> top/model/weights.bin; echo x >&3"),
    way("cut longer", "truncate", "truncate -s +9 top/model/weights.bin"),
    way("punched", "fallocate", "fallocate -p -o 0 -l 8192 top/model/weights.bin"),
    way(
        "python pwrite",
        "python3",
        "python3 -c 'import os; os.pwrite(os.open(\"top/model/weights.bin\", os.O_WRONLY), b\"x\", 0)'",
    ),
    way(
        "python by a kept handle",
        "python3",
        "python3 -c 'import os; os.pwrite(os.open(\"weights.bin\", os.O_WRONLY, dir_fd=9), b\"x\", 0)'",
    ),
    way(
        "a mapping",
        "python3",
        "python3 -c 'import mmap; f = open(\"top/model/weights.bin\", \"r+b\"); m = mmap.mmap(f.fileno(), 0); m[0:1] = b\"x\"'",
    ),
    way(
        "copy_file_range",
        "python3",
        "python3 -c 'import os; os.copy_file_range(os.open(\"top/model/sub/shard.bin\", 0), os.open(\"top/model/weights.bin\", os.O_WRONLY), 999)'",
    ),
    way("perl", "perl", "perl -e 'open F, q(+<), qq(top/model/weights.bin); print F qq(x)'"),
    way(
        "node",
        "node",
        "node -e 'fs.writeSync(fs.openSync(\"top/model/weights.bin\", \"r+\"), \"x\", 0)'",
    ),
    way(
        "rsync --inplace",
        "rsync",
        "cp free/x free/weights.bin; rsync -I --inplace free/weights.bin top/model/",
    ),
    way(
        "a hard link",
        "ln",
        "ln top/model/weights.bin free/h; dd if=/dev/zero of=free/h conv=notrunc count=1",
    ),
    way("rm", "rm", "rm -rf top/model"),
    way(
        "an overlay that works in it",
        "python3",
        "python3 bin/overlay_work.py top/model free/upper",
    ),
    way("truncate", "truncate", "truncate -s 0 top/model/weights.bin"),
    way("mv over", "mv", "mv -f free/x top/model/weights.bin"),
    way(
        "python replace",
        "python3",
        "python3 -c 'import os; os.replace(\"free/x\", \"top/model/weights.bin\")'",
    ),
];

fn on(fs: &str, who: Who) {
    if ready() && (fs == "tmpfs" || has_tool(&format!("mkfs.{fs}"), &["-V"])) {
        try_all(fs, who, "--read-only top/model", WAYS);
    }
}

#[test]
fn root_on_ext4() {
    on("ext4", Who::Root);
}

#[test]
fn root_on_tmpfs() {
    on("tmpfs", Who::Root);
}

#[test]
fn a_user_on_ext4() {
    on("ext4", Who::User);
}

#[test]
fn a_user_on_tmpfs() {
    on("tmpfs", Who::User);
}

//! More than sixty ways to destroy a model folder: outside of the guard each does it, inside every byte
//! survives. As root and as an ordinary user, on ext4 and on tmpfs.

#![allow(clippy::disallowed_methods, reason = "tests change files of their own")]
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]
#![allow(clippy::panic, reason = "so does a test speak")]

mod common;
mod guard;

use common::has_tool;
use guard::{Way, Who, by_root, ready, try_all, way};

const WAYS: &[Way] = &[
    way("rm", "rm", "rm -rf top/model"),
    way("rm of all above it", "rm", "rm -rf top"),
    way("rm of single files", "rm", "rm -f top/model/*.bin"),
    way("rm with a clean environment", "rm", "env -i /bin/rm -rf top/model"),
    way("unlink", "unlink", "unlink top/model/weights.bin"),
    way("rmdir", "rmdir", "rmdir top/model/empty"),
    way("find -delete", "find", "find top/model -delete"),
    way("find -exec", "find", "find top/model -type f -exec rm -f {} +"),
    way("xargs", "xargs", "find top -type f -print0 | xargs -0 -P2 rm -f"),
    way("awk calls rm", "awk", r#"awk 'BEGIN { system("rm -rf top/model") }'"#),
    way("make clean", "make", "printf 'clean:\\n\\trm -rf top/model\\n' | make -sf - clean"),
    way("busybox rm", "busybox", "busybox rm -rf top/model"),
    way("busybox find", "busybox", "busybox find top/model -type f -exec busybox unlink {} ';'"),
    way("from inside of it", "rm", "cd top/model && rm -rf ./* .git"),
    way("through a link", "rm", "ln -s \"$M\" free/l && rm -rf free/l/*"),
    way("through /proc/self/cwd", "rm", "cd top/model && rm -f /proc/self/cwd/weights.bin"),
    way("through a kept handle", "rm", "rm -f /proc/self/fd/9/weights.bin"),
    way("by a name of many parts", "rm", "rm -f free/../top/./model/sub/../weights.bin"),
    way("mv out", "mv", "mv top/model free/"),
    way("mv of a file out", "mv", "mv -f top/model/weights.bin free/w"),
    way("mv within", "mv", "mv top/model/weights.bin top/model/other"),
    way("mv of the folder", "mv", "mv top/model top/other"),
    way("mv of the folder above", "mv", "mv top top2"),
    way("mv over", "mv", "mv -f free/x top/model/weights.bin"),
    way("mv over, from within", "mv", "mv -f top/model/config.json top/model/weights.bin"),
    way("ln -f over", "ln", "ln -f free/x top/model/weights.bin"),
    way("ln -sf over", "ln", "ln -sf /dev/null top/model/weights.bin"),
    way("a hard link that is cut", "ln", "ln top/model/weights.bin free/h; : > free/h"),
    way("a copy of hard links", "cp", "cp -al top/model free/c; truncate -s0 free/c/weights.bin"),
    way(
        "a hard link within",
        "ln",
        "ln top/model/weights.bin top/model/h; truncate -s0 top/model/h",
    ),
    way("truncate", "truncate", "truncate -s 0 top/model/weights.bin"),
    way("truncate by a byte", "truncate", "truncate -s -1 top/model/sub/shard.bin"),
    way("redirection", "bash", ": > top/model/weights.bin"),
    way("redirection through a link", "bash", "ln -s \"$M/weights.bin\" free/l; echo > free/l"),
    way("forced redirection", "bash", "set -C; echo x >| top/model/config.json"),
    way("tee", "tee", "echo x | tee top/model/weights.bin"),
    way("dd", "dd", "dd if=/dev/zero of=top/model/weights.bin bs=1 count=9"),
    way("cp over", "cp", "cp free/x top/model/weights.bin"),
    way("cp --remove-destination", "cp", "cp --remove-destination free/x top/model/weights.bin"),
    way("install", "install", "install free/x top/model/weights.bin"),
    way("sort -o", "sort", "sort -o top/model/config.json free/x"),
    way("awk over", "awk", r#"awk 'BEGIN { print "x" > "top/model/weights.bin" }'"#),
    way("sed -i", "sed", "sed -i s/of/off/ top/model/config.json"),
    way("perl -pi", "perl", "perl -pi -e s/of/off/ top/model/config.json"),
    way("shred -u alone", "shred", "shred -n 0 -u top/model/weights.bin"),
    way("gzip", "gzip", "gzip -q top/model/weights.bin"),
    way("tar --remove-files", "tar", "tar --remove-files -cf free/t top/model"),
    way(
        "tar over",
        "tar",
        "cp free/x free/weights.bin; tar -C free -cf - weights.bin | tar -C top/model -xf -",
    ),
    way(
        "tar over, cut",
        "tar",
        "cp free/x free/config.json; tar -C free -cf - config.json | tar -C top/model -x --overwrite",
    ),
    way("zip -m", "zip", "zip -qmr free/z.zip top/model"),
    way("rsync --delete", "rsync", "mkdir free/e; rsync -a --delete free/e/ top/model/"),
    way("rsync --remove-source-files", "rsync", "rsync -a --remove-source-files top/model free/"),
    way("git clean", "git", "git -C top/model -c safe.directory='*' clean -ffdxq"),
    way(
        "git stash",
        "git",
        "cd top/model; g() { git -c safe.directory='*' -c user.name=a -c user.email=a@b \"$@\"; }; g commit -q --allow-empty -m a; g stash -u",
    ),
    way("perl unlink", "perl", "perl -e 'unlink glob qq(top/model/*.bin)'"),
    way("perl rename", "perl", "perl -e 'rename qq(top/model/weights.bin), qq(free/w)'"),
    way("perl truncate", "perl", "perl -e 'truncate qq(top/model/weights.bin), 0'"),
    way("perl open", "perl", "perl -e 'open F, q(>), qq(top/model/weights.bin)'"),
    way("python unlink", "python3", "python3 -c 'import os; os.unlink(\"top/model/weights.bin\")'"),
    way(
        "python rmtree",
        "python3",
        "python3 -c 'import shutil; shutil.rmtree(\"top/model\", True)'",
    ),
    way(
        "python pathlib",
        "python3",
        "python3 -c 'import pathlib; [p.unlink() for p in pathlib.Path(\"top\").rglob(\"*.bin\")]'",
    ),
    way(
        "python move",
        "python3",
        "python3 -c 'import shutil; shutil.move(\"top/model\", \"free/m\")'",
    ),
    way(
        "python replace",
        "python3",
        "python3 -c 'import os; os.replace(\"free/x\", \"top/model/weights.bin\")'",
    ),
    way("python open", "python3", "python3 -c 'open(\"top/model/weights.bin\", \"w\")'"),
    way(
        "python O_TRUNC",
        "python3",
        "python3 -c 'import os; os.open(\"top/model/config.json\", os.O_RDWR | os.O_TRUNC)'",
    ),
    way(
        "python truncate",
        "python3",
        "python3 -c 'import os; os.truncate(\"top/model/weights.bin\", 9)'",
    ),
    way(
        "python ftruncate",
        "python3",
        "python3 -c 'import os; os.ftruncate(os.open(\"top/model/weights.bin\", os.O_RDWR), 0)'",
    ),
    way(
        "python by a handle",
        "python3",
        "python3 -c 'import os; os.unlink(\"weights.bin\", dir_fd=os.open(\"top/model\", 0))'",
    ),
    way(
        "python by a kept handle",
        "python3",
        "python3 -c 'import os; os.unlink(\"weights.bin\", dir_fd=9)'",
    ),
    way(
        "python moves by a kept handle",
        "python3",
        "python3 -c 'import os; os.rename(\"sub/shard.bin\", \"free/s\", src_dir_fd=9)'",
    ),
    way(
        "EXCHANGE",
        "python3",
        "python3 -c 'import ctypes; ctypes.CDLL(None).renameat2(-100, b\"free/x\", -100, b\"top/model/weights.bin\", 2)'",
    ),
    way(
        "EXCHANGE of folders",
        "python3",
        "mkdir free/m; python3 -c 'import ctypes; ctypes.CDLL(None).renameat2(-100, b\"free/m\", -100, b\"top/model\", 2)'",
    ),
    way(
        "EXCHANGE within",
        "python3",
        "python3 -c 'import ctypes; ctypes.CDLL(None).renameat2(-100, b\"top/model/config.json\", -100, b\"top/model/weights.bin\", 2)'",
    ),
    way(
        "a grandchild that was left behind",
        "python3",
        "python3 -c '
import os, shutil, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        time.sleep(0.3)
        shutil.rmtree(\"top/model\", True)
    os._exit(0)
os.wait()'; sleep 0.8",
    ),
    way(
        "a job in a session of its own",
        "setsid",
        "setsid --fork nohup sh -c 'sleep 0.2; rm -rf top/model'; sleep 0.6",
    ),
    way(
        "node rmSync",
        "node",
        "node -e 'fs.rmSync(\"top/model\", {recursive: true, force: true})'",
    ),
    way("node unlinkSync", "node", "node -e 'fs.unlinkSync(\"top/model/weights.bin\")'"),
    way("node renameSync", "node", "node -e 'fs.renameSync(\"top/model\", \"free/m\")'"),
    way(
        "node writeFileSync",
        "node",
        "node -e 'fs.writeFileSync(\"top/model/weights.bin\", \"x\")'",
    ),
    way("node truncateSync", "node", "node -e 'fs.truncateSync(\"top/model/weights.bin\")'"),
    way("io_uring unlink", "cc", "bin/uring unlink top/model/weights.bin"),
    way("io_uring rename", "cc", "bin/uring rename top/model/weights.bin free/w"),
    way("io_uring open and cut", "cc", "bin/uring cut top/model/weights.bin"),
    way(
        "an overlay that works in it",
        "python3",
        "python3 bin/overlay_work.py top/model free/upper",
    ),
    by_root(
        "a handle, through another mount",
        "python3",
        "python3 bin/by_handle.py top/model/weights.bin elsewhere",
    ),
    by_root("a mount namespace of its own", "unshare", "unshare -m rm -rf top/model"),
    by_root("a user namespace of its own", "unshare", "unshare -Ur rm -rf top/model"),
    by_root("chroot", "chroot", "chroot / rm -rf \"$M\""),
    by_root(
        "a bind mount",
        "mount",
        "mkdir free/b; mount --bind top/model free/b; rm -rf free/b/*; umount free/b",
    ),
    by_root(
        "a clone of its tree",
        "python3",
        "python3 -c '
import ctypes, os
fd = ctypes.CDLL(None).syscall(428, -100, b\"top/model\", 1)
os.unlink(\"weights.bin\", dir_fd=fd)'",
    ),
    by_root(
        "another user",
        "setpriv",
        "setpriv --reuid 0 --regid 0 --clear-groups rm -rf top/model",
    ),
];

/// What btrfs removes without a look at paths: the model is a snapshot.
const SUBVOLUMES: &[Way] = &[
    way("btrfs delete", "btrfs", "btrfs subvolume delete top/model"),
    by_root(
        "btrfs delete by its id",
        "btrfs",
        "btrfs subvolume delete -i $(btrfs inspect-internal rootid top/model) .",
    ),
    way(
        "btrfs delete by hand",
        "python3",
        "python3 -c '
import fcntl, os
fcntl.ioctl(os.open(\"top\", 0), 0x5000940f, bytearray(8) + b\"model\".ljust(4088, bytes(1)))'",
    ),
    way("as a program of 32 bits", "cc", "bin/old_ioctl top model"),
    way("rmdir when emptied", "rm", "rm -rf top/model"),
];

/// What ext4 exchanges with a hidden file: first for `x`, that it holds nothing of the model from before.
const EXCHANGED: &[Way] = &[by_root(
    "EXT4_IOC_SWAP_BOOT",
    "python3",
    "for file in free/x top/model/weights.bin; do
        python3 -c 'import fcntl, sys; fcntl.ioctl(open(sys.argv[1], \"r+b\"), 0x6611)' $file
    done",
)];

fn on_these(fs: &str, who: Who, ways: &[Way]) {
    if ready() && (fs == "tmpfs" || has_tool(&format!("mkfs.{fs}"), &["-V"])) {
        try_all(fs, who, "--protect top/model", ways);
    }
}

fn on(fs: &str, who: Who) {
    on_these(fs, who, WAYS);
}

#[test]
fn there_are_sixty_at_least() {
    assert!(WAYS.iter().filter(|w| !w.root).count() >= 60);
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

#[test]
fn subvolumes_stay_for_root_and_user() {
    on_these("btrfs", Who::Root, SUBVOLUMES);
    on_these("btrfs", Who::User, SUBVOLUMES);
}

#[test]
fn no_file_is_exchanged_on_ext4() {
    on_these("ext4", Who::Root, EXCHANGED);
}

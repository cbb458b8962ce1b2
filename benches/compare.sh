#!/bin/sh
# Whole processes side by side, interleaved, ratios of medians: survey and plan against `du -s` (and
# diskus), the default run and `--permanent` against `rm -rf` (and rmz), on tmpfs and on a fresh ext4
# in a file on tmpfs; and all of it against the bare system calls (examples/bare.rs), a ratio that
# carries over from machine to machine. Never on a machine's own disks: just-freed inodes make repeats worthless there.
#
#   sudo benches/compare.sh [TURNS]
#
# diskus and rmz are compared where they are installed (`cargo install diskus rmz`).
set -eu
cd "$(dirname "$0")/.."
cargo build --release --quiet --bins --examples
bin=$PWD/target/release/safe-rm
bare=$PWD/target/release/examples/bare
work=$(mktemp -d)
mount -t tmpfs -o size=6g none "$work"
trap 'cd /; umount -q "$work/ext4" || true; umount "$work"; rmdir "$work"' EXIT
mkdir "$work/tmpfs" "$work/ext4"
truncate -s 3G "$work/image"
mkfs.ext4 -q -N 1000000 "$work/image"
mount -o loop "$work/image" "$work/ext4"
python3 benches/compare.py "$bin" "$bare" "$work" "${1:-5}"

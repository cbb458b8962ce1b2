#!/bin/sh
# Whole processes side by side: a plan of 100,000 files in 1,000 directories against `du -s` and
# against `rm -r` of the same tree. Runs are interleaved; the ratios of medians are printed.
#
#   sudo benches/compare.sh          mounts a tmpfs of its own
#   benches/compare.sh /some/tmpfs   uses that folder
set -eu
cd "$(dirname "$0")/.."
cargo build --release --quiet
bin=$PWD/target/release/safe-rm
if [ $# -gt 0 ]; then
    work=$(mktemp -d "$1/safe-rm-bench.XXXXXX")
    trap 'rm -rf "$work"' EXIT
else
    work=$(mktemp -d)
    mount -t tmpfs -o size=2g none "$work"
    trap 'cd /; umount "$work"; rmdir "$work"' EXIT
fi
cd "$work"
python3 - "$bin" <<'PY'
import os, shutil, statistics, subprocess, sys, time
binary = sys.argv[1]
def make():
    for d in range(1000):
        os.makedirs(f"tree/d{d}")
        for f in range(100):
            open(f"tree/d{d}/f{f}.txt", "w").write("x")
def run(*command):
    start = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - start
def peak(*command):
    # As the child of a small program: the peak of this interpreter would be counted otherwise.
    told = subprocess.run(("/usr/bin/time", "-f", "%M", *command), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    return int(told.stderr.split()[-1])
make()
os.mkdir("empty")
times = {"plan": [], "du": [], "rm": []}
for turn in range(12):
    for name, command in [("plan", (binary, "plan", "tree")), ("du", ("du", "-s", "tree"))]:
        took = run(*command)
        if turn:
            times[name].append(took)
if shutil.which("/usr/bin/time"):
    whole = statistics.median(peak(binary, "plan", "tree") for _ in range(5))
    empty = statistics.median(peak(binary, "plan", "empty") for _ in range(5))
    print(f"memory: peak {whole} KiB, of an empty plan {empty} KiB: {(whole - empty) * 1024 / 101_001:.0f} bytes an entry")
for turn in range(3):
    times["rm"].append(run("rm", "-r", "tree"))
    make()
median = {name: statistics.median(took) for name, took in times.items()}
print(f"plan {median['plan'] * 1e3:.0f} ms, du -s {median['du'] * 1e3:.0f} ms, rm -r {median['rm'] * 1e3:.0f} ms")
print(f"plan / du -s = {median['plan'] / median['du']:.2f}")
print(f"plan / rm -r = {median['plan'] / median['rm']:.2f}")
PY

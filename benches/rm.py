"""`safe-rm rm` against the system's rm (and others that are named), whole processes, interleaved.

    python3 benches/rm.py BINARY FOLDER [TURNS] [OTHER_RM..]

FOLDER lies on a tmpfs or a fresh file system: repeats on a machine's own disk say nothing. Medians and
ratios of medians.
"""

import os
import shutil
import statistics
import subprocess
import sys
import time

BINARY, FOLDER, TURNS = sys.argv[1], sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else 5
RIVALS = {"rm": "/bin/rm", "safe-rm rm": BINARY, **{name: name for name in sys.argv[4:]}}


def one():
    open("x.txt", "w").write("hi")


def tree():
    for folder in range(1000):
        os.makedirs(f"tree/d{folder}")
        for file in range(100):
            open(f"tree/d{folder}/f{file}.txt", "w").write("x")


def many():
    os.makedirs("many", exist_ok=True)
    for file in range(2000):
        open(f"many/f{file}.txt", "w").write("x")


CASES = [
    ("one file", one, lambda: ["x.txt"], 40),
    ("2,000 operands", many, lambda: [f"many/f{n}.txt" for n in range(2000)], 5),
    ("-rf of 100,000 files in 1,000 folders", tree, lambda: ["-rf", "tree"], 1),
    ("-rv of the same", tree, lambda: ["-rv", "tree"], 1),
]
os.chdir(FOLDER)
for title, make, args, often in CASES:
    times = {name: [] for name in RIVALS}
    for _ in range(TURNS * often):
        for name, program in RIVALS.items():
            make()
            words = ["rm", *args()]
            start = time.perf_counter()
            done = subprocess.run(words, executable=program, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
            times[name].append(time.perf_counter() - start)
            assert done.returncode == 0, (title, name)
            for left in ("tree", "many"):
                shutil.rmtree(left, ignore_errors=True)
    base = statistics.median(times["rm"])
    for name, all_times in times.items():
        median = statistics.median(all_times)
        print(f"{title:40} {name:12} {median * 1000:8.2f} ms  {median / base:.2f}")

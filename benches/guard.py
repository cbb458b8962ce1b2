#!/usr/bin/env python3
"""Start-up of `safe-rm guard -- true` against the bare system calls that it needs (benches/bare_guard.c, which
this builds with cc).

    benches/guard.py SAFE_RM FOLDER [TURNS]

Whole processes, interleaved, medians, without a terminal and at one: by the clock, and of the processor's time, which other work on the
machine moves less. FOLDER is where the siblings of a root are made: 1,000 and 10,000
folders beside it, removed at the end. The bare run is given the same protected places.
"""

import contextlib
import json
import os
import pty
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time


def used():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def timed(words, env, terminal):
    """By the clock, and of the processor, in milliseconds."""
    begun, before = time.perf_counter(), used()
    if terminal:
        child, master = pty.fork()
        if child == 0:
            os.execvpe(words[0], words, env)
        with contextlib.suppress(OSError):
            while os.read(master, 4096):
                pass
        assert os.waitpid(child, 0)[1] == 0, words
        os.close(master)
    else:
        subprocess.run(words, env=env, check=True, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
    return (time.perf_counter() - begun) * 1000, (used() - before) * 1000


safe_rm, folder = map(os.path.abspath, sys.argv[1:3])
turns = int(sys.argv[3]) if len(sys.argv) > 3 else 21
source = os.path.join(os.path.dirname(os.path.abspath(__file__)), "bare_guard.c")
built = tempfile.TemporaryDirectory()
bare = f"{built.name}/bare_guard"
subprocess.run(["cc", "-O2", "-o", bare, source], check=True)
for count in (1000, 10000):
    place = tempfile.mkdtemp(dir=folder)
    try:
        home, root = f"{place}/home", f"{place}/data/root"
        os.makedirs(home)
        os.makedirs(root)
        for n in range(count):
            os.mkdir(f"{place}/data/{n}")
        env = {"PATH": os.environ["PATH"], "HOME": home}
        guard = [safe_rm, "guard", "--protect", root]
        told = subprocess.run(guard + ["--check", "--json"], env=env, check=True, capture_output=True)
        places = [p["path"] for p in json.loads(told.stdout)["protected"]]
        ways = {
            "bare": [bare] + places + ["--", "true"],
            "guard": guard + ["--", "true"],
            "true": ["true"],
        }
        rules = subprocess.run(ways["bare"], env=dict(env, COUNT="1"), capture_output=True, text=True)
        print(f"{count} siblings ({rules.stderr.strip()} rules)")
        for terminal in (False, True):
            times = {name: [] for name in ways}
            for _ in range(turns):
                for name, words in ways.items():
                    times[name].append(timed(words, env, terminal))
            for at, what in enumerate(("clock", "processor")):
                medians = {name: statistics.median(t[at] for t in all) for name, all in times.items()}
                shown = ", ".join(f"{name} {ms:.1f} ms" for name, ms in medians.items())
                place_of = "at a terminal" if terminal else "no terminal"
                print(f"  {place_of}, {what}: {shown}, guard to bare {medians['guard'] / medians['bare']:.2f}")
    finally:
        shutil.rmtree(place)

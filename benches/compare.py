"""The measuring half of compare.sh."""

import os
import pty
import shutil
import statistics
import subprocess
import sys
import time

BINARY, BARE, WORK, TURNS = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
# Folders, files in each; the last is a chain.
SHAPES = {
    "T1": "200 model folders of 30 files",
    "T2": "100,000 files in 1,000 folders",
    "T3": "200,000 files in one folder",
    "T4": "a chain of 2,000 folders",
}


def make(shape, name="tree"):
    if shape == "T4":
        at = os.getcwd()
        os.makedirs(name)
        os.chdir(name)
        for _ in range(2000):
            open("f", "w").write("x")
            os.mkdir("d")
            os.chdir("d")
        os.chdir(at)
        return
    folders, files = {"T1": (200, 30), "T2": (1000, 100), "T3": (1, 200_000)}[shape]
    for d in range(folders):
        os.makedirs(f"{name}/d{d}")
        for f in range(files):
            open(f"{name}/d{d}/f{f}.txt", "w").write("x")


def run(*command):
    start = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    return time.perf_counter() - start


def person(*command):
    """Runs it at a terminal and types the word."""
    start = time.perf_counter()
    pid, fd = pty.fork()
    if pid == 0:
        os.execv(command[0], command)
    seen, typed = b"", False
    while True:
        try:
            data = os.read(fd, 65536)
        except OSError:
            break
        if not data:
            break
        seen += data
        if not typed and b"anything else to stop" in seen:
            os.write(fd, b"DELETE\r")
            typed = True
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    took = time.perf_counter() - start
    os.close(fd)
    assert status == 0, seen.decode()
    return took


def peak(*command):
    # As the child of a small program: the peak of this interpreter would be counted otherwise.
    told = subprocess.run(("/usr/bin/time", "-f", "%M", *command), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    return int(told.stderr.split()[-1])


def settle():
    os.sync()


def compare(fs, shape):
    times = {}

    def note(name, took):
        times.setdefault(name, []).append(took)

    for turn in range(TURNS + 1):
        make(shape)
        settle()
        looks = [
            ("plan", (BINARY, "plan", "tree")),
            ("du", ("du", "-s", "tree")),
            ("bare look", (BARE, "look", "tree")),
        ]
        if shutil.which("diskus"):
            looks.append(("diskus", ("diskus", "tree")))
        for name, command in looks * 3:
            took = run(*command)
            if turn:
                note(name, took)
        ways = [("rm", lambda: run("rm", "-rf", "tree"))]
        if shutil.which("rmz"):
            ways.append(("rmz", lambda: run("rmz", "-f", "tree")))
        ways.append(("bare unlink", lambda: run(BARE, "unlink", "tree")))
        ways.append(("permanent", lambda: person(BINARY, "--permanent", "tree")))
        ways.append(("trash", lambda: person(BINARY, "tree")))
        for at, (name, way) in enumerate(ways):
            if at:
                make(shape)
                settle()
            took = way()
            if turn:
                note(name, took)
        subprocess.run(["rm", "-rf", TRASH, "tree"], check=False)
    m = {name: statistics.median(took) for name, took in times.items()}
    parts = [f"{name} {value * 1e3:.0f}" for name, value in m.items()]
    print(f"{fs} {shape} ({SHAPES[shape]}), ms: {', '.join(parts)}")
    for name, other in [
        ("plan", "du"), ("plan", "diskus"), ("plan", "bare look"), ("bare look", "du"),
        ("trash", "rm"), ("permanent", "rm"), ("permanent", "rmz"), ("permanent", "bare unlink"),
    ]:
        if other in m:
            print(f"  {name} / {other} = {m[name] / m[other]:.2f}")
    sys.stdout.flush()


for fs in ["tmpfs", "ext4"]:
    os.chdir(f"{WORK}/{fs}")
    os.environ["HOME"] = f"{WORK}/{fs}/home"
    os.makedirs("home", exist_ok=True)
    TRASH = f"{WORK}/{fs}/home/.local/share/Trash"
    for shape in SHAPES:
        compare(fs, shape)
    if fs == "tmpfs":
        make("T2")
        os.makedirs("empty")
        if shutil.which("time") or os.path.exists("/usr/bin/time"):
            whole = statistics.median(peak(BINARY, "plan", "tree") for _ in range(5))
            none = statistics.median(peak(BINARY, "plan", "empty") for _ in range(5))
            print(f"memory: peak {whole} KiB, of an empty plan {none} KiB: {(whole - none) * 1024 / 101_001:.0f} bytes an entry")
        starts = {"plan": [], "rm": []}
        for _ in range(200):
            starts["plan"].append(run(BINARY, "plan", "empty"))
            starts["rm"].append(run("/bin/rm", "-f", "missing"))
        p, r = (statistics.median(starts[k]) for k in ("plan", "rm"))
        print(f"a plan of an empty folder {p * 1e3:.2f} ms, rm -f of nothing {r * 1e3:.2f} ms: {p / r:.2f}")
        subprocess.run(["rm", "-rf", "tree", "empty"], check=False)

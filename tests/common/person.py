"""Plays the person of a test: starts a program at a terminal of its own.

It is started so that it descends from nobody: whoever runs the tests, also an agent, is none of its
ancestors, and holds no end of the terminal. It takes from a socket what to run and what is typed, and
gives back what is shown; how the program ended is in the file beside the socket.
"""

import json
import os
import pty
import select
import signal
import socket
import sys
import termios

# Whatever the test has open is none of a person's.
os.closerange(3, 1024)
place = sys.argv[1]
link = socket.socket(socket.AF_UNIX)
link.connect(place)
words = b""
while b"\n" not in words:
    words += link.recv(65536) or sys.exit("nobody says what to run")
words, typed = words.split(b"\n", 1)
job = json.loads(words)
child, master = pty.fork()
if child == 0:
    # What is typed is not shown twice.
    mode = termios.tcgetattr(0)
    mode[3] &= ~termios.ECHO
    termios.tcsetattr(0, termios.TCSANOW, mode)
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    name = lambda text: text.encode("latin-1")
    os.chdir(name(job["cwd"]))
    env = {name(key): name(value) for key, value in job["env"].items()}
    os.execvpe(name(job["program"]), [name(word) for word in job["argv"]], env)
os.write(master, typed)
open_link = True
while True:
    ready, _, _ = select.select([master, link] if open_link else [master], [], [])
    if master in ready:
        try:
            shown = os.read(master, 65536)
        except OSError:
            break
        if not shown:
            break
        try:
            link.sendall(shown)
        except OSError:
            pass
    if link in ready:
        typed = link.recv(65536)
        if typed:
            os.write(master, typed)
        else:
            # The test has gone: so does the terminal.
            open_link = False
            os.kill(child, signal.SIGHUP)
_, status = os.waitpid(child, 0)
try:
    with open(place + ".end", "w") as file:
        file.write(str(os.waitstatus_to_exitcode(status)))
except FileNotFoundError:
    # The test did not wait for the end.
    pass
link.close()

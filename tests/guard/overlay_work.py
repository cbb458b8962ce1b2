"""Has the folder `work` in a folder emptied by the kernel: an overlay is made with that one as its work folder,
and mounted nowhere.

    overlay_work.py FOLDER UPPER
"""

import ctypes
import os
import sys

FSOPEN, FSCONFIG = 430, 431
FLAG, STRING, CREATE = 0, 1, 6
libc = ctypes.CDLL(None)
folder, upper = (os.fsencode(path) for path in sys.argv[1:3])
user, group = os.getuid(), os.getgid()
if user:
    # Whoever may make a user namespace may make an overlay.
    assert libc.unshare(0x10000000 | 0x20000) == 0
    for name, text in (("setgroups", "deny"), ("uid_map", f"0 {user} 1"), ("gid_map", f"0 {group} 1")):
        with open(f"/proc/self/{name}", "w") as file:
            file.write(text)
os.makedirs(upper, exist_ok=True)
overlay = libc.syscall(FSOPEN, b"overlay", 0)
for key, value in (("source", b"none"), ("lowerdir", folder + b"/sub"), ("upperdir", upper), ("workdir", folder)):
    libc.syscall(FSCONFIG, overlay, STRING, key.encode(), value, 0)
libc.syscall(FSCONFIG, overlay, FLAG, b"userxattr", None, 0)
libc.syscall(FSCONFIG, overlay, CREATE, None, None, 0)

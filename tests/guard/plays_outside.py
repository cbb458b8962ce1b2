"""Runs a command to which every ftruncate(2) seems to work, by a filter of seccomp: so it is outside of a guard.

    plays_outside.py COMMAND ARG..
"""

import ctypes
import os
import platform
import struct
import sys

FTRUNCATE = {"x86_64": 77, "aarch64": 46, "riscv64": 46}[platform.machine()]
LOAD, IF_EQUAL, RETURN = 0x20, 0x15, 0x06
ALLOW, FAIL_WITH_NOTHING = 0x7FFF0000, 0x00050000
steps = [(LOAD, 0, 0, 0), (IF_EQUAL, 0, 1, FTRUNCATE), (RETURN, 0, 0, FAIL_WITH_NOTHING), (RETURN, 0, 0, ALLOW)]
code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in steps))
program = ctypes.create_string_buffer(struct.pack("HxxxxxxP", len(steps), ctypes.addressof(code)))
libc = ctypes.CDLL(None)
assert libc.prctl(38, 1, 0, 0, 0) == 0
assert libc.prctl(22, 2, program, 0, 0) == 0
os.execvp(sys.argv[1], sys.argv[1:])

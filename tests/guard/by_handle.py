"""Cuts a file that it opens by its handle, through a mount that does not show it.

    by_handle.py FILE MOUNT
"""

import ctypes
import os
import struct
import sys

libc = ctypes.CDLL(None)
handle, mount = ctypes.create_string_buffer(136), ctypes.c_int()
struct.pack_into("I", handle, 0, 128)
assert libc.name_to_handle_at(-100, os.fsencode(sys.argv[1]), handle, ctypes.byref(mount), 0) == 0
through = os.open(sys.argv[2], os.O_RDONLY)
os.ftruncate(libc.open_by_handle_at(through, handle, os.O_RDWR), 0)

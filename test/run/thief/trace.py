"""A child that tries what debuggers do, on the process above it: prints, as JSON, which of the ways the system let it go."""
import ctypes
import json
import os

libc = ctypes.CDLL(None, use_errno=True)
pid = os.getppid()


class Piece(ctypes.Structure):
    _fields_ = [('base', ctypes.c_void_p), ('length', ctypes.c_size_t)]


def outcome(result):
    return 'done' if result >= 0 else os.strerror(ctypes.get_errno())


def address():
    try:
        with open(f'/proc/{pid}/maps') as maps:
            return int(maps.readline().split('-')[0], 16)
    except OSError:
        return 0x400000


buffer = ctypes.create_string_buffer(8)
here = Piece(ctypes.addressof(buffer), 8)
there = Piece(address(), 8)
result = {
    'process_vm_readv': outcome(libc.process_vm_readv(pid, ctypes.byref(here), 1, ctypes.byref(there), 1, 0)),
    'pidfd_getfd': outcome(libc.syscall(438, libc.syscall(434, pid, 0), 0, 0)),
    'seize': outcome(libc.ptrace(0x4206, pid, None, None)),
}
print(json.dumps(result))

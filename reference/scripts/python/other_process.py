"""Claimed by teaching texts: a process cannot read another one's memory nor bring it down.

A target waits. A process beside it, of the same user and not its parent, calls process_vm_readv() and process_vm_writev() on its
memory, and sends it a signal. The same is tried on process 1, which belongs to another user. The kernel decides by the user,
and on some systems (kernel.yama.ptrace_scope) also by the kinship of the two.
"""
import ctypes
import json
import os
import signal
import sys

SECRET, CHANGED = b"a secret of the target", b"a word of the other one"


class Vector(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("length", ctypes.c_size_t)]


def begin_child(work):
    pid = os.fork()
    if pid == 0:
        try:
            os._exit(work())
        finally:
            os._exit(255)
    return pid


def status_of(pid):
    """The exit status of a child, or the negative number of the signal that ended it."""
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def move(call, pid, own, address, length):
    """How many bytes process_vm_readv or process_vm_writev has moved between `own` and the address; -1 where it may not."""
    local = Vector(ctypes.cast(own, ctypes.c_void_p), length)
    remote = Vector(address, length)
    return call(pid, ctypes.byref(local), 1, ctypes.byref(remote), 1, 0)


def main():
    if os.stat("/proc/1").st_uid == os.getuid():
        print("found that process 1 is of the same user, expected another user's", file=sys.stderr)
        sys.exit(2)
    libc = ctypes.CDLL(None, use_errno=True)
    memory = ctypes.create_string_buffer(SECRET)
    address, length = ctypes.addressof(memory), len(SECRET)
    told, tell = os.pipe()
    go_on, let_go = os.pipe()

    def target():
        os.read(go_on, 1)
        os.write(tell, memory.raw[:length])
        signal.pause()
        return 0

    target_pid = begin_child(target)

    def read():
        own = ctypes.create_string_buffer(length)
        return int(move(libc.process_vm_readv, target_pid, own, address, length) == length and own.raw == SECRET)

    def write():
        own = ctypes.create_string_buffer(CHANGED)
        return int(move(libc.process_vm_writev, target_pid, own, address, length) == length)

    def end():
        os.kill(target_pid, signal.SIGKILL)
        return 1

    def read_of_other_user():
        own = ctypes.create_string_buffer(1)
        return int(move(libc.process_vm_readv, 1, own, address, 1) >= 0)

    def signal_to_other_user():
        try:
            os.kill(1, 0)
        except PermissionError:
            return 0
        return 1

    # The copy of the target is its own since its fork, so that what the parent has at this address is not what is read.
    ctypes.memset(address, 0, length)
    reads = status_of(begin_child(read))
    status_of(begin_child(write))
    os.write(let_go, b"!")
    written = int(os.read(told, length) != SECRET)
    status_of(begin_child(end))
    ended = int(status_of(target_pid) == -signal.SIGKILL)
    print(json.dumps({
        "figures": {
            "reads_yes_or_no": reads,
            "writes_yes_or_no": written,
            "ends_yes_or_no": ended,
            "reads_of_other_user_yes_or_no": status_of(begin_child(read_of_other_user)),
            "signals_to_other_user_yes_or_no": status_of(begin_child(signal_to_other_user)),
        },
        "evidence": [f"A process {'has' if reads else 'has not'} read, {'has' if written else 'has not'} changed and "
                     f"{'has' if ended else 'has not'} ended another one of its user."],
        "units_created": 6,
    }))


if __name__ == "__main__":
    main()

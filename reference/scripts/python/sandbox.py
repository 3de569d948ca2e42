"""Claimed by teaching texts: processes can have different permissions, so that one can be put into a sandbox.

The program forks. The child gives up all system calls but read, write, exit and sigreturn (seccomp, strict mode), as a sandbox does,
and then opens a file. The kernel ends it for that. A second child opens the file and has given up nothing, and a third one
has given up the calls and opens none.
"""
import ctypes
import gc
import json
import os
import signal
import sys

PR_SET_SECCOMP, SECCOMP_MODE_STRICT = 22, 1
SYS_EXIT = {"x86_64": 60, "aarch64": 93}


def child(libc, give_up, opens):
    """The exit status of a child, or the negative number of the signal that ended it."""
    number = SYS_EXIT[os.uname().machine]
    prctl, open_file, syscall = libc.prctl, libc.open, libc.syscall  # To look them up may take memory, which is a call.
    pid = os.fork()
    if pid == 0:
        gc.disable()
        if give_up and prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT, 0, 0, 0) != 0:
            os._exit(3)
        if opens:
            open_file(b"/proc/self/status", os.O_RDONLY)
        syscall(number, 0)  # exit_group() is not allowed in strict mode.
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def main():
    if os.uname().machine not in SYS_EXIT:
        print(f"found the machine {os.uname().machine}, expected one of {', '.join(SYS_EXIT)}", file=sys.stderr)
        sys.exit(2)
    libc = ctypes.CDLL(None, use_errno=True)
    in_sandbox, free, idle = child(libc, True, True), child(libc, False, True), child(libc, True, False)
    if in_sandbox == 3:
        print("found that prctl(PR_SET_SECCOMP) is refused, expected that a process may give up system calls", file=sys.stderr)
        sys.exit(2)
    print(json.dumps({
        "figures": {
            "killed_in_sandbox": int(in_sandbox == -signal.SIGKILL),
            "killed_outside": int(free == -signal.SIGKILL),
            "killed_without_opening": int(idle == -signal.SIGKILL),
        },
        "evidence": [f"A child that gave up all calls but read, write and exit ended with {in_sandbox} when it opened a file, "
                     f"one that did not with {free}, and one that opened none with {idle}."],
        "units_created": 3,
    }))


if __name__ == "__main__":
    main()

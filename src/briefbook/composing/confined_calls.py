"""What the process in which untrusted templates run may still ask of the system: to compute and to answer.

A filter of system calls (seccomp of Linux, for x86_64 and aarch64), which the kernel asks at each call and
which nobody can take off again. Limits alone do not do: without opening anything, who is in there could read
our memory (process_vm_readv), and rename, cut or delete files by their names. Every call that is not listed
is refused as not permitted. The lists hold what CPython asks for while it computes, reads one pipe and writes
another, tells where it is as it ends, and what glibc and musl use for the same.
"""

import ctypes
import os
import sys
from collections.abc import Callable, Iterator
from struct import pack

from briefbook.frozen import frozen

_NO_NEW_RIGHTS, _FILTER = 38, 22  # PR_SET_NO_NEW_PRIVS and PR_SET_SECCOMP of prctl(2)
_BY_PROGRAM = 2  # SECCOMP_MODE_FILTER
_ALLOWED, _NOT_PERMITTED = 0x7FFF0000, 0x00050001  # SECCOMP_RET_ALLOW, SECCOMP_RET_ERRNO with EPERM
_NUMBER_AT, _MACHINE_AT = 0, 4  # in seccomp_data
_FIRST_AT, _FOURTH_AT = 16, 40  # the lower halves of the first and of the fourth argument
# Of the kernel's packet filter: BPF_LD|W|ABS, JMP|JEQ|K, JMP|JSET|K, RET|K.
_LOAD, _IF_EQUAL, _IF_ANY_BIT, _RETURN = 0x20, 0x15, 0x45, 0x06
_UNCOUNTED = 0x101  # MAP_SHARED and MAP_GROWSDOWN: such memory is none of the data that RLIMIT_DATA counts


@frozen
class Calls:
    """The calls that are allowed on a kind of machine, by name, with the numbers that they have there."""

    machine: int  # as the kernel's audit calls it
    any_way: dict[str, int]
    counted: dict[str, int]  # only where their fourth argument asks for memory that counts as data
    of_itself: dict[str, tuple[int, Callable[[], int]]]  # only with this as their first argument


def _nobody_else() -> int:
    return 0  # prlimit64(2): of the process that calls


X86_64 = Calls(
    machine=0xC000003E,
    any_way={
        "read": 0, "write": 1, "readv": 19, "writev": 20,  # the pipes: no other file is open
        "lseek": 8, "fstat": 5, "close": 3,  # which Python asks of those at its end
        "munmap": 11, "mremap": 25, "mprotect": 10, "madvise": 28, "brk": 12,  # memory of its own
        "rt_sigaction": 13, "rt_sigprocmask": 14, "rt_sigreturn": 15, "sigaltstack": 131,  # time is over
        "setitimer": 38, "getrusage": 98, "setrlimit": 160, "restart_syscall": 219,  # and how it is counted
        "clock_gettime": 228, "clock_getres": 229, "gettimeofday": 96, "time": 201,  # clocks without a vDSO
        "clock_nanosleep": 230, "nanosleep": 35, "sched_yield": 24, "futex": 202,  # Python's own locks
        "getrandom": 318, "getpid": 39, "gettid": 186,
        "exit": 60, "exit_group": 231,
    },
    counted={"mmap": 9},
    of_itself={
        "kill": (62, os.getpid), "tgkill": (234, os.getpid), "tkill": (200, os.getpid),  # abort(3), raise(3)
        "prlimit64": (302, _nobody_else),
    },
)  # fmt: skip
AARCH64 = Calls(
    machine=0xC00000B7,
    any_way={
        "read": 63, "write": 64, "readv": 65, "writev": 66,
        "lseek": 62, "fstat": 80, "close": 57,
        "munmap": 215, "mremap": 216, "mprotect": 226, "madvise": 233, "brk": 214,
        "rt_sigaction": 134, "rt_sigprocmask": 135, "rt_sigreturn": 139, "sigaltstack": 132,
        "setitimer": 103, "getrusage": 165, "setrlimit": 164, "restart_syscall": 128,
        "clock_gettime": 113, "clock_getres": 114, "gettimeofday": 169,
        "clock_nanosleep": 115, "nanosleep": 101, "sched_yield": 124, "futex": 98,
        "getrandom": 278, "getpid": 172, "gettid": 178,
        "exit": 93, "exit_group": 94,
    },
    counted={"mmap": 222},
    of_itself={
        "kill": (129, os.getpid), "tgkill": (131, os.getpid), "tkill": (130, os.getpid),
        "prlimit64": (261, _nobody_else),
    },
)  # fmt: skip


def calls_here() -> Calls | None:
    """What is allowed on this machine; None where there is no such filter, or none that we know of."""
    if not sys.platform.startswith("linux") or sys.maxsize < 1 << 32:
        return None
    return {"x86_64": X86_64, "aarch64": AARCH64}.get(os.uname().machine)


def keep_to(calls: Calls) -> bool:
    """Have every other call of this process refused from now on; False where the kernel knows no filter."""
    steps = [pack("=HBBI", *step) for step in _program(calls)]
    program = ctypes.create_string_buffer(b"".join(steps))

    class Program(ctypes.Structure):  # sock_fprog
        _fields_ = (("steps", ctypes.c_ushort), ("at", ctypes.c_void_p))

    filled = Program(len(steps), ctypes.addressof(program))
    system = ctypes.CDLL(None)
    if system.prctl(_NO_NEW_RIGHTS, 1, 0, 0, 0):  # which the kernel wants of who is not root
        return False
    return bool(system.prctl(_FILTER, _BY_PROGRAM, ctypes.byref(filled), 0, 0) == 0)


def _program(calls: Calls) -> Iterator[tuple[int, int, int, int]]:
    """The filter: what each step does, how many steps it skips if so and if not, and its value."""
    yield _LOAD, 0, 0, _MACHINE_AT  # the same number is another call to who calls as another machine does
    yield _IF_EQUAL, 1, 0, calls.machine
    yield _RETURN, 0, 0, _NOT_PERMITTED
    yield _LOAD, 0, 0, _NUMBER_AT
    for number in calls.any_way.values():
        yield _IF_EQUAL, 0, 1, number
        yield _RETURN, 0, 0, _ALLOWED
    for number in calls.counted.values():
        yield _IF_EQUAL, 0, 4, number
        yield _LOAD, 0, 0, _FOURTH_AT
        yield _IF_ANY_BIT, 1, 0, _UNCOUNTED
        yield _RETURN, 0, 0, _ALLOWED
        yield _RETURN, 0, 0, _NOT_PERMITTED
    for number, itself in calls.of_itself.values():
        yield _IF_EQUAL, 0, 4, number
        yield _LOAD, 0, 0, _FIRST_AT
        yield _IF_EQUAL, 0, 1, itself()
        yield _RETURN, 0, 0, _ALLOWED
        yield _RETURN, 0, 0, _NOT_PERMITTED
    yield _RETURN, 0, 0, _NOT_PERMITTED

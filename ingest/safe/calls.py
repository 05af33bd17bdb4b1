"""System calls that no reader of PDFs needs, denied by seccomp: libseccomp writes the filter, once a process."""

from __future__ import annotations

import ctypes
import errno
import os
import tempfile
from functools import cache

from ingest.safe import kernel

_LIBRARY = "libseccomp.so.2"
_ALLOW, _ERRNO = 0x7FFF0000, 0x00050000  # seccomp.h: SCMP_ACT_ALLOW, SCMP_ACT_ERRNO
_EQUAL_WITHIN, _NOT_EQUAL = 7, 1  # SCMP_CMP_MASKED_EQ, SCMP_CMP_NE
_OPTIMIZE, _BY_TREE = 8, 2  # SCMP_FLTATR_CTL_OPTIMIZE
_FILTER = 2  # linux/seccomp.h: SECCOMP_MODE_FILTER
_INSTRUCTION = 8  # bytes, linux/filter.h
_TIOCLINUX, _TIOCSTI = 0x541C, 0x5412  # asm-generic/ioctls.h: put keys into a terminal
_NAMESPACES = (
    *(0x00000080, 0x00020000, 0x02000000, 0x04000000),  # time, mounts, cgroups, names of the machine
    *(0x08000000, 0x10000000, 0x20000000, 0x40000000),  # IPC, users, processes, network: linux/sched.h
)
_DENIED = {
    "other processes": "ptrace process_vm_readv process_vm_writev process_madvise process_mrelease kcmp pidfd_open"
    " pidfd_getfd pidfd_send_signal migrate_pages move_pages",
    "other rooms": "setns unshare chroot pivot_root mount umount2 move_mount open_tree open_tree_attr fsopen fsconfig"
    " fsmount fspick mount_setattr quotactl quotactl_fd",
    "sockets, but for pairs": "socket bind connect listen accept accept4",
    # Landlock holds what is opened; these name a file without opening it
    "a file's owner and rights": "chmod fchmod fchmodat fchmodat2 chown fchown lchown fchownat setxattr"
    " lsetxattr fsetxattr setxattrat removexattr lremovexattr fremovexattr removexattrat utime utimes futimesat"
    " utimensat file_setattr",
    "files past their names": "open_by_handle_at name_to_handle_at fanotify_init fanotify_mark inotify_init"
    " inotify_init1",
    "what outlives a process or is in no folder": "shmget msgget semget mq_open memfd_create memfd_secret",
    "the kernel's seldom used doors": "bpf perf_event_open userfaultfd io_uring_setup io_uring_enter io_uring_register"
    " keyctl add_key request_key personality modify_ldt vmsplice lookup_dcookie nfsservctl _sysctl",
    "the machine": "kexec_load kexec_file_load init_module finit_module delete_module reboot swapon swapoff acct syslog"
    " sethostname setdomainname settimeofday clock_settime clock_settime64 clock_adjtime clock_adjtime64 adjtimex"
    " iopl ioperm vhangup",
}


class _Compared(ctypes.Structure):
    _fields_ = (
        ("argument", ctypes.c_uint),
        ("how", ctypes.c_int),
        ("first", ctypes.c_uint64),
        ("second", ctypes.c_uint64),
    )


class _Program(ctypes.Structure):
    _fields_ = (("count", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


@cache
def program() -> bytes:
    """The filter as the kernel reads it (classic BPF); empty where libseccomp is not installed.

    Raises:
        OSError: libseccomp is there and failed.
    """
    if not kernel.IS_LINUX:
        return b""
    try:
        library = ctypes.CDLL(_LIBRARY)
    except OSError:
        return b""
    library.seccomp_init.restype = ctypes.c_void_p
    made = library.seccomp_init(ctypes.c_uint32(_ALLOW))
    if made is None:
        raise OSError(errno.EINVAL, f"{_LIBRARY}: no filter can be made")
    context = ctypes.c_void_p(made)
    try:
        library.seccomp_attr_set(
            context, _OPTIMIZE, _BY_TREE
        )  # before 2.5 it knows no tree: a list does as well
        _add_rules(library, context)
        with tempfile.TemporaryFile() as file:
            _checked(library.seccomp_export_bpf(context, file.fileno()))
            file.seek(0)
            return file.read()
    finally:
        library.seccomp_release(context)


def _add_rules(library: ctypes.CDLL, context: ctypes.c_void_p) -> None:
    def deny(name: str, with_error: int = errno.EPERM, *compared: _Compared) -> None:
        number = library.seccomp_syscall_resolve_name(name.encode())
        if number < 0:
            return  # this architecture, or this libseccomp, has none of that name
        given = (_Compared * len(compared))(*compared)
        action = ctypes.c_uint32(_ERRNO | with_error)
        _checked(library.seccomp_rule_add_array(context, action, number, len(compared), given))

    for names in _DENIED.values():
        for name in names.split():
            deny(name)
    deny("clone3", errno.ENOSYS)  # its flags lie where no filter sees them; the C library then takes clone
    for flag in _NAMESPACES:
        deny("clone", errno.EPERM, _Compared(0, _EQUAL_WITHIN, flag, flag))
    deny("prlimit64", errno.EPERM, _Compared(0, _NOT_EQUAL, 0))  # limits of other processes
    for request in (_TIOCLINUX, _TIOCSTI):
        deny("ioctl", errno.EPERM, _Compared(1, _EQUAL_WITHIN, 0xFFFFFFFF, request))


def _checked(status: int) -> None:
    if status < 0:
        raise OSError(-status, f"{_LIBRARY}: {os.strerror(-status)}")


def restrict(instructions: bytes) -> bool:
    """Deny what `program` says to this process and its children, for good; whether the kernel did it."""
    if not instructions:
        return False
    given = _Program(len(instructions) // _INSTRUCTION, instructions)
    return kernel.prctl(kernel.PR_SET_SECCOMP, _FILTER, ctypes.addressof(given))

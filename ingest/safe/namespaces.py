"""Rooms of its own for the reader: users, processes, network, mounts, as many of them as the kernel gives."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ingest.safe import kernel

NOBODY = 65534
"""Who reads for root: the user and the group that own nothing."""

_ROOMS = kernel.CLONE_NEWPID | kernel.CLONE_NEWNET | kernel.CLONE_NEWNS | kernel.CLONE_NEWIPC
_MOST_FIRST = (
    kernel.CLONE_NEWUSER | _ROOMS,
    _ROOMS,
    kernel.CLONE_NEWUSER | kernel.CLONE_NEWNET,
    kernel.CLONE_NEWNET,
)
_FILES = 10_000  # in the scratch folder; a page read by OCR takes one


@dataclass(frozen=True, slots=True)
class Rooms:
    """What this process has apart from others: its next child is the first process of a namespace where `processes`.

    `is_root` says who took them, whatever its name in there; `has_nobody` that it may become
    `NOBODY`; `scratch` that the working folder is of bounded size.
    """

    users: bool = False
    processes: bool = False
    network: bool = False
    is_root: bool = False
    has_nobody: bool = False
    scratch: bool = False


def enter(scratch_size: int) -> Rooms:
    """Take namespaces for this process, for good, and lay a bounded file system (bytes) over the working folder."""
    user, group = os.geteuid(), os.getegid()
    flags, is_mapped = _entered(user == 0)
    users = bool(flags & kernel.CLONE_NEWUSER)
    if users and not is_mapped:
        _map_only(user, group)
    has_nobody = user == 0 and is_mapped
    owner = (NOBODY, NOBODY) if has_nobody else (user, group)
    bounded = bool(flags & kernel.CLONE_NEWNS) and _bound(scratch_size, owner)
    if not bounded and has_nobody:
        os.chown(".", *owner)
    return Rooms(
        users=users,
        processes=bool(flags & kernel.CLONE_NEWPID),
        network=bool(flags & kernel.CLONE_NEWNET),
        is_root=user == 0,
        has_nobody=has_nobody,
        scratch=bounded,
    )


def _entered(is_root: bool) -> tuple[int, bool]:
    """Unshare the most that is given; return the flags, and whether all of root's users are known there."""
    if not is_root:
        return next((flags for flags in _MOST_FIRST if kernel.unshare(flags)), 0), False
    with _mapper() as (mapper, ask):
        flags = next((flags for flags in _MOST_FIRST if kernel.unshare(flags)), 0)
        os.write(ask, b"m" if flags & kernel.CLONE_NEWUSER else b"-")
        return flags, os.waitpid(mapper, 0)[1] == 0


@contextlib.contextmanager
def _mapper() -> Iterator[tuple[int, int]]:
    """A process that stays outside: on "m" it makes this one's users known in its new namespace, and ends with 0.

    Only who has root's rights outside may map more than one user.
    """
    asked, ask = os.pipe()
    here = os.getpid()
    mapper = os.fork()
    if mapper == 0:
        try:
            os.close(ask)
            if os.read(asked, 1) != b"m":
                os._exit(1)
            maps = {kind: _own_map(kind) for kind in ("uid_map", "gid_map")}
            if all(any(first <= NOBODY < first + count for first, count in known) for known in maps.values()):
                for kind, known in maps.items():
                    mapped = "".join(f"{first} {first} {count}\n" for first, count in known)
                    Path(f"/proc/{here}", kind).write_text(mapped, "ascii")
                os._exit(0)
        finally:
            os._exit(1)
    os.close(asked)
    try:
        yield mapper, ask
    finally:
        os.close(ask)


def _own_map(kind: str) -> list[tuple[int, int]]:
    """The users, or groups, that are known here: the first and the count of each range."""
    lines = Path("/proc/self", kind).read_text("ascii").splitlines()
    return [(int(first), int(count)) for first, _, count in map(str.split, lines)]


def _map_only(user: int, group: int) -> None:
    """Make only this user known in its namespace; without that it goes on as a nobody that owns nothing."""
    with contextlib.suppress(OSError):
        Path("/proc/self/setgroups").write_text("deny", "ascii")
        Path("/proc/self/uid_map").write_text(f"{user} {user} 1\n", "ascii")
        Path("/proc/self/gid_map").write_text(f"{group} {group} 1\n", "ascii")


def _bound(size: int, owner: tuple[int, int]) -> bool:
    """Mount a file system in memory over the working folder; whether the kernel did."""
    folder = os.getcwd()  # noqa: PTH109 - the way back in
    kernel.mount("", "/", kernel.MS_REC | kernel.MS_PRIVATE)
    options = f"size={size},nr_inodes={_FILES},mode=0700,uid={owner[0]},gid={owner[1]}"
    flags = kernel.MS_NOSUID | kernel.MS_NODEV | kernel.MS_NOEXEC
    if not kernel.mount("tmpfs", folder, flags, options):
        return False
    os.chdir(folder)
    return True

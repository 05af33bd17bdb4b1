"""A damaged PDF -> one that can be read, as PDF readers repair it: by looking for its objects. Pure."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple

_MAGIC, _END, _TABLE = b"%PDF-", b"%%EOF", b"startxref"
_OBJECT = re.compile(rb"(?<![0-9])([0-9]{1,8})[ \t\r\n]+([0-9]{1,5})[ \t\r\n]+obj\b")
_CATALOGUE = re.compile(rb"/Type[ \t\r\n]*/Catalog\b")
_ABOUT = re.compile(rb"/(?:Producer|CreationDate)\b")  # only the document's information holds them
_PACKED = re.compile(rb"/Type[ \t\r\n]*/ObjStm\b")
_ROOT = re.compile(rb"/Root[ \t\r\n]+([0-9]{1,8})[ \t\r\n]+[0-9]{1,5}[ \t\r\n]+R")
_KEPT = re.compile(
    rb"/(?:Info|Encrypt)[ \t\r\n]+[0-9]{1,8}[ \t\r\n]+[0-9]{1,5}[ \t\r\n]+R|/ID[ \t\r\n]*\[[^\]]{0,200}\]"
)
_STREAM = re.compile(rb"stream\r?\n")
_MOST_UNPACKED = 64 * 2**20  # bytes of one stream of objects: more is a bomb
_TABLE_STARTS = re.compile(rb"[ \t\r\n]*(?:xref\b|[0-9]{1,8}[ \t\r\n]+[0-9]{1,5}[ \t\r\n]+obj\b)")


class Defect(StrEnum):
    """What was wrong with a file that could be read all the same."""

    JUNK = "junk before its header"
    NO_END = "no end"
    NO_TABLE = "no table of its objects"


class Repaired(NamedTuple):
    """A file as it can be read, and what was wrong with it."""

    data: bytes
    damage: tuple[Defect, ...]


def repaired(data: bytes) -> Repaired:
    """The file, sound ones as they are.

    Junk before the header goes where the table of objects is right without it. Where there is no table, or none at
    the place that is named, the objects are found one by one and a table is written behind them.
    """
    damage: list[Defect] = []
    start = max(data.find(_MAGIC), 0)
    if start:
        damage.append(Defect.JUNK)
        data = data[start:] if _has_table(data[start:]) or not _has_table(data) else data
    if not _has_table(data):
        damage.append(Defect.NO_TABLE)
        data = _with_table(data) or data
    elif data.rfind(_END) < data.rfind(_TABLE):
        damage.append(Defect.NO_END)
        data += b"\n" + _END + b"\n"
    return Repaired(data, tuple(damage))


def _has_table(data: bytes) -> bool:
    """Its last `startxref` names a place where a table of objects begins."""
    named = re.compile(rb"[ \t\r\n]*([0-9]{1,12})").match(data, data.rfind(_TABLE) + len(_TABLE))
    return data.rfind(_TABLE) >= 0 and named is not None and bool(_TABLE_STARTS.match(data, int(named[1])))


def _with_table(data: bytes) -> bytes | None:
    """The file with a table of all its objects and a trailer; None where no object is the catalogue."""
    places = {int(found[1]): found.start() for found in _OBJECT.finditer(data)}
    out = bytearray(data)
    for number, body in _unpacked(data, places):
        if number not in places:
            places[number] = len(out) + 1
            out += b"\n%d 0 obj\n%s\nendobj" % (number, body)
    root = _root(bytes(out), places)
    if root is None:
        return None
    table = len(out) + 1
    out += b"\nxref\n0 1\n0000000000 65535 f \n"
    for number, place in sorted(places.items()):
        out += b"%d 1\n%010d 00000 n \n" % (number, place)
    kept = b" ".join(dict.fromkeys(found[0] for found in _KEPT.finditer(data)))
    if b"/Info" not in kept and (about := _last_with(_ABOUT, data, places)):
        kept += b" /Info %d 0 R" % about
    out += b"trailer\n<< /Size %d /Root %d 0 R %s >>\n" % (max(places) + 1, root, kept)
    return bytes(out + b"startxref\n%d\n%s\n" % (table, _END))


def _root(data: bytes, places: dict[int, int]) -> int | None:
    """The number of the catalogue: what a trailer names, else the last object that says that it is one."""
    named = [int(found[1]) for found in _ROOT.finditer(data)]
    if named and named[-1] in places:
        return named[-1]
    return _last_with(_CATALOGUE, data, places)


def _last_with(sign: re.Pattern[bytes], data: bytes, places: dict[int, int]) -> int | None:
    """The number of the last object that holds a sign."""
    found = [n for n, place in places.items() if sign.search(data, place, _end_of(data, place))]
    return max(found, key=lambda n: places[n], default=None)


def _end_of(data: bytes, place: int) -> int:
    end = data.find(b"endobj", place)
    return end if end >= 0 else len(data)


def _unpacked(data: bytes, places: dict[int, int]) -> Iterator[tuple[int, bytes]]:
    """The objects that are packed into streams, each with its number (ISO 32000-1, 7.5.7)."""
    for place in sorted(places.values()):
        end = _end_of(data, place)
        stream = _STREAM.search(data, place, end)
        if stream is None or not _PACKED.search(data, place, stream.start()):
            continue
        head = data[place : stream.start()]
        count, first = (re.search(rb"/%s[ \t\r\n]+([0-9]{1,8})\b" % key, head) for key in (b"N", b"First"))
        if count is None or first is None or b"/DecodeParms" in head:
            continue
        try:
            body = zlib.decompressobj().decompress(data[stream.end() : end], _MOST_UNPACKED)
        except zlib.error:
            continue
        at = int(first[1])
        numbers = [int(n) for n in body[:at].split()[: 2 * int(count[1])] if n.isdigit()]
        starts = [at + n for n in numbers[1::2]]
        for number, left, right in zip(numbers[::2], starts, [*starts[1:], len(body)], strict=False):
            yield number, body[left:right].strip()

"""A path, an address or an upload -> the bytes of one PDF with their checksum, or an error that says why not."""

from __future__ import annotations

import hashlib
import stat
from pathlib import Path

from ingest import fetching
from ingest.reading import Source
from kb import InputError, ParseError

_MAGIC = b"%PDF-"
_MAGIC_WITHIN = 1024
"""Readers find the mark within the first 1024 bytes (PDF 1.7, Appendix H, note 13), and so do we."""


def load(given: str | Path | bytes, *, max_file: int, name: str = "", allow_private: bool = False) -> Source:
    """Take the PDF that was given, at most `max_file` bytes of it; text with "://" in it is an address.

    Raises:
        InputError: there is no such file, or the address cannot be fetched.
        ParseError: it is empty, too big, or not a PDF.
    """
    if isinstance(given, bytes):
        return _checked(given, name or "upload.pdf", "upload", max_file)
    if isinstance(given, str) and "://" in given:
        found = fetching.fetch(given, max_file=max_file, allow_private=allow_private)
        return _checked(found.data, name or found.name, found.url, max_file)
    path = Path(given).expanduser()
    return _checked(_read(path, max_file), name or path.name, str(path.absolute()), max_file)


def _checked(data: bytes, name: str, origin: str, max_file: int) -> Source:
    if len(data) > max_file:
        raise _too_big(name, len(data), max_file)
    if not data:
        raise ParseError(f"{name}: the file is empty (0 bytes); get it again from where it came from")
    start = data[:_MAGIC_WITHIN]
    if _MAGIC not in start:
        text = start.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
        what = "a web page" if text.startswith((b"<!doctype html", b"<html", b"<head")) else "not a PDF"
        raise ParseError(
            f"{name}: {what}, for it has no {_MAGIC.decode()} in its first {_MAGIC_WITHIN} bytes; "
            "give the PDF itself, or print the document to PDF first"
        )
    return Source(data, hashlib.sha256(data).hexdigest(), name, origin)


def _read(path: Path, max_file: int) -> bytes:
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            what = "folder" if stat.S_ISDIR(found.st_mode) else "device or pipe"
            raise InputError(f"{path}: is not a file but a {what}; give a PDF file")
        if found.st_size > max_file:
            raise _too_big(str(path), found.st_size, max_file)
        with path.open("rb") as file:
            return file.read(max_file + 1)
    except FileNotFoundError as error:
        raise InputError(f"{path}: no such file; check the path, from {Path.cwd()}") from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise InputError(f"{path}: cannot be read ({reason}); check the path and who may read it") from error


def _too_big(name: str, size: int, max_file: int) -> ParseError:
    return ParseError(
        f"{name}: {size / 1e6:.1f} MB or more, and at most {max_file / 1e6:.1f} MB are read; "
        "if the file is to be trusted, set KB_MAX_FILE higher (in bytes)"
    )

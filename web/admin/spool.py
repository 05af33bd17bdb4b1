"""An upload, taken from the network no further than its limits, and only if it looks like a PDF."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePosixPath
from typing import Annotated, BinaryIO

from fastapi import Depends
from python_multipart.multipart import parse_options_header
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from kb import InputError, web_address
from web.admin import signin
from web.admin.signin import Reviewer, Session

AROUND = 2**16  # bytes of the form beside its file
MOST_FIELDS = 10
LONGEST_NAME = 120
LONGEST_ADDRESS = 2000
_MARK, _WITHIN = b"%PDF-", 1024  # as in ingest.source, which checks again


class Wrong(StrEnum):
    """Why what was sent is not taken; the page that it was sent from says what to do."""

    NOTHING = "nothing"
    EMPTY = "empty"
    NO_PDF = "no-pdf"
    LARGE = "large"
    ADDRESS = "address"
    HANDBOOK = "handbook"
    MANY = "many"
    NO_PNG = "no-png"


@dataclass(frozen=True, slots=True)
class Upload:
    """What was sent: a PDF (`content`, its `name`) or an `address` to fetch one from; or what is `wrong` with it."""

    name: str
    content: BinaryIO | None
    address: str
    handbook: str
    wrong: Wrong | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """A form with a file, as it came; the file is None where it was larger than is taken, or there was none."""

    fields: dict[str, str]
    file: UploadFile | None
    is_large: bool


async def uploaded(request: Request, reviewer: Reviewer) -> AsyncIterator[Upload]:
    """The upload of a signed-in person, from one of our pages; 4xx for what is no form of ours."""
    most = request.app.state.settings.max_file
    async with sent(request, reviewer, most) as given:
        yield await run_in_threadpool(_checked, given)


Uploaded = Annotated[Upload, Depends(uploaded)]


@asynccontextmanager
async def sent(request: Request, reviewer: Session, most: int) -> AsyncIterator[Sent]:
    """A form with a file of at most so many bytes, from one of our pages; 4xx for anything else."""
    if not request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        raise HTTPException(415, "Send the file as multipart/form-data, as the form does")
    body = _Limited(request, most)
    parser = MultiPartParser(
        request.headers, body.chunks(), max_files=1, max_fields=MOST_FIELDS, max_part_size=AROUND
    )
    try:
        form = await parser.parse()
    except MultiPartException as error:
        raise HTTPException(400, f"The form cannot be read: {error.message}; load the page again") from error
    try:
        fields = {name: value for name, value in form.multi_items() if isinstance(value, str)}
        signin.check_form(request, fields, reviewer.nonce)
        file = form.get("file")
        kept = file if isinstance(file, UploadFile) and (file.size or file.filename) else None
        yield Sent(fields, kept, body.is_large or (kept is not None and (kept.size or 0) > most))
    finally:
        await form.close()


class _Limited:
    """The body of a request, up to what is allowed.

    The rest is read and dropped, or a browser would not read our answer. Forms have their fields before their file.
    """

    def __init__(self, request: Request, most: int) -> None:
        self._request, self._most, self.is_large = request, most, False

    async def chunks(self) -> AsyncGenerator[bytes, None]:
        """What is taken of it; of a file that is too large the end is left out, and its last boundary put in."""
        size, most = 0, self._most + AROUND
        boundary = parse_options_header(self._request.headers["content-type"])[1].get(b"boundary", b"")
        async for chunk in self._request.stream():
            if room := max(most - size, 0):
                yield chunk[:room]
            size += len(chunk)
            if size > most and not self.is_large:
                self.is_large = True
                yield b"\r\n--" + boundary + b"--\r\n"
            elif size > 2 * most:
                break


def _checked(given: Sent) -> Upload:
    address, handbook = given.fields.get("address", "").strip(), given.fields.get("handbook", "").strip()
    if given.file is None and not given.is_large:
        if not address:
            return Upload("", None, "", handbook, Wrong.NOTHING)
        try:
            found = web_address(address) if len(address) <= LONGEST_ADDRESS else ""
        except InputError:
            found = ""
        wrong = None if found else Wrong.ADDRESS
        return Upload((found or address)[:LONGEST_NAME], None, found or address, handbook, wrong)
    name = _plain((given.file.filename if given.file else "") or "")
    if given.file is None or given.is_large:
        return Upload(name, None, "", handbook, Wrong.LARGE)
    start = given.file.file.read(_WITHIN)
    given.file.file.seek(0)
    wrong = Wrong.EMPTY if not start else Wrong.NO_PDF if _MARK not in start else None
    return Upload(name, None if wrong else given.file.file, "", handbook, wrong)


def _plain(name: str) -> str:
    """A file name that is safe to show: no folders, no control characters."""
    last = PurePosixPath(name.replace("\\", "/")).name
    return "".join(c for c in last if c.isprintable()).strip()[-LONGEST_NAME:] or "upload.pdf"

"""An upload, taken from the network no further than its limits, and only if it looks like a PDF."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Annotated, BinaryIO

from fastapi import Depends
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from kb import InputError, web_address
from web.admin import signin
from web.admin.signin import Reviewer

AROUND = 2**16  # bytes of the form beside its file
MOST_FIELDS = 10
LONGEST_NAME = 120
LONGEST_ADDRESS = 2000
_MARK, _WITHIN = b"%PDF-", 1024  # as in ingest.source, which checks again


@dataclass(frozen=True, slots=True)
class Upload:
    """What was sent: a PDF (`content`, its `name`) or an `address` to fetch one from."""

    name: str
    content: BinaryIO | None
    address: str
    handbook: str


async def uploaded(request: Request, reviewer: Reviewer) -> AsyncIterator[Upload]:
    """The upload of a signed-in person, from one of our pages; 4xx for anything else."""
    if not request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        raise HTTPException(415, "Send the file as multipart/form-data, as the form does")
    most = request.app.state.settings.max_file
    parser = MultiPartParser(
        request.headers, _limited(request, most), max_files=1, max_fields=MOST_FIELDS, max_part_size=AROUND
    )
    try:
        form = await parser.parse()
    except MultiPartException as error:
        raise HTTPException(400, f"The form cannot be read: {error.message}; load the page again") from error
    try:
        fields = {name: value for name, value in form.multi_items() if isinstance(value, str)}
        signin.check_form(request, fields, reviewer.nonce)
        file = form.get("file")
        yield await run_in_threadpool(_checked, fields, file if isinstance(file, UploadFile) else None, most)
    finally:
        await form.close()


Uploaded = Annotated[Upload, Depends(uploaded)]


async def _limited(request: Request, most: int) -> AsyncGenerator[bytes, None]:
    """The body, up to what is allowed; the rest is read and dropped, or a browser would not read our answer."""
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size <= most + AROUND:
            yield chunk
        elif size > 2 * (most + AROUND):
            break
    if size > most + AROUND:
        raise HTTPException(413, _too_large(most))


def _checked(fields: dict[str, str], file: UploadFile | None, most: int) -> Upload:
    address, handbook = fields.get("address", "").strip(), fields.get("handbook", "").strip()
    if file is None or not (file.size or file.filename):
        if not address:
            raise InputError("no file and no address was given; choose a PDF, or give the address of one")
        if len(address) > LONGEST_ADDRESS:
            raise InputError(
                f"{address[:80]}…: longer than {LONGEST_ADDRESS} characters; give a shorter address"
            )
        address = web_address(address)
        return Upload(address[:LONGEST_NAME], None, address, handbook)
    name = _plain(file.filename or "")
    if (file.size or 0) > most:
        raise HTTPException(413, f"{name}: {_too_large(most)}")
    start = file.file.read(_WITHIN)
    file.file.seek(0)
    if not start:
        raise InputError(f"{name}: the file is empty (0 bytes); get it again from where it came from")
    if _MARK not in start:
        raise InputError(f"{name}: not a PDF, for it does not begin like one; print it to PDF first")
    return Upload(name, file.file, "", handbook)


def _too_large(most: int) -> str:
    return f"More than {most / 1e6:.1f} MB; who runs the server can set KB_MAX_FILE higher (in bytes)"


def _plain(name: str) -> str:
    """A file name that is safe to show: no folders, no control characters."""
    last = PurePosixPath(name.replace("\\", "/")).name
    return "".join(c for c in last if c.isprintable()).strip()[-LONGEST_NAME:] or "upload.pdf"

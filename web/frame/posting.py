"""Forms that browsers send: their fields, bounded, and whether they come from one of our pages."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import Depends
from starlette.exceptions import HTTPException
from starlette.requests import Request

from kb.office import guesses

MOST_BODY = 2**20  # bytes of a form
MOST_FIELDS = 50
_OURS = ("same-origin", "none")


def client_of(request: Request) -> str:
    """Who asks, as guesses are counted: an IPv4 address or an IPv6 network."""
    return guesses.client(request.client.host if request.client else "")


async def body_of(request: Request, most: int, refusal: Exception) -> bytes:
    """What a request sends; the refusal is raised where it is more than so many bytes, and no more is read then."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > most:
            raise refusal
    return bytes(body)


async def posted(request: Request) -> dict[str, str]:
    """The fields of a form; 4xx for anything else. What occurs twice counts as it was last."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise HTTPException(415, "Send the form as application/x-www-form-urlencoded")
    refusal = HTTPException(413, f"The form holds more than {MOST_BODY} bytes; send less")
    body = await body_of(request, MOST_BODY, refusal)
    try:
        return dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS))
    except ValueError as error:
        raise HTTPException(400, "The form cannot be read; load the page again") from error


def check_origin(request: Request) -> None:
    """Raise 403 where a browser says that another site sent the form (Fetch Metadata, Sec-Fetch-Site).

    For forms of readers, who have no session to bind a form to. Programs and old browsers send no such header.
    """
    if request.headers.get("sec-fetch-site", "none") not in _OURS:
        raise HTTPException(
            403, "This form was sent from another site; open the page here and send it from there"
        )


Posted = Annotated[dict[str, str], Depends(posted)]

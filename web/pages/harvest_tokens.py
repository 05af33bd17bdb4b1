"""Resumption tokens of OAI-PMH: all that is needed to go on with a list, in the token itself, for a day. Pure.

So any process of any server goes on with a list that another one began, and nothing is kept of harvesters.
"""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import astuple, dataclass
from datetime import UTC, datetime, timedelta

LASTS = timedelta(days=1)
LONGEST_TOKEN = 1000
"""Characters of a token, longer than any that is given out."""
_SUM = 8  # bytes: tells a token that was cut or mistyped from one that was given out


@dataclass(frozen=True, slots=True)
class ResumptionToken:
    """Where a list stands: what was asked for, and the stamp and the id of the last entry that was given.

    `cursor` is how many were given so far, `expires` in seconds since 1970.
    """

    verb: str
    prefix: str
    chosen: str
    since: str
    until: str
    stamp: str
    last: str
    cursor: int
    expires: int

    @property
    def text(self) -> str:
        """The token as it is given out."""
        held = json.dumps(astuple(self), separators=(",", ":")).encode()
        return base64.urlsafe_b64encode(_sum(held) + held).decode().rstrip("=")

    @property
    def expiration(self) -> str:
        """Until when it is taken, UTC."""
        return f"{datetime.fromtimestamp(self.expires, UTC):%Y-%m-%dT%H:%M:%SZ}"

    @classmethod
    def read(cls, text: str) -> ResumptionToken | None:
        """The token of a text; None for one that was never given out, or too long ago."""
        if len(text) > LONGEST_TOKEN or not text.isascii():
            return None
        try:
            raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
            token = cls(*json.loads(raw[_SUM:])) if raw[:_SUM] == _sum(raw[_SUM:]) else None
        except (ValueError, TypeError, RecursionError):  # no base64, UTF-8 or JSON, or of another shape
            return None
        return token if token is not None and token.is_sound else None

    @property
    def is_sound(self) -> bool:
        """Whether its parts are of their types, and it is not too old."""
        texts = (self.verb, self.prefix, self.chosen, self.since, self.until, self.stamp, self.last)
        numbers = (self.cursor, self.expires)
        are_of_type = all(isinstance(one, str) for one in texts) and all(type(one) is int for one in numbers)
        return are_of_type and all(0 <= one < 2**53 for one in numbers) and now_s() <= self.expires


def now_s() -> int:
    """The time in full seconds since 1970."""
    return int(datetime.now(UTC).timestamp())


def _sum(held: bytes) -> bytes:
    return hashlib.blake2b(held, digest_size=_SUM, person=b"oai-pmh").digest()

"""Where an index is kept, as KB_INDEX says it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from kb import InputError

PORT = 19530
_SERVER = re.compile(
    r"milvus(\+tls)?://([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::(\d{1,5}))?(?:/([A-Za-z_][A-Za-z0-9_]*)?)?"
)
_FILE = re.compile(r"milvus-lite://(/.+\.db)")


@dataclass(frozen=True, slots=True)
class IndexAddress:
    """A Milvus server, or a file of Milvus Lite, and the database there; `shown` is how it was given."""

    shown: str
    uri: str
    database: str
    is_lite: bool

    def __str__(self) -> str:
        return self.shown


def address_of(index: str) -> IndexAddress:
    """Read an address: milvus://HOST[:PORT][/DATABASE], milvus+tls:// for TLS, or milvus-lite:///PATH/FILE.db.

    Raises:
        InputError: it is none of these.
    """
    if found := _SERVER.fullmatch(index):
        tls, host, port, database = found.groups()
        if int(port or PORT) < 2**16:
            uri = f"{'https' if tls else 'http'}://{host}:{port or PORT}"
            return IndexAddress(index, uri, database or "default", False)
    if found := _FILE.fullmatch(index):
        return IndexAddress(index, str(Path(found[1])), "default", True)
    raise InputError(
        f"KB_INDEX={index}: not where an index is kept; give milvus://HOST:19530/DATABASE, milvus+tls://HOST:19530, "
        "milvus-lite:///PATH/FILE.db, or nothing for the embedded one"
    )

"""What a PDF holds beside its pages' text: files attached to it, comments written on it; by pypdf. Never raises."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

import pypdf
import pypdf.errors

from ingest.page.raw import Aside
from ingest.page.shells import attached_files, resolved

_MOST = 500  # comments and files that are listed
_LONGEST = 400  # characters of a comment that are kept
_COMMENTS = frozenset({"/Text", "/FreeText", "/Highlight", "/Underline", "/StrikeOut", "/Squiggly", "/Caret"})
_BROKEN = (
    pypdf.errors.PyPdfError,
    ValueError,
    KeyError,
    TypeError,
    AttributeError,
    RecursionError,
    IndexError,
)


def read_remarks(reader: pypdf.PdfReader) -> tuple[Aside, ...]:
    """The attached files, on page 1, then the comments in the order of the pages, as many as can be read."""
    found: list[Aside] = []
    try:
        found.extend(Aside(1, name, is_file=True) for name in attached_files(reader.root_object))
        for number, page in enumerate(reader.pages, start=1):
            found.extend(Aside(number, text) for text in _comments(page))
            if len(found) >= _MOST:
                break
    except _BROKEN:
        pass  # a broken comment is no reason to lose the page's text
    return tuple(found[:_MOST])


def _comments(page: Any) -> Iterator[str]:
    for note in islice(resolved(page.get("/Annots")) or (), _MOST):
        one = resolved(note)
        if one is None or one.get("/Subtype") not in _COMMENTS:
            continue
        text = " ".join(str(resolved(one.get("/Contents")) or "").split())
        if any(c.isalnum() for c in text):
            yield text[:_LONGEST]

"""PDFs that only wrap what they hold: dynamic forms and portfolios are refused, and the way out is named. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from kb import ParseError

_COVER_PAGES = 3  # up to which the pages of a portfolio are its cover; by eye
_MOST_NAMED = 10  # attachments that a message names
_DEEPEST, _MOST_FILES = 20, 1000  # of a tree of names: more is an attack


def refuse_shell(root: Any, pages: list[Any], name: str) -> None:
    """Let a document pass whose pages are its content; `root` is its catalogue, as pypdf reads it.

    Raises:
        ParseError: its pages only say to wait (XFA), or are the cover of a portfolio.
    """
    form = resolved(root.get("/AcroForm")) or {}
    if "/XFA" in form and (root.get("/NeedsRendering") or not _has_fields(form, pages)):
        raise ParseError(
            f"{name}: a dynamic form (XFA), of which its pages only say to wait; open it in Adobe Reader, "
            "print it to PDF there (Save as PDF in its print dialogue), and give that file"
        )
    if "/Collection" in root and len(pages) <= _COVER_PAGES and (files := list(attached_files(root))):
        named = ", ".join(files[:_MOST_NAMED]) + (", …" if len(files) > _MOST_NAMED else "")
        raise ParseError(
            f"{name}: a PDF portfolio, whose documents are attached to a cover page ({named}); "
            "save its attachments with a PDF reader, and give those that are PDFs one by one"
        )


def resolved(value: Any) -> Any:
    """What a reference leads to; anything else as it is."""
    return value.get_object() if hasattr(value, "get_object") else value


def _has_fields(form: Any, pages: list[Any]) -> bool:
    """It has fields that any reader shows: widgets on a page."""
    if not resolved(form.get("/Fields")):
        return False
    notes = (resolved(note) for page in pages for note in resolved(page.get("/Annots")) or ())
    return any(note is not None and note.get("/Subtype") == "/Widget" for note in notes)


def attached_files(root: Any) -> Iterator[str]:
    """The names of the attached files, in the order of their tree."""
    names = resolved(root.get("/Names")) or {}
    for file in islice(_leaves(resolved(names.get("/EmbeddedFiles")), _DEEPEST), _MOST_FILES):
        yield " ".join(str(file.get("/UF") or file.get("/F") or "unnamed").split())


def _leaves(node: Any, deepest: int) -> Iterator[Any]:
    """The file specifications below a node of a name tree (ISO 32000-1, 7.9.6)."""
    if node is None or deepest == 0:
        return
    pairs = resolved(node.get("/Names")) or ()
    for value in list(pairs)[1::2]:
        if (file := resolved(value)) is not None and hasattr(file, "get"):
            yield file
    for kid in resolved(node.get("/Kids")) or ():
        yield from _leaves(resolved(kid), deepest - 1)

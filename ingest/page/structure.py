"""PDF -> outline, page labels, tags and metadata, by pypdf; runs in the sandbox child."""

from __future__ import annotations

import io
from typing import Any

import pypdf
import pypdf.errors

from ingest.page.raw import Bookmark, Structure
from ingest.page.remarks import read_remarks
from ingest.page.repair import repaired
from ingest.page.shells import refuse_shell
from ingest.page.tag_tree import read_tags
from kb import ParseError, straight

_LONGEST = 1000  # characters of a title or bookmark: what is longer names nothing


def open_structure(data: bytes, name: str, password: str, max_pages: int) -> Structure:
    """Read outline, labels, tags and metadata.

    Raises:
        ParseError: not a PDF, damaged, encrypted without its password, a shell without content of its own, no pages
            or too many of them.
    """
    mended = repaired(data)
    try:
        reader = pypdf.PdfReader(io.BytesIO(mended.data), strict=False)
        if reader.is_encrypted and not (reader.decrypt(password) or (password and reader.decrypt(""))):
            remedy = (
                "the password given does not open it; pass the right --password"
                if password
                else "pass --password"
            )
            raise ParseError(f"{name}: encrypted; {remedy}")
        count = len(reader.pages)
        if 0 < count <= max_pages:
            refuse_shell(reader.root_object, list(reader.pages), name)
    except ParseError:
        raise
    except (
        pypdf.errors.PyPdfError,
        OSError,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        RecursionError,
        IndexError,
        NotImplementedError,
    ) as error:  # pypdf lets these through on damage
        raise ParseError(f"{name}: damaged PDF ({error}); export or download it again") from error
    if count == 0:
        raise ParseError(f"{name}: has no pages; export or download it again")
    if count > max_pages:
        raise ParseError(f"{name}: {count} pages, more than {max_pages}; split it or raise KB_MAX_PAGES")
    tags = read_tags(reader)
    return Structure(
        title=_metadata(reader, "/Title"),
        author=_metadata(reader, "/Author"),
        language=_catalog_language(reader) or tags.language,
        labels=_labels(reader, count),
        outline=_outline(reader),
        damage=mended.damage,
        tags=tags,
        remarks=read_remarks(reader),
    )


def _metadata(reader: pypdf.PdfReader, key: str) -> str:
    try:
        value = reader.metadata.get(key) if reader.metadata else None
    except (pypdf.errors.PyPdfError, ValueError, KeyError, TypeError, AttributeError):
        return ""
    return " ".join(straight(str(value)[:_LONGEST]).split()) if isinstance(value, str) else ""


def _catalog_language(reader: pypdf.PdfReader) -> str:
    try:
        return str(reader.root_object.get("/Lang") or "")
    except (pypdf.errors.PyPdfError, ValueError, KeyError, TypeError, AttributeError):
        return ""


def _labels(reader: pypdf.PdfReader, count: int) -> tuple[str, ...]:
    plain = tuple(str(n) for n in range(1, count + 1))
    try:
        labels = tuple(reader.page_labels)
    except (pypdf.errors.PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError):
        return plain
    return labels if len(labels) == count else plain


def _outline(reader: pypdf.PdfReader) -> tuple[Bookmark, ...]:
    found: list[Bookmark] = []

    def walk(items: Any, level: int) -> None:
        for item in items:
            if isinstance(item, list):
                walk(item, level + 1)
            elif title := " ".join(straight(str(item.title or "")[:_LONGEST]).split()):
                found.append(_bookmark(reader, item, title, level))

    try:
        walk(reader.outline, 0)
    except (pypdf.errors.PyPdfError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return tuple(found)  # a broken outline is a weak witness, not an error
    return tuple(found)


def _bookmark(reader: pypdf.PdfReader, item: Any, title: str, level: int) -> Bookmark:
    try:
        index = reader.get_destination_page_number(item)
        page = index + 1 if index is not None and index >= 0 else None
        top = None
        if page is not None and item.top is not None:
            area = reader.pages[page - 1].cropbox
            top = float(area.top) - float(item.top)
    except (pypdf.errors.PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError):
        page, top = None, None
    return Bookmark(title, level, page, top)

"""What runs in the sandbox child for one page: its picture, its words; it starts sooner than what reads handbooks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ingest.page import Glyphs, RawPage, legible, ocr, printed_lines
from ingest.reading import PrintedWord
from ingest.safe import Tell
from kb import ParseError


def picture(request: Mapping[str, Any], data: bytes, tell: Tell) -> bytes:  # noqa: ARG001 - the child's signature
    """Page `request["page"]` as PNG, `request["width"]` pixels wide."""
    with Glyphs(data, request["name"], request.get("password", "")) as glyphs:
        if not 1 <= request["page"] <= len(glyphs):
            raise ParseError(f"{request['name']}: has no page {request['page']}; it has {len(glyphs)}")
        return glyphs.picture(request["page"], request["width"])


def words(request: Mapping[str, Any], data: bytes, tell: Tell) -> list[list[PrintedWord]]:
    """The words of page `request["page"]` line by line, read by OCR (in `request["language"]`) where need be."""
    with Glyphs(data, request["name"], request.get("password", "")) as glyphs:
        if not 1 <= request["page"] <= len(glyphs):
            raise ParseError(f"{request['name']}: has no page {request['page']}; it has {len(glyphs)}")
        page = legible.doubted([glyphs.page(request["page"])])[0]
        if legible.needs_ocr(page):
            found = ocr.read([page], glyphs.gray, request["language"], lambda done, of: tell("ocr", done, of))
            page = found[page.number].page if page.number in found else emptied(page)
    return printed_lines(page)


def emptied(page: RawPage) -> RawPage:
    """The page as if nothing were on it."""
    return replace(page, words=(), shapes=(), hidden=(), unmapped=0.0)

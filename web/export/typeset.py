"""A paper as a PDF, typeset by Typst: tagged, with title, language, bookmarks and fonts for all languages in it."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from types import ModuleType

from web.export.paper import Paper, PaperBlock, PaperHeading, PaperParagraph

TEMPLATE = Path(__file__).with_name("paper.typ")


def as_pdf(paper: Paper) -> bytes:
    """The document as a tagged PDF; texts go to Typst as data, never as its own language.

    It is PDF/UA-1 unless it holds a letter that no font at hand can show, such as an emoji: that standard forbids it.
    """
    import typst  # noqa: PLC0415 - 80 MB that those alone load who export

    data = {
        "title": paper.title,
        "language": paper.language,
        "page": paper.page_words,
        "blocks": [{"is": _kind(block), **asdict(block)} for block in paper.blocks],
    }
    given = {"paper": json.dumps(data)}
    try:
        return _typeset(typst, given, ["ua-1"])
    except typst.TypstError:
        return _typeset(typst, given, [])


def _typeset(typst: ModuleType, given: dict[str, str], standards: list[str]) -> bytes:
    made: bytes = typst.compile(
        TEMPLATE,
        root=TEMPLATE.parent,
        format="pdf",
        ignore_system_fonts=True,
        pdf_standards=standards,
        sys_inputs=given,
    )
    return made


def _kind(block: PaperBlock) -> str:
    return (
        "heading"
        if isinstance(block, PaperHeading)
        else "paragraph"
        if isinstance(block, PaperParagraph)
        else "table"
    )

"""A document as its parts, before it is written as DOCX or PDF: headings, paragraphs, tables, worded already."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PaperRun:
    """Some words, with the address that they lead to; `language` is theirs where it is not the document's."""

    text: str
    url: str = ""
    is_strong: bool = False
    is_small: bool = False
    language: str = ""


@dataclass(frozen=True, slots=True)
class PaperCell:
    """A cell of a table: each of its runs is a line of its own; `box` is one to tick, and whether it is ticked."""

    lines: tuple[PaperRun, ...] = ()
    box: bool | None = None
    is_lit: bool = False
    """Whether it is the one that was chosen."""


@dataclass(frozen=True, slots=True)
class PaperHeading:
    """A heading; the document's title is of level 1."""

    level: int
    text: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class PaperParagraph:
    """Runs in one paragraph; one that `keeps` stays on the page of what comes next."""

    runs: tuple[PaperRun, ...]
    keeps: bool = False


@dataclass(frozen=True, slots=True)
class PaperTable:
    """A table under a row of heads, which every page repeats; `widths` are shares of the page's width."""

    head: tuple[str, ...]
    rows: tuple[tuple[PaperCell, ...], ...]
    widths: tuple[float, ...]


PaperBlock = PaperHeading | PaperParagraph | PaperTable


@dataclass(frozen=True, slots=True)
class Paper:
    """A document: its title, language (ISO 639-1) and parts in order."""

    title: str
    language: str
    blocks: tuple[PaperBlock, ...]
    page_words: str = ""
    """What stands before the number of a page ("Page")."""

"""Sections of a document that a command writes: what stands between two marks that name the section and the command."""

from __future__ import annotations

from pathlib import Path

from benchmarks.setting import ROOT, say

QUALITY = ROOT / "docs" / "explanation" / "quality.md"
MAKING_QUALITY = "make quality"


def renewed(text: str, name: str, command: str, made: str) -> str:
    """A document's text with a section made anew.

    Raises:
        ValueError: it does not have the two marks.
    """
    start, end = f"<!-- {name}: made by `{command}` -->", f"<!-- end of {name} -->"
    before, has_start, rest = text.partition(start)
    _, has_end, after = rest.partition(end)
    if not (has_start and has_end):
        raise ValueError(f"no section between {start} and {end}; put both marks back")
    return f"{before}{start}\n{made}\n{end}{after}"


def renew(name: str, made: str, path: Path = QUALITY) -> None:
    """Write a section of docs/explanation/quality.md anew; one that the document does not have is told."""
    try:
        text = renewed(path.read_text(encoding="utf-8"), name, MAKING_QUALITY, made)
    except ValueError as error:
        say(f"{path}: {error}")
    else:
        path.write_text(text, encoding="utf-8")

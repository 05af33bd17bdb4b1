"""Pages of words -> the document as lines in reading order, each with its role. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from ingest.page import (
    LaidOut,
    Line,
    RawPage,
    Tags,
    body_size_of,
    continue_tables,
    hyphens,
    is_inside,
    mark_furniture,
    mark_notes,
    read_page,
    turned_blocks,
    with_artifacts,
    with_turned,
    without_markers,
    without_marks,
    words_of,
)
from ingest.tree.contents import mark_contents, unrolled, with_tagged
from ingest.tree.unnumbered import with_unnumbered
from kb import Box

_LEAST_FRAME = (80, 24)  # points, width and height of a box that may hold a note; by eye
_LEAST_LINES = 2  # of a note


def lay_out(pages: Iterable[RawPage]) -> LaidOut:
    """Order every page's lines, then mark what repeats over pages and what lists the contents."""
    lines: list[Line] = []
    heights: dict[int, float] = {}
    frames: dict[int, list[Box]] = {}
    turned = []
    shown, notes = without_markers([without_marks(page) for page in pages])
    for page in shown:
        heights[page.number] = page.height
        frames[page.number] = _frames(page)
        lines.extend(read_page(page))
        turned.extend(turned_blocks(page))
    body_size = body_size_of(lines)
    lines = _mark_framed(lines, frames, body_size)
    lines = continue_tables(lines, heights)
    lines = mark_furniture(lines, heights, body_size)
    tags = shown[0].tags if shown else Tags()
    lines = with_artifacts(lines, heights, body_size, tags)
    lines = mark_notes(lines, notes, body_size)
    lines = with_turned(lines, turned, body_size)
    lines, contents = with_tagged(*with_unnumbered(*mark_contents(unrolled(lines))), tags)
    words = hyphens.settled(lines, words_of(lines))
    return LaidOut(tuple(lines), tuple(contents), body_size, words, tags)


def _frames(page: RawPage) -> list[Box]:
    """Drawn boxes that may hold a note: neither a rule nor the page's background."""
    return [
        s.box
        for s in page.shapes
        if not s.is_image
        and s.box[3] - s.box[1] >= _LEAST_FRAME[1]
        and s.box[2] - s.box[0] >= _LEAST_FRAME[0]
        and (s.box[3] - s.box[1]) * (s.box[2] - s.box[0]) < 0.55 * page.width * page.height
    ]


def _mark_framed(lines: Sequence[Line], frames: Mapping[int, list[Box]], body_size: float) -> list[Line]:
    """Mark the lines of notes set in a box: some of the page's lines, none of them large, no table."""
    out = list(lines)
    by_page: dict[int, list[int]] = defaultdict(list)
    for index, line in enumerate(lines):
        by_page[line.page].append(index)
    for page, indexes in by_page.items():
        for box in frames.get(page, ()):
            inside = [i for i in indexes if is_inside(lines[i].box, box)]
            if _LEAST_LINES <= len(inside) < 0.8 * len(indexes) and all(
                lines[i].size < body_size + 1 and not lines[i].cells for i in inside
            ):
                for i in inside:
                    out[i] = replace(out[i], is_boxed=True)
    return out

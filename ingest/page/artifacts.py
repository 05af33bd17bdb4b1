"""Running heads and page numbers by the tags: artifacts in a margin are, headings are not. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from ingest.page.lines import Line, Role
from ingest.page.tags import ARTIFACT, Tag, Tags

_MARGIN = 0.13  # share of the page's height in which heads and feet stand
_LARGEST = 1.2  # of the size of text; larger type is no running head, whatever the tags call it; by eye
_LEAST_TAGGED = 0.8  # share of the letters outside the margins that tags hold, from which they are believed
_USUAL = 0.5  # share of the pages with furniture on which it is artifacts, from which what is none is text


def with_artifacts(
    lines: Sequence[Line], heights: Mapping[int, float], body_size: float, tags: Tags
) -> list[Line]:
    """The lines, those that the tags call artifacts in the margins as furniture, those they call headings as text."""
    if not tags or not _are_tagged(lines, heights):
        return list(lines)
    out = list(lines)
    by_page: dict[int, list[int]] = defaultdict(list)
    for index, line in enumerate(lines):
        by_page[line.page].append(index)
    furnished = {line.page for line in lines if line.role in (Role.RUNNING_HEAD, Role.PAGE_NUMBER)}
    marked = {line.page for line in lines if _is_artifact(line)}
    is_usual = len(furnished & marked) >= _USUAL * max(len(furnished), 1)
    for page, indexes in by_page.items():
        from_top = sorted(indexes, key=lambda i: lines[i].box[1])
        for order in (from_top, sorted(indexes, key=lambda i: -lines[i].box[3])):
            for index in order:
                line = lines[index]
                if (
                    not _is_artifact(line)
                    or not _is_in_margin(line, heights[page])
                    or line.size > _LARGEST * body_size
                ):
                    break
                if line.role == Role.BODY:
                    is_number = line.text.strip().isdigit()
                    out[index] = replace(line, role=Role.PAGE_NUMBER if is_number else Role.RUNNING_HEAD)
        for index in indexes:
            if is_usual and lines[index].role == Role.RUNNING_HEAD and _is_heading(lines[index], tags):
                out[index] = replace(lines[index], role=Role.BODY)
    return out


def _are_tagged(lines: Sequence[Line], heights: Mapping[int, float]) -> bool:
    """The tags hold nearly all that stands outside the margins."""
    inside = [line for line in lines if not _is_in_margin(line, heights[line.page])]
    held = sum(len(line.text) for line in inside if any(mark >= 0 for mark in line.marks))
    return held >= _LEAST_TAGGED * max(sum(len(line.text) for line in inside), 1)


def _is_artifact(line: Line) -> bool:
    return bool(line.marks) and all(mark == ARTIFACT for mark in line.marks)


def _is_in_margin(line: Line, height: float) -> bool:
    return line.box[3] <= _MARGIN * height or line.box[1] >= (1 - _MARGIN) * height


def _is_heading(line: Line, tags: Tags) -> bool:
    holders = [tags.at(line.page, mark) for mark in line.marks]
    return bool(holders) and all(h is not None and tags.above(h, {Tag.HEADING}) is not None for h in holders)

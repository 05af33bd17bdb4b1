"""What the tags say of headings: which lines are one, where one ends and the next begins, how deep it is. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ingest.page import LaidOut, Line, Style, Tag, Tags, body_style, join_lines
from ingest.tree.headings import LONGEST_HEADING, MOST_HEADING_LINES, SENTENCE, Heading, flat, look_of

_MOST_TEXT = 0.3  # share of the letters that headings have at the most; where they have more, the tags lie
_MOST_WRONG = (
    0.3  # share of a level's headings that are no headings by their form, from which the level lies; by eye
)
_LEAST_LETTERS = 2
_HOLDERS = frozenset((Tag.HEADING, Tag.TITLE))
_NOT_IN = frozenset(
    (Tag.CONTENTS, Tag.NOTE, Tag.FIGURE, Tag.ARTIFACT)
)  # where a heading is none of the text's


@dataclass(frozen=True, slots=True)
class TaggedHeading:
    """Lines `first` to `last` that an element holds as a heading; `level` from 1, 0 for the document's title."""

    first: int
    last: int
    text: str
    level: int


def confirm(headings: Sequence[Heading], lines: Sequence[Line], laid: LaidOut) -> list[Heading]:
    """The headings that type found, with what the tags say of them, and those that only the tags tell.

    Nothing that type found goes: tags may leave headings untagged. What they hold as headings is believed where it has
    the form of one, level by level.
    """
    if not laid.tags:
        return list(headings)
    out = list(headings)
    found = believed(tagged_headings(lines, laid.tags), lines)
    level_of = {n: told.level for told in found for n in range(told.first, told.last + 1)}
    at = {n: h for h in headings for n in range(h.first, h.last + 1)}
    for told in found:
        own = list({id(h): h for n in range(told.first, told.last + 1) if (h := at.get(n))}.values())
        if not own:
            own = [_heading(lines, told.first, told.last)]
            own[0].is_plain = True
            out += own
        elif len(own) == 1 and not _is_alike(own[0], told, level_of):
            parts = _parted(own[0], out, lines, told)
            at.update((n, h) for h in parts for n in range(h.first, h.last + 1))
            own = [h for h in parts if h.first <= told.last and told.first <= h.last]
        elif _is_of_one_look(own, told, lines):
            own = _joined(own, out, lines, told)
            at.update((n, own[0]) for n in range(own[0].first, own[0].last + 1))
        for heading in own:
            heading.tag_level = told.level or heading.tag_level
    return sorted(out, key=lambda h: h.first)


def _is_alike(own: Heading, told: TaggedHeading, level_of: Mapping[int, int]) -> bool:
    """No line of a heading is held as something else: all are of the tagged one, or of others of its level."""
    return all(level_of.get(n) == told.level for n in range(own.first, own.last + 1))


def _is_of_one_look(own: Sequence[Heading], told: TaggedHeading, lines: Sequence[Line]) -> bool:
    """The tagged heading holds more lines than each of its own, in the same type."""
    looks = {replace(h.look, caps=False) for h in own}
    looks |= {replace(look_of(lines[n]), caps=False) for n in range(told.first, told.last + 1)}
    return len(looks) == 1 and any(h.first > told.first or h.last < told.last for h in own)


def tagged_headings(lines: Sequence[Line], tags: Tags) -> list[TaggedHeading]:
    """What the tags hold as headings, each with the lines that it fills."""
    at: dict[int, list[int]] = defaultdict(list)
    for index, line in enumerate(lines):
        holders = {_holder(tags, line.page, mark) for mark in line.marks if mark >= 0}
        if len(holders) == 1 and (holder := holders.pop()) is not None:
            at[holder].append(index)
    found = []
    for holder, indexes in at.items():
        first, last = indexes[0], indexes[-1]
        if last - first + 1 == len(indexes) and lines[first].page == lines[last].page:
            text = join_lines([flat(lines[n]) for n in indexes])
            found.append(TaggedHeading(first, last, text, tags.elements[holder].level))
    return sorted(found, key=lambda h: h.first)


def _holder(tags: Tags, page: int, mark: int) -> int | None:
    """The heading that holds a stretch of words; None for what no heading holds, or one inside a note or the like."""
    place = tags.at(page, mark)
    holder = None if place is None else tags.above(place, _HOLDERS)
    return None if holder is None or tags.above(holder, _NOT_IN) is not None else holder


def believed(told: Sequence[TaggedHeading], lines: Sequence[Line]) -> list[TaggedHeading]:
    """Those that are headings by their form, of the levels of which most are; none where they are half the text."""
    letters = sum(len(line.text) for line in lines)
    if sum(len(t.text) for t in told) > _MOST_TEXT * letters:
        return []
    body = body_style(lines)
    is_formed = [_is_formed(t, lines, body) for t in told]
    wrong = Counter(t.level for t, is_one in zip(told, is_formed, strict=True) if not is_one)
    count = Counter(t.level for t in told)
    lying = {level for level, n in wrong.items() if n > _MOST_WRONG * count[level]}
    return [t for t, is_one in zip(told, is_formed, strict=True) if is_one and t.level not in lying]


def _is_formed(told: TaggedHeading, lines: Sequence[Line], body: Style | None) -> bool:
    """It is short, of a few lines, and no sentence, but for one that is a line of other type."""
    style = lines[told.first].style
    is_set_apart = (
        told.first == told.last and body is not None and (style.bold, style.size) != (body.bold, body.size)
    )
    is_sentence = told.text.endswith((".", ",", ";")) and len(told.text.split()) > SENTENCE
    return (
        sum(c.isalpha() for c in told.text) >= _LEAST_LETTERS
        and len(told.text) <= LONGEST_HEADING
        and told.last - told.first < MOST_HEADING_LINES
        and (not is_sentence or is_set_apart)
        and not any(lines[n].is_list_item for n in range(told.first, told.last + 1))
    )


def _heading(lines: Sequence[Line], first: int, last: int) -> Heading:
    line = lines[first]
    text = join_lines([flat(lines[n]) for n in range(first, last + 1)])
    return Heading(first, last, text, line.page, line.box[1], look_of(line), line.is_boxed)


def _parted(own: Heading, out: list[Heading], lines: Sequence[Line], told: TaggedHeading) -> list[Heading]:
    """A heading of which the tags hold a part: that part, and what stands before or after it in type as others."""
    spans = [
        (own.first, told.first - 1),
        (max(own.first, told.first), min(own.last, told.last)),
        (told.last + 1, own.last),
    ]
    parts = [_heading(lines, first, last) for first, last in spans if first <= last]
    out[out.index(own) : out.index(own) + 1] = parts
    return parts


def _joined(
    own: Sequence[Heading], out: list[Heading], lines: Sequence[Line], told: TaggedHeading
) -> list[Heading]:
    """Headings of one look that the tags hold as one."""
    whole = _heading(lines, min(own[0].first, told.first), max(own[-1].last, told.last))
    out[out.index(own[0]) : out.index(own[-1]) + 1] = [whole]
    return [whole]

"""A level for every heading: from the stronger written witness, from numbers, or from its look. Pure."""

from __future__ import annotations

import re
import statistics
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from itertools import pairwise

from ingest.tree.headings import NUMBER, Heading, Look, bare
from kb.words import word_key

_LEAST_DEEPER = 3  # headings numbered like 4.2 from which numbers give levels; by eye
# share of a look's headings that a witness names from which the others have their level; by eye
_AGREEING = 0.6
# share of headings whose look and level go together from which tags give levels, and that of a single level; by eye
_ORDERLY, _UNIFORM = 0.8, 0.95
_LARGER = 1.0  # points by which the type of a deeper level may be larger
_LEAST_AGREEING = 2  # headings that tags and another witness name
_LEAST_ALIKE = 3  # headings of one look at one level from which another of that look is one of them; by eye
_COUNTED = "#:"
_LABELLED = re.compile(r"^(?P<label>[^\W\d_][\w’' -]{1,30}?)\s(?:\d{1,3}|[IVX]{1,5})\s?[:.–—-]\s*\S")
_DOTTED = re.compile(r"^\s*\d{1,2}(?P<deeper>(?:\.\d{1,2}){0,4})\.?\s+\D")


def give_levels(headings: Sequence[Heading], annexed: Sequence[Heading] = ()) -> None:
    """Give every heading a level: from the stronger of the two written witnesses, from its number, else its look.

    `annexed` are those that open an annex with a number: they have one level.
    """
    use_outline = _trusted(headings)
    shift = _shift(headings)
    for heading in headings:
        written = (
            (heading.outline_level, heading.contents_level)
            if use_outline
            else (heading.contents_level, heading.outline_level)
        )
        if written[0] is not None:
            heading.level = written[0]
        elif written[1] is not None:
            heading.level = max(written[1] + (shift if use_outline else -shift), 0)
    _level_alike(headings)
    _level_by_tags(headings)
    if any(h.level >= 0 for h in headings):
        _level_like_numbered(headings)
    else:
        _level_by_number(headings)
    _level_by_look(headings)
    _level_annexes(headings, annexed)
    lowest = min((h.level for h in headings), default=0)
    for heading in headings:
        heading.level -= lowest


def _level_by_tags(headings: Sequence[Heading]) -> None:
    """The levels that tags give to what no other witness names, where they agree with these or, alone, with type."""
    told = [h for h in headings if h.tag_level is not None]
    both = [h.level - h.tag_level for h in told if h.level >= 0 and h.tag_level is not None]
    if any(h.level >= 0 for h in headings):
        shift, count = Counter(both).most_common(1)[0] if both else (0, 0)
        if count < _LEAST_AGREEING or count < _AGREEING * len(both):
            return
    elif not _are_orderly(told):
        return
    else:
        shift = -1
    open_looks = {h.look for h in headings if h.level < 0} - {h.look for h in headings if h.level >= 0}
    for heading in told:
        if heading.level < 0 and heading.tag_level is not None:
            heading.level = max(heading.tag_level + shift, 0)
    _level_like_tagged([h for h in headings if h.look in open_looks])


def _level_like_tagged(headings: Sequence[Heading]) -> None:
    """Headings without a tag have the level of most that look like them: tags may only have been left out."""
    levels: dict[Look, Counter[int]] = defaultdict(Counter)
    for heading in headings:
        if heading.level >= 0:
            levels[heading.look][heading.level] += 1
    for heading in headings:
        if heading.level < 0 and (of_look := levels.get(heading.look)):
            (level, count), *_ = of_look.most_common(1)
            if count >= _AGREEING * of_look.total():
                heading.level = level


def _are_orderly(told: Sequence[Heading]) -> bool:
    """The tags give one level to what looks alike, one look to most of a level, and no larger type to a deeper one.

    A single level has one look.
    """
    levels: dict[Look, Counter[int]] = defaultdict(Counter)
    looks: dict[int, Counter[Look]] = defaultdict(Counter)
    typed = [h for h in told if not h.is_plain]
    for heading in typed:
        if heading.tag_level is not None:
            levels[heading.look][heading.tag_level] += 1
            looks[heading.tag_level][heading.look] += 1
    if len(told) < _LEAST_ALIKE or not typed:
        return len(told) >= _LEAST_ALIKE
    usual = [looks[level].most_common(1)[0][0].size for level in sorted(looks)]
    if any(below > above + _LARGER for above, below in pairwise(usual)):
        return False
    of_looks = sum(max(c.values()) for c in levels.values()) / max(len(typed), 1)
    of_levels = sum(max(c.values()) for c in looks.values()) / max(len(typed), 1)
    return of_looks >= _ORDERLY and of_levels >= (_AGREEING if len(looks) > 1 else _UNIFORM)


def _level_alike(headings: Sequence[Heading]) -> None:
    """One that a witness sets apart from all that look like it has their level: of one title, or a lone deeper one.

    A lone higher one stays, as it may be the heading of the others, unless a label counts it with them ("Case 1: ...").
    """
    by_title: dict[tuple[str, Look], list[Heading]] = defaultdict(list)
    by_look: dict[tuple[Look, str, bool], list[Heading]] = defaultdict(list)
    for heading in headings:
        by_title[bare(heading.text), heading.look].append(heading)
        if heading.level >= 0:
            by_look[heading.look, _numbering(heading.text), heading.is_boxed].append(heading)
    for members in by_title.values():
        named = Counter(h.level for h in members if h.level >= 0)
        level, count = named.most_common(1)[0] if named else (-1, 0)
        if len(members) >= _LEAST_ALIKE and count > 1 and count >= _AGREEING * named.total():
            for heading in members:
                heading.level = level
    for members in by_look.values():
        level, count = Counter(h.level for h in members).most_common(1)[0]
        if count > _LEAST_ALIKE and count == len(members) - 1:
            is_counted = _numbering(members[0].text).endswith(_COUNTED)
            for heading in members:
                heading.level = level if is_counted else min(heading.level, level)


def _numbering(text: str) -> str:
    """How a heading is numbered: "4.2 Aims" as "#.#", "Case study 3: Aims" as "case study #:"."""
    if match := NUMBER.match(text):
        return re.sub(r"\w+", "#", match[0].strip())
    match = _LABELLED.match(text)
    return f"{word_key(match['label'])} {_COUNTED}" if match else ""


def _trusted(headings: Sequence[Heading]) -> bool:
    """Believe the outline for levels where it names at least as much as the contents pages and is not flat."""
    outline = [h.outline_level for h in headings if h.outline_level is not None]
    contents = [h.contents_level for h in headings if h.contents_level is not None]
    if len(set(outline)) == 1 and len(set(contents)) > 1 and len(contents) >= 0.7 * len(outline):
        return False
    return len(outline) >= 0.8 * len(contents)


def _shift(headings: Sequence[Heading]) -> int:
    both = [
        h.outline_level - h.contents_level
        for h in headings
        if h.outline_level is not None and h.contents_level is not None
    ]
    return round(statistics.median(both)) if both else 0


def _level_by_number(headings: Sequence[Heading]) -> None:
    """Where nothing else is written, numbers such as 4 and 4.2.1 give the levels of the headings that bear them."""
    numbered = [(h, m) for h in headings if (m := _DOTTED.match(h.text))]
    if sum(bool(m["deeper"]) for _, m in numbered) < _LEAST_DEEPER:
        return
    for heading, match in numbered:
        heading.level = match["deeper"].count(".")


def _level_like_numbered(headings: Sequence[Heading]) -> None:
    """Where a witness names most headings of a depth of numbering, the others of that depth have their level."""
    levels: dict[int, Counter[int]] = defaultdict(Counter)
    for heading in headings:
        if (match := _DOTTED.match(heading.text)) and match["deeper"]:
            levels[match["deeper"].count(".")][heading.level] += 1
    for heading in headings:
        match = _DOTTED.match(heading.text)
        if heading.level >= 0 or not match or not match["deeper"]:
            continue
        (level, count), *_ = levels[match["deeper"].count(".")].most_common(1)
        if level >= 0 and count >= _AGREEING * levels[match["deeper"].count(".")].total():
            heading.level = level


def _level_annexes(headings: Sequence[Heading], annexed: Sequence[Heading]) -> None:
    """Annexes of a document have one level: that which a witness gives most of them, else the highest of theirs."""
    if not annexed:
        return
    written = Counter(h.level for h in annexed if h.is_witnessed)
    if written:
        level = written.most_common(1)[0][0]
    else:
        level = min(h.level for h in annexed)
        counts = Counter(h.level for h in headings if h not in annexed)
        level = min([level, *(n for n, count in counts.items() if count > 1)])
    for heading in annexed:
        heading.level = level


def _level_by_look(headings: Sequence[Heading]) -> None:
    """Levels for what no witness names: like its look's others, or one below what looks weightier."""
    groups: dict[Look, list[Heading]] = defaultdict(list)
    for heading in headings:
        groups[heading.look].append(heading)
    known: dict[Look, int] = {}
    share: dict[Look, float] = {}
    for look, members in groups.items():
        levels = Counter(h.level for h in members if h.level >= 0)
        if levels:
            known[look] = levels.most_common(1)[0][0]
            share[look] = sum(levels.values()) / len(members)
    if not known:
        _level_by_rank(groups)
        return
    deepest = {look: max(h.level for h in groups[look]) for look in known}
    order = sorted(groups, key=_weights(groups).__getitem__, reverse=True)
    for place, look in enumerate(order):
        if look in known:
            level = known[look] if share[look] >= _AGREEING else deepest[look] + 1
        else:
            above = [deepest[o] for o in order[:place] if o in deepest]
            level = max(above) + 1 if above else min(known.values())
            deepest[look] = level
        for heading in groups[look]:
            if heading.level < 0:
                heading.level = level


def _level_by_rank(groups: dict[Look, list[Heading]]) -> None:
    """No written witness at all: the weightier the look, the higher the level."""
    weights = _weights(groups)
    ranks = sorted(set(weights.values()), reverse=True)
    for look, members in groups.items():
        for heading in members:
            heading.level = ranks.index(weights[look])


def _weights(groups: Mapping[Look, Sequence[Heading]]) -> dict[Look, tuple[float, ...]]:
    """How weighty each look is; of plain capitals and bold small letters in one size the rarer are the weightier."""
    often: Counter[tuple[float, bool, bool]] = Counter()
    for look, members in groups.items():
        often[look.size, look.caps, look.bold] += len(members)
    return {
        look: (
            look.size,
            look.caps + look.bold,
            -often[look.size, look.caps, look.bold] if look.caps != look.bold else 0,
            *look.weight[1:],
        )
        for look in groups
    }

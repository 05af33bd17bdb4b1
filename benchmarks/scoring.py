"""How much of a handbook was read rightly: an extraction against a truth -> counts by part.

Counted as ../shared/score/score_extraction.py counts, which knows more (other wordings, optional records, parts that
are not annotated); this is what the truths of the project's own typesetter need, so that any clone can score them.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any

Record = Mapping[str, Any]
Counts = Sequence[int]
"""How many are right, how many were found, how many there are."""
Pairs = Sequence[tuple[Record, Record]]
"""A record of the truth, and the found one that is it."""

TITLES = 0.85  # titles at least so alike are the same
NAMES = 0.8  # and labels, names of tools and the opening words of fields


def score(truth: Record, found: Record) -> dict[str, Counts]:
    """The counts of each part of a handbook; tools by recall, as nobody listed every one."""
    pairs = _matched(truth["practices"], found["practices"], _is_practice)
    annexes = _matched(truth["annexes"], found["annexes"], _is_annex)
    practices = len(truth["practices"])
    spans = sum(all(one[key] == other[key] for key in ("page_start", "page_end")) for one, other in pairs)
    tools = sum(any(_alike(t["name"], f["name"], NAMES) for f in found["tools"]) for t in truth["tools"])
    return {
        "language": (int(truth["language"] == found["handbook"]["language"][:2]), 1, 1),
        "annexes": (len(annexes), len(found["annexes"]), len(truth["annexes"])),
        "practices": (len(pairs), len(found["practices"]), practices),
        "page spans": (spans, len(pairs), practices),
        "fields": _fields(pairs, truth["practices"]),
        "institution": _institutions(pairs, truth["practices"]),
        "tools (recall)": (tools, tools, len(truth["tools"])),
    }


def found_rightly(truth: Record, found: Record) -> set[tuple[str, ...]]:
    """The annexes, practices and fields of the truth that were found, each by its name."""
    annexes = _matched(truth["annexes"], found["annexes"], _is_annex)
    rightly: set[tuple[str, ...]] = {("annex", one["label"], one["title"]) for one, _ in annexes}
    for one, other in _matched(truth["practices"], found["practices"], _is_practice):
        rightly.add(("practice", one["title"]))
        rightly |= {("field", one["title"], label) for label in _labels(one, other)}
    return rightly


def rates(right: int, found: int, wanted: int) -> tuple[float, float, float]:
    """Precision, recall and F1; what is rightly empty has 1."""
    precision = right / found if found else float(not wanted)
    recall = right / wanted if wanted else 1.0
    both = precision + recall
    return precision, recall, 2 * precision * recall / both if both else 0.0


def _matched(truth: Sequence[Record], found: Sequence[Record], is_same: Callable[..., bool]) -> Pairs:
    """Each record of the truth with the first that is the same and starts within a page of it; none twice."""
    return list(_pairs(truth, list(found), is_same))


def _pairs(
    truth: Sequence[Record], left: list[Record], is_same: Callable[..., bool]
) -> Iterator[tuple[Record, Record]]:
    for one in truth:
        other = next((f for f in left if is_same(one, f) and abs(_start(f) - _start(one)) <= 1), None)
        if other is not None:
            left.remove(other)
            yield one, other


def _start(record: Record) -> int:
    return int(record["page_start"] if "page_start" in record else record["page"])


def _is_practice(truth: Record, found: Record) -> bool:
    return _alike(truth["title"], found["title"], TITLES)


def _is_annex(truth: Record, found: Record) -> bool:
    """Labels whole: "Annex 1" and "Annex 2" are much alike."""
    label = not truth["label"] or plain(truth["label"]) == plain(found["label"])
    return label and (not truth["title"] or _alike(truth["title"], found["title"], TITLES))


def _fields(pairs: Pairs, practices: Sequence[Record]) -> Counts:
    """Fields of the pairs whose label is alike and whose text opens with the truth's words."""
    right = sum(len(list(_labels(truth, found))) for truth, found in pairs)
    shown = sum(len(found["fields"]) for _, found in pairs)
    return right, shown, sum(len(p["fields"]) for p in practices)


def _labels(truth: Record, found: Record) -> Iterator[str]:
    """The labels of a practice whose fields were found."""
    left = list(found["fields"])
    for label, opening in truth["fields"].items():
        fits = (f for f in left if _alike(label, f["label"], NAMES) and _opens(f["text"], opening))
        field = next(fits, None)
        if field is not None:
            left.remove(field)
            yield label


def _institutions(pairs: Pairs, practices: Sequence[Record]) -> Counts:
    """Right where one wording holds the other."""
    named = [
        (plain(truth["institution"] or ""), plain(found["institution"]))
        for truth, found in pairs
        if "institution" in truth and found.get("institution")
    ]
    right = sum(bool(one) and (one in other or other in one) for one, other in named)
    return right, len(named), sum(bool(p.get("institution")) for p in practices)


def _alike(one: str, other: str, least: float) -> bool:
    one, other = plain(one), plain(other)
    return bool(one and other) and (one == other or _ratio(one, other) >= least)


def _opens(text: str, opening: str) -> bool:
    text, opening = plain(text), plain(opening)
    head = text[: len(opening) + 40]  # a word or two before it may stand
    return opening[:40] in head or _ratio(head[: len(opening)], opening) >= NAMES


def _ratio(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


def plain(text: str) -> str:
    """Letters and digits, without case."""
    return "".join(c for c in unicodedata.normalize("NFKC", text).casefold() if c.isalnum())

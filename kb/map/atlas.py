"""The library as a map: where each practice, tool and annex lies, and the regions, named by their words."""

from __future__ import annotations

import json
import logging
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from kb import Record, replace_file
from kb.map import apart, projection
from kb.search import DEFAULT_KINDS, Catalog
from kb.words import stems

FORMAT = 2  # of the kept file; another number makes every library draw its map anew
WORDS = 3  # that name a region
SHORTEST = 3  # letters of such a word

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Point:
    """A record on the map: `x` and `y` from 0 (left, top) to 1; `region` is its region's position, from 0."""

    record: str
    x: float
    y: float
    region: int


@dataclass(frozen=True, slots=True)
class Region:
    """Records that lie together, how many, and the words that tell them from the others, best first."""

    words: tuple[str, ...]
    count: int


@dataclass(frozen=True, slots=True)
class Atlas:
    """The map of one generation, points in the order of its records; `is_by_meaning` is false without vectors."""

    generation: str
    is_by_meaning: bool
    points: tuple[Point, ...]
    regions: tuple[Region, ...]


def atlas(catalog: Catalog, before: Atlas | None = None) -> Atlas:
    """Draw the map of a catalogue; the same one in every process.

    What stood on a map `before` stays about where it stood, so that people find it again.
    """
    is_shown = catalog.of_kinds(DEFAULT_KINDS)

    def records() -> Iterator[Record]:
        return (record for record, is_one in zip(catalog.records, is_shown, strict=True) if is_one)

    means = catalog.every_mean()
    rows = (
        means[is_shown]
        if means is not None
        else projection.of_words([_stems(_words(record)) for record in records()])
    )
    ids = [record for record, is_one in zip(catalog.numbers, is_shown, strict=True) if is_one]
    laid, region = apart.laid(rows, _places(before, ids) if before else None)
    return Atlas(
        generation=catalog.generation.name,
        is_by_meaning=means is not None,
        points=tuple(
            Point(record, round(float(x), 4), round(float(y), 4), int(at))
            for record, (x, y), at in zip(ids, laid, region, strict=True)
        ),
        regions=_named(records(), region.tolist()),
    )


def kept(folder: Path, catalog: Catalog) -> Atlas:
    """The map of a catalogue as a file in a folder has it; drawn, and kept there if that may be, where none has."""
    path = folder / f"{catalog.generation.name}.json"
    if (held := _read(path)) is not None:
        return held
    others = sorted((one for one in folder.glob("*.json") if one != path), key=lambda one: one.name)
    drawn = atlas(catalog, _read(others[-1]) if others else None)
    try:
        _write(path, drawn)
    except OSError as error:
        log.info("the map is not kept: %s", error)
    return drawn


def _named(records: Iterable[Record], region: Sequence[int]) -> tuple[Region, ...]:
    """Name each region by c-TF-IDF (as BERTopic weighs words): held by many of its records, by few others.

    A record counts a word once, and once more for its title, so that no long one speaks for its region. Stems
    decide; shown is the form that is printed most.
    """
    counts = [Counter[str]() for _ in range(max(region, default=-1) + 1)]
    printed: dict[str, Counter[str]] = {}
    for record, number in zip(records, region, strict=True):
        held = _words(record)
        for own in (held, _counted(record.title, record.language)):
            counts[number].update(set(_stems(own)))
        for key, times in held.items():
            stem, _, form = key.partition(" ")
            printed.setdefault(stem, Counter())[form] += times
    together = sum(counts, Counter[str]())
    sizes = Counter(region)
    return tuple(
        Region(_telling(counts[n], together, sizes[n], len(region), printed), sizes[n]) for n in sorted(sizes)
    )


def _telling(
    here: Counter[str], together: Counter[str], size: int, everything: int, printed: dict[str, Counter[str]]
) -> tuple[str, ...]:
    shared = {
        stem: count for stem, count in here.items() if count > 1
    }  # else it names a record, not the region
    weights = {
        stem: count / size * math.log(1 + everything / together[stem])
        for stem, count in (shared or here).items()
    }
    best = sorted(weights, key=lambda stem: (-weights[stem], stem))[:WORDS]
    return tuple(min(printed[stem], key=lambda form: (-printed[stem][form], form)) for stem in best)


def _words(record: Record) -> Counter[str]:
    """The words of a record's title and text; labels are the same all over a handbook, so not theirs."""
    return _counted(" ".join((record.title, *(field.text for field in record.fields))), record.language)


_ADDRESS = re.compile(r"://|www\.|@|\w\.[a-z]{2}")
"""In a word that is a web or mail address, a domain or the name of a file: what is in them names no subject."""
_OF_FILES = frozenset(
    [
        "http",
        "https",
        "www",
        "html",
        "htm",
        "pdf",
        "doc",
        "docx",
        "odt",
        "ppt",
        "pptx",
        "xls",
        "xlsx",
        "csv",
        "zip",
        "jpg",
        "png",
        "url",
    ]
)


def _counted(text: str, language: str) -> Counter[str]:
    """How often a text has each telling word, as "stem form"."""
    return Counter(
        f"{stem} {form}"
        for stem, form in stems.telling(_without_addresses(text), language)
        if len(form) >= SHORTEST and form.isalpha() and form.lower() not in _OF_FILES
    )


def _without_addresses(text: str) -> str:
    return " ".join(word for word in text.split() if not _ADDRESS.search(word))


def _stems(words: Counter[str]) -> Counter[str]:
    found = Counter[str]()
    for key, times in words.items():
        found[key.partition(" ")[0]] += times
    return found


def _places(before: Atlas, ids: Sequence[str]) -> projection.Positions:
    """Where records stood on a map, NaN for those that did not."""
    known = {point.record: (point.x, point.y) for point in before.points}
    return np.array([known.get(one, (math.nan, math.nan)) for one in ids], dtype=np.float64).reshape(-1, 2)


def _read(path: Path) -> Atlas | None:
    """The map in a file; None where there is none, or none of this software."""
    try:
        held = json.loads(path.read_text(encoding="utf-8"))
        if held.pop("format") != FORMAT:
            return None
        points = tuple(Point(**point) for point in held.pop("points"))
        regions = tuple(Region(tuple(region["words"]), region["count"]) for region in held.pop("regions"))
        return Atlas(points=points, regions=regions, **held)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _write(path: Path, drawn: Atlas) -> None:
    """Keep a map, and drop those of generations before."""
    path.parent.mkdir(parents=True, exist_ok=True)
    replace_file(path, json.dumps({"format": FORMAT, **asdict(drawn)}))
    for other in path.parent.iterdir():
        if other != path and other.suffix == ".json":
            other.unlink(missing_ok=True)

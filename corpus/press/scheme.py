"""What is chosen for a handbook before a word of it is written: its structures, in the way of a grammar."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar

LANGUAGES = ("en", "de", "el", "es", "fr", "it", "ro", "sv", "cs", "nl", "pl", "pt", "da", "fi", "hu")
LATER = LANGUAGES[12:]
"""Languages that were thought of later: some seeds are in one of these, and all others stay as they were."""
SETTERS = ("typst", "word", "latex")
WITNESSES = ("outline", "contents", "tags")
"""What tells of the structure beside the type on the pages; each can be left out."""


Drawn = TypeVar("Drawn")


@dataclass(frozen=True, slots=True)
class Scheme:
    """One choice for each structure. Texts are drawn from the same seed, but from another stream."""

    seed: int
    language: str
    setter: str
    kind: str  # where the practices stand: annex, chapter, collection, table, or control for none
    practices: int
    chapters: int
    annex_scheme: str
    annex_number: str
    other_annexes: int
    tools: str
    contents: str
    contents_depth: int
    outline: str
    tags: str
    label_style: str
    fact_style: str
    head: str  # what stands over a record's title
    record_number: str
    record_break: bool
    byline: str
    fields: int
    facts: int
    varied_labels: bool
    columns: int
    chapter_number: str
    chapter_break: bool
    checklists: bool
    running: str
    folio: str
    numbering: str
    dividers: bool
    footnotes: bool
    code: bool
    notes: bool
    oddity: str
    cover: str
    imprint: bool
    imprint_last: bool
    paper: str
    face: str
    title_face: str
    size: float
    ratio: float
    weight: str
    colour: str
    justified: bool
    indent: bool
    tex: str  # which TeX sets it, and whether its letters come out whole
    overview: str  # whether a list or table of all practices stands before them
    titled: str  # by names of their own, or by the institution that each is of
    groups: bool  # practices stand under headings of topics
    split: bool  # practices stand in two annexes
    table_form: str
    quotes: bool  # a sentence of the text is repeated in large type
    figures: bool
    foreword: bool
    forms: bool  # another annex is an empty form with the labels of the practices
    sublabels: bool  # words in bold inside a field that are no label of the template
    landscape: bool  # the table of practices stands on pages laid on their side
    meta: str  # the title that the file's metadata give
    splits: str  # what stands between two fields of some records: none, page for a new page, plate for a picture of one

    @property
    def features(self) -> dict[str, str]:
        """The structures that figures are told apart by."""
        return {
            "language": self.language,
            "setter": self.setter,
            "kind": self.kind,
            "annexes": self.annex_scheme,
            "labels": "–" if self.kind in {"control", "table"} else self.label_style,
            "facts": "–" if self.kind in {"control", "table"} else self.fact_style,
            "head": "–" if self.kind in {"control", "table"} else self.head,
            "contents": self.contents,
            "outline": self.outline,
            "tags": self.tags,
            "columns": str(self.columns),
            "running": self.running,
            "numbering": self.numbering + (" with dividers" if self.dividers else ""),
            "tools": self.tools,
            "cover": self.cover,
            "oddity": self.oddity,
            "byline": self.byline,
            "overview": self.overview,
            "titled": self.titled,
            "groups": "grouped" if self.groups else "not grouped",
            "forms": "an empty form" if self.forms else "no form",
            "number": self.record_number,
            "splits": "–" if self.kind in {"control", "table"} else self.splits,
            "tex": self.tex if self.setter == "latex" else "–",
        }

    def without(self, witness: str) -> Scheme:
        """The same handbook without one of its witnesses."""
        changes: dict[str, Any] = {witness: "none"}
        return replace(self, **changes)


def drawn(seed: int, language: str = "", setter: str = "") -> Scheme:
    """The choices of a seed; a language and a setter asked for replace the ones drawn, and nothing else."""
    rng = random.Random(f"scheme {seed}")
    spoken = {name: 3 if name in LANGUAGES[:8] else 1 for name in LANGUAGES if name not in LATER}
    own_language = _weighed(random.Random(f"language {seed}"), spoken)
    later = random.Random(f"later {seed}")
    if later.random() < AS_LATER:
        own_language = later.choice(LATER)
    own_setter = _weighed(rng, {"typst": 5, "word": 2, "latex": 2})
    kind = _weighed(rng, {"annex": 8, "chapter": 5, "collection": 4, "table": 2, "control": 4})
    setter, language = setter or own_setter, language or own_language
    scheme = Scheme(
        seed=seed,
        language=language,
        setter=setter,
        kind=kind,
        practices=0 if kind == "control" else rng.randint(3, 9),
        chapters=rng.randint(2, 5) if kind != "control" else rng.randint(4, 8),
        annex_scheme=_annex_scheme(rng, kind),
        annex_number=rng.choice(("1", "A", "I")),
        other_annexes=rng.choice((0, 1, 1, 2, 3)),
        tools=_weighed(rng, {"none": 4, "list": 3, "headings": 2, "table": 3, "field": 3}),
        contents=_weighed(rng, {"dots": 4, "plain": 3, "unnumbered": 1, "none": 2}),
        contents_depth=rng.choice((1, 2, 2)),
        outline=_weighed(rng, {"full": 3, "titles": 3, "labels": 2, "none": 4}),
        tags=_weighed(rng, {"true": 4, "flat": 1, "none": 4}),
        label_style=_weighed(
            rng, {"line": 4, "runin": 4, "runin bare": 2, "caps": 2, "heading": 3, "colour": 1, "pairs": 2}
        ),
        fact_style=_weighed(rng, {"as labels": 3, "pairs": 3, "side box": 2, "box": 2, "runin": 2}),
        head=_weighed(rng, {"none": 6, "kicker": 2, "number kicker": 2}),
        record_number=_weighed(rng, {"none": 5, "1.": 2, "chapter.1": 2, "word": 1}),
        record_break=rng.random() < 0.4,
        byline=_weighed(rng, {"none": 5, "name": 1, "labelled": 1}),
        fields=rng.randint(3, 6),
        facts=rng.choice((0, 2, 3, 4, 5)),
        varied_labels=rng.random() < 0.2,
        columns=_weighed(rng, {1: 6, 2: 1}),
        chapter_number=_weighed(rng, {"none": 3, "1": 3, "1.": 2, "word": 2}),
        chapter_break=rng.random() < 0.7,
        checklists=rng.random() < 0.5,
        running=_weighed(rng, {"none": 3, "title": 3, "chapter": 3, "alternating": 2}),
        folio=_weighed(rng, {"centre": 3, "outer": 2, "right": 3, "of": 1, "body": 2}),
        numbering=_weighed(rng, {"pdf": 4, "body": 4, "roman": 2}),
        dividers=rng.random() < 0.2,
        footnotes=rng.random() < 0.3,
        code=rng.random() < (0.4 if kind == "control" else 0.08),
        notes=rng.random() < 0.4,
        **_looks(rng, seed),
        **_extras(random.Random(f"extras {seed}")),
        splits=_weighed(later, {"none": 6, "page": 1, "plate": 1}),
    )
    return _possible(scheme)


def _looks(rng: random.Random, seed: int) -> dict[str, Any]:
    """What tells nothing of the structure, and yet changes how it is seen."""
    return {
        "oddity": _weighed(rng, {"none": 12, "watermark": 1, "side tab": 1}),
        "cover": _weighed(rng, {"page": 5, "kicker": 2, "band": 2, "small": 1}),
        "imprint": rng.random() < 0.7,
        "imprint_last": rng.random() < 0.25,
        "paper": _weighed(rng, {"a4": 7, "us-letter": 2, "a5": 1}),
        "face": rng.choice(FACES),
        "title_face": rng.choice(("", "", *FACES)),
        "size": rng.choice((9.0, 9.5, 10.0, 10.5, 11.0, 12.0)),
        "ratio": rng.choice((1.05, 1.1, 1.18, 1.25, 1.33, 1.43)),
        "weight": rng.choice(("bold", "bold", "bold", "regular")),
        "colour": rng.choice(("#000000", "#000000", "#1f3d6b", "#7a1f2b", "#1b5e4a", "#8a5a00", "#444444")),
        "justified": rng.random() < 0.5,
        "indent": rng.random() < 0.2,
        "tex": _weighed(
            random.Random(f"tex {seed}"),
            {"xelatex": 4, "pdflatex": 4, "bare ligatures": 1, "plain accents": 1},
        ),
    }


def _extras(rng: random.Random) -> dict[str, Any]:
    """What was thought of later: from a stream of its own, so that it changes nothing else of a seed."""
    return {
        "overview": _weighed(rng, {"none": 5, "list": 2, "table": 2}),
        "titled": _weighed(rng, {"names": 7, "institutions": 1}),
        "groups": rng.random() < 0.2,
        "split": rng.random() < 0.2,
        "table_form": _weighed(rng, {"title first": 3, "institution first": 1, "numbered": 1}),
        "quotes": rng.random() < 0.15,
        "figures": rng.random() < 0.3,
        "foreword": rng.random() < 0.3,
        "forms": rng.random() < 0.25,
        "sublabels": rng.random() < 0.2,
        "landscape": rng.random() < 0.4,
        "meta": _weighed(rng, {"title": 4, "none": 2, "file": 1}),
    }


WESTERN = {"en", "de", "es", "fr", "it", "sv", "nl", "pt", "da", "fi"}
"""The languages whose letters the fonts of pdflatex have."""
AS_LATER = 0.15  # share of the seeds in one of the languages thought of later
LEAST_SPLIT = 4  # practices from which they stand in two annexes
LIGHT = 1.2  # headings of regular weight are at least so much larger than the next
FACES = ("Libertinus Serif", "New Computer Modern", "DejaVu Sans", "Liberation Sans", "Liberation Serif")


def _annex_scheme(rng: random.Random, kind: str) -> str:
    """How annexes are headed: with a sign behind the label, on two lines, in two blocks, plain, or not at all."""
    schemes = {
        ":": 3,
        "–": 3,
        ".": 2,
        " ": 2,
        "bare": 2,
        "two lines": 2,
        "two blocks": 2,
        "letter": 2,
        "plain": 1,
    }
    return _weighed(rng, schemes if kind == "annex" else {**schemes, "none": 14})


def _possible(scheme: Scheme) -> Scheme:
    """Mend what cannot be together, in the way that a publisher would."""
    return replace(scheme, **_mended_parts(scheme), **_mended_looks(scheme))


def _mended_parts(scheme: Scheme) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    if scheme.annex_scheme == "letter":
        changes["annex_number"] = "A"
        if scheme.chapter_number not in {"1", "1."}:
            changes["chapter_number"] = "1."
    if scheme.annex_scheme in {"none", "bare"}:
        changes["other_annexes"] = min(scheme.other_annexes, int(scheme.annex_scheme == "bare"))
    if scheme.kind not in {"annex", "chapter"}:
        changes |= {"overview": "none", "groups": False}
    if scheme.kind != "annex" or scheme.practices < LEAST_SPLIT or scheme.annex_scheme == "bare":
        changes["split"] = False
    if scheme.kind == "table":
        changes["titled"] = "names"
    if scheme.titled == "institutions" and scheme.kind != "table":
        changes["byline"] = "none"
    if scheme.kind in {"control", "table"} and scheme.tools == "field":
        changes["tools"] = "none"
    if scheme.label_style == "pairs" or scheme.fact_style == "side box":
        changes["splits"] = "none"  # a table, and what stands beside a box, hold no page break
    return changes


def _mended_looks(scheme: Scheme) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    if scheme.dividers:
        changes["chapter_break"] = True
    if scheme.setter == "word":
        changes["dividers"] = False
        if scheme.fact_style == "side box":
            changes["record_break"] = True  # a frame that meets the end of a page is cut off
    if scheme.setter == "latex":
        changes["tags"] = "none"
        if scheme.language not in WESTERN:
            changes["tex"] = "xelatex"
    if scheme.weight == "regular" and scheme.ratio < LIGHT:
        changes["weight"] = "bold"
    if scheme.tags == "flat" and scheme.setter != "latex":
        changes["outline"] = "none"  # what is no heading in the text is no bookmark either
    if scheme.paper == "a5":
        changes["size"] = min(scheme.size, 9.5)
    if scheme.paper == "a5" or scheme.kind == "table" or scheme.label_style == "pairs":
        changes["columns"] = 1
    is_narrow = scheme.paper == "a5" or scheme.columns > 1 or scheme.setter == "latex"
    if is_narrow and scheme.fact_style == "side box":
        changes["fact_style"] = "box"
    return changes


def _weighed(rng: random.Random, weights: Mapping[Drawn, int]) -> Drawn:
    """One of the keys, each as often as its weight says."""
    return rng.choices(list(weights), list(weights.values()))[0]

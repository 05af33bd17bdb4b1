"""How well handbooks are read that nobody has seen: `python -m benchmarks.unseen --seeds 1000-1199`.

The press (corpus/press) sets a random handbook from each seed and says what is true of it. Seeds below 1000 are for
choosing rules by; those from 1000 on are for reporting only, and are looked at as figures, never as documents: whoever
opens one has used it up. Prints F1 of each part pooled and as the mean over handbooks, then by language, by typesetter
and by each structure that a handbook has, so that weak places show, and the worst handbooks with what was wrong.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import scoring
from benchmarks.quality import SCORER, Counts
from benchmarks.setting import say, shared_script
from corpus.press import LANGUAGES, SETTERS, WITNESSES, bound, can_set, drawn, pressed
from corpus.press.__main__ import seeds

PROCESSES = 2
MOST_PAGES = 2000
REPORTED_FROM = 1000
SHOWN = (
    "annexes",
    "practices",
    "page spans",
    "fields",
    "institution",
    "tools (F1, complete lists)",
    "title",
    "language",
)
FEW = 3  # a structure that fewer handbooks have is not told apart


@dataclass(frozen=True, slots=True)
class Pressing:
    """What is to be pressed and read."""

    seed: int
    language: str = ""
    setter: str = ""
    without: tuple[str, ...] = ()
    folder: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One handbook read: its counts by part, the structures it has, and what is wrong in a few words.

    `given` holds for each practice found how sure the reader was, and whether it is one.
    """

    seed: int
    pages: int
    counts: Counts
    features: Mapping[str, str]
    wrong: str
    given: tuple[tuple[float, bool], ...] = ()

    def f1(self, part: str) -> float | None:
        """F1 of a part, where the handbook has it."""
        return scoring.rates(*self.counts[part])[2] if part in self.counts else None

    @property
    def lost(self) -> float:
        """How far it is from perfect over all parts."""
        return sum(1 - (self.f1(part) or 0.0) for part in SHOWN if part in self.counts)


def read(data: bytes, name: str) -> dict[str, Any]:
    """What the product's reader finds in a PDF, as `kb extract --json` prints it."""
    from ingest import reader  # noqa: PLC0415  each process of the pool brings its own
    from ingest.reading import Extraction  # noqa: PLC0415

    request = {"name": name, "password": "", "max_pages": MOST_PAGES}
    return Extraction.of_data(reader.read(request, data, lambda *_: None)).as_json()


def outcome(one: Pressing) -> Outcome | None:
    """Press one handbook, read it and score it; None where its typesetter is not here."""
    scheme = drawn(one.seed, one.language, one.setter)
    for witness in one.without:
        scheme = scheme.without(witness)
    if not can_set(scheme.setter):
        return None
    made = pressed(bound(scheme))
    found = read(made.pdf, f"press-{one.seed}.pdf")
    if one.folder:
        for suffix, content in ((".json", made.truth), (".found.json", found)):
            text = json.dumps(content, ensure_ascii=False, indent=1)
            (Path(one.folder) / f"press-{one.seed}{suffix}").write_text(text, "utf-8")
        (Path(one.folder) / f"press-{one.seed}.pdf").write_bytes(made.pdf)
    score = shared_script("score_extraction").score if SCORER.is_file() else scoring.score
    return Outcome(
        one.seed,
        made.truth["pages"],
        score(made.truth, found),
        scheme.features,
        wrongs(made.truth, found),
        certainties(made.truth, found),
    )


def certainties(truth: Mapping[str, Any], found: Mapping[str, Any]) -> tuple[tuple[float, bool], ...]:
    """How sure the reader was of each practice that it found, and whether it is one."""
    real = (*truth["practices"], *truth.get("optional_practices", ()))
    titles = {scoring.plain(wording) for one in real for wording in (one["title"], *one.get("also", ()))}
    return tuple((one["confidence"], scoring.plain(one["title"]) in titles) for one in found["practices"])


def wrongs(truth: Mapping[str, Any], found: Mapping[str, Any]) -> str:
    """The first things that are missing, and those that are too much."""
    said = []
    for part, key in (("annexes", "title"), ("practices", "title"), ("tools", "name")):
        wordings = {scoring.plain(w) for one in truth[part] for w in (one[key], *one.get("also", ()))}
        got = {scoring.plain(one[key]) for one in found[part]}
        missing = [
            one[key]
            for one in truth[part]
            if not got & {scoring.plain(w) for w in (one[key], *one.get("also", ()))}
        ]
        extra = [one[key] for one in found[part] if scoring.plain(one[key]) not in wordings]
        if missing:
            said.append(f"{len(missing)} of {len(truth[part])} {part} missing, as “{missing[0][:40]}”")
        if extra:
            said.append(f"{len(extra)} {part} too many, as “{extra[0][:40]}”")
    return "; ".join(said) or "spans or fields"


def measured(asked: Sequence[Pressing]) -> Iterator[Outcome]:
    """Every handbook read, as they come, with a word on the way."""
    with ProcessPoolExecutor(PROCESSES) as pool:
        for done, (one, result) in enumerate(zip(asked, pool.map(outcome, asked), strict=True), start=1):
            if result is None:
                say(f"seed {one.seed}: its typesetter is not on this machine, so it is left out")
            else:
                yield result
            if done % 10 == 0:
                say(f"{done} of {len(asked)} read")


def table(title: str, groups: Mapping[str, Sequence[Outcome]], *, pooled: bool = True) -> None:
    """One line a group: how many handbooks, and F1 of each part, pooled or as the mean over handbooks."""
    heads = [part.removesuffix(" (F1, complete lists)") for part in SHOWN]
    print(f"\n| {title} | handbooks | {' | '.join(heads)} |\n|---|---|{'---|' * len(SHOWN)}")
    for name, rows in groups.items():
        cells = [_cell([r.counts[part] for r in rows if part in r.counts], pooled) for part in SHOWN]
        print(f"| {name} | {len(rows)} | {' | '.join(cells)} |")


def _cell(rows: Sequence[Sequence[int]], pooled: bool) -> str:
    if not rows:
        return "–"
    if pooled:
        return f"{scoring.rates(*(sum(column) for column in zip(*rows, strict=True)))[2]:.3f}"
    return f"{sum(scoring.rates(*row)[2] for row in rows) / len(rows):.3f}"


def reliability(given: Sequence[tuple[float, bool]]) -> None:
    """Of the practices given a certainty, how many are right: one line a certainty."""
    print("\n| certainty | practices | right | share |\n|---|---|---|---|")
    for sure in sorted({sure for sure, _ in given}, reverse=True):
        rights = [is_right for at, is_right in given if at == sure]
        print(f"| {sure:.2f} | {len(rights)} | {sum(rights)} | {sum(rights) / len(rights):.3f} |")


def report(outcomes: Sequence[Outcome], worst: int) -> None:
    """All tables, and the worst handbooks."""
    table("all", {"macro": outcomes}, pooled=False)
    table("all", {"pooled": outcomes})
    print("\n| part | right, found, to find | P, R, F1 |\n|---|---|---|")
    for part in SHOWN:
        rows = [o.counts[part] for o in outcomes if part in o.counts]
        total = [sum(column) for column in zip(*rows, strict=True)]
        rates = ", ".join(f"{value:.3f}" for value in scoring.rates(*total)) if total else "–"
        print(f"| {part} | {', '.join(map(str, total))} | {rates} |")
    reliability([pair for one in outcomes for pair in one.given])
    for feature in outcomes[0].features if outcomes else ():
        groups: dict[str, list[Outcome]] = {}
        for one in outcomes:
            groups.setdefault(one.features[feature], []).append(one)
        kept = {
            name: rows
            for name, rows in sorted(groups.items())
            if len(rows) >= FEW or feature in {"language", "setter"}
        }
        table(feature, kept, pooled=False)
    print("\n| seed | structures | annexes, practices, spans, fields | what is wrong |\n|---|---|---|---|")
    for one in sorted(outcomes, key=lambda o: -o.lost)[:worst]:
        marks = ", ".join("–" if (f := one.f1(part)) is None else f"{f:.2f}" for part in SHOWN[:4])
        told = " ".join(
            one.features[name] for name in ("language", "setter", "kind", "annexes", "labels", "facts")
        )
        print(f"| {one.seed} | {told} | {marks} | {one.wrong.replace('|', '/')} |")


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure from the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.unseen", description=__doc__)
    parser.add_argument(
        "--seeds", type=seeds, default=range(1000, 1200), help="such as 1000-1199 (the default)"
    )
    parser.add_argument("--language", choices=LANGUAGES, default="", help="all in this language")
    parser.add_argument("--setter", choices=SETTERS, default="", help="all by this typesetter")
    parser.add_argument(
        "--without", choices=WITNESSES, action="append", default=[], help="leave out a witness"
    )
    parser.add_argument(
        "--keep", metavar="FOLDER", type=Path, help="keep PDFs, truths and what was found here"
    )
    parser.add_argument("--worst", type=int, default=15, help="how many of the worst are listed (15)")
    chosen = parser.parse_args(arguments)
    if chosen.keep and max(chosen.seeds) >= REPORTED_FROM:
        parser.error(f"seeds from {REPORTED_FROM} on are for reporting; they are not kept to be looked at")
    if chosen.keep:
        chosen.keep.mkdir(parents=True, exist_ok=True)
    folder = str(chosen.keep or "")
    asked = [Pressing(s, chosen.language, chosen.setter, tuple(chosen.without), folder) for s in chosen.seeds]
    report(list(measured(asked)), chosen.worst)


if __name__ == "__main__":
    main()

"""What the weights of "nothing fits" are fitted on, and worth on what they were not: `python -m benchmarks.doubt`.

Every judged need is asked, and once more of the library without the handbooks that answer it. The weights are fitted
on all sets of needs and anew without each family of them (needs over the same handbooks in any language are one); how
often "nothing fits" is said with those stands beside it, and a table of what became of each chance that was given.
Answered needs and others weigh the same, those asked of less than the library a fifth as much.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from benchmarks.grounds import NEEDS, REAL, Grounds, Kept, patched
from benchmarks.setting import SAMPLE, SAMPLE_NEEDS, SCORE, say
from kb import Settings
from kb.measure.needs_file import JudgedNeed, read
from kb.model import load_encoder
from kb.search import Library, Query, Snapshot
from kb.search.nothing import DOUBTED, Signs, chance

WEIGHT_OF_LESS = 0.2
BANDS = (0.0, 0.1, DOUBTED, 0.5, 0.75, 0.9, 1.0)


@dataclass(frozen=True, slots=True)
class Asked:
    """One need asked once: of which set and family, whether it is answered there, and what was seen."""

    set: str
    family: str
    is_english: bool
    is_answered: bool
    is_of_less: bool
    signs: Signs

    @property
    def weight(self) -> float:
        """How much it counts in a fit."""
        return WEIGHT_OF_LESS if self.is_of_less else 1.0


Columns = Callable[[Signs], tuple[float, ...]]
MODELS: dict[str, tuple[Columns, Callable[[Asked], bool]]] = {
    "BY_BOTH": (lambda one: (one.english or 0.0, one.multilingual or 0.0), lambda one: one.is_english),
    "BY_ENGLISH": (lambda one: (one.english or 0.0,), lambda one: one.is_english),
    "WITHIN": (lambda one: (one.multilingual or 0.0, one.covered), lambda one: one.is_english),
    "ACROSS": (lambda one: (one.multilingual or 0.0,), lambda one: not one.is_english),
}
"""Name in kb.search.nothing -> what it weighs, and the needs that it is for."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Ask, fit and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.doubt", description=__doc__)
    parser.add_argument("--kept", type=Path, metavar="FOLDER", help="keep the filled libraries here")
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="kb-doubt-") as scratch:
        encoder = Kept(load_encoder(Settings(Path(scratch))))
        grounds = Grounds(given.kept or Path(scratch), encoder, ("needs", "sample"))
        with grounds.opened() as library_of:
            asked = list(every_need(library_of))
    for name, (columns, is_for) in MODELS.items():
        print(f"\n### {name}\n", flush=True)
        for line in rows([one for one in asked if is_for(one)], columns):
            print(line, flush=True)


def every_need(library_of: Callable[[str], Library]) -> Iterator[Asked]:
    """Each judged need that is here, asked of all handbooks and of those that do not answer it."""
    places = [
        (REAL, SCORE / name, "hard" if "hard" in name else REAL) for name in NEEDS if (SCORE / name).is_file()
    ]
    for name, path, family in [*places, (SAMPLE.stem, SAMPLE_NEEDS, "sample")]:
        served = library_of(name).snapshot(to_search=True)
        files = {book.id: book.file_name for book in served.handbooks}
        say(f"asking {path.name} over {name} ...")
        for need in read(path).queries:
            answering = {judged.file for judged in (*need.relevant, *need.optional_relevant)}
            others = tuple(book for book, file in files.items() if file not in answering)
            for books, is_of_less in ((tuple(files), False), (others if answering else (), True)):
                if books and (signs := signs_of(served, need, books)) is not None:
                    is_answered = bool(need.relevant) and not is_of_less
                    is_english = need.spoken in ("", "en")
                    yield Asked(path.name, family, is_english, is_answered, is_of_less, signs)


def signs_of(served: Snapshot, need: JudgedNeed, books: tuple[str, ...]) -> Signs | None:
    """What the chance of a need was made of; None where it was not asked for."""
    with noted() as seen:
        served.search(Query(need.text, filters={"handbook": books}))
    return seen[-1] if seen else None


@contextmanager
def noted() -> Iterator[list[Signs]]:
    """Note all signs that a chance is asked of."""
    seen: list[Signs] = []

    def spy(signs: Signs) -> float:
        seen.append(signs)
        return chance(signs)

    with patched({"kb.search.nothing:chance": spy}):
        yield seen


def rows(asked: Sequence[Asked], columns: Columns) -> Iterator[str]:
    """The weights fitted on all and without each family; how often it is said; the chances that came true."""
    yield f"On all: {told(fitted(asked, columns))}."
    yield ""
    yield "| left out | weights | said, of none answered | said, of less than the library | wrongly said |"
    yield "|---|---|---|---|---|"
    given: list[tuple[float, bool]] = []
    for family in sorted({one.family for one in asked}):
        others = [one for one in asked if one.family != family]
        own = [one for one in asked if one.family == family]
        if len({one.is_answered for one in others}) < 2:
            yield f"| {family} | nothing is left to fit on | | | |"
            continue
        model = fitted(others, columns)
        chances = model.predict_proba(np.array([columns(one.signs) for one in own]))[:, 1]
        given += [(float(chance), one.is_answered) for chance, one in zip(chances, own, strict=True)]
        groups = ((False, False), (False, True), (True, False))
        cells = [_said(own, chances, *group) for group in groups]
        yield f"| {family} | {told(model)} | {' | '.join(cells)} |"
    yield ""
    yield "| chance, left out | needs | answered |"
    yield "|---|---|---|"
    for low, high in pairwise(BANDS):
        held = [is_answered for chance, is_answered in given if low <= chance < high or chance == high == 1]
        if held:
            yield f"| {low:.2f}–{high:.2f} | {len(held)} | {sum(held) / len(held):.2f} |"


def fitted(asked: Sequence[Asked], columns: Columns) -> LogisticRegression:
    """Logistic regression over what is weighed; answered needs weigh as much as the others together."""
    answered = np.array([one.is_answered for one in asked])
    weights = np.array([one.weight for one in asked])
    weights[answered] *= weights[~answered].sum() / weights[answered].sum()
    table = np.array([columns(one.signs) for one in asked])
    return LogisticRegression().fit(table, answered, sample_weight=weights)


def told(model: LogisticRegression) -> str:
    """A model's intercept and weights."""
    return ", ".join(f"{number:.2f}" for number in (*model.intercept_, *model.coef_[0]))


def _said(asked: Sequence[Asked], chances: Sequence[float], is_answered: bool, is_of_less: bool) -> str:
    own = [
        chance < DOUBTED
        for chance, one in zip(chances, asked, strict=True)
        if (one.is_answered, one.is_of_less) == (is_answered, is_of_less)
    ]
    return f"{sum(own)} of {len(own)}" if own else "–"


if __name__ == "__main__":
    main()

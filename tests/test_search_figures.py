"""What search makes of judged needs over real handbooks and over the sample, held to the last figures."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from benchmarks.quality import pool_of, shared_rows
from benchmarks.setting import SAMPLE_NEEDS
from ingest import pipeline
from kb.measure.evaluation import Evaluation, evaluate_needs
from kb.search.library import Library
from kb.search.query import Mode
from kb.settings import Settings
from tests.kept import KeptEncoder
from tests.recorded import SEARCH, CheckRecord, Figures, Key
from tests.shared import SCORE, needs_handbooks, needs_scorers

SETS = sorted(path.name for path in SCORE.glob("needs*.json"))
LANGUAGE = re.compile(
    r"(?P<style>language \w+) +n=(?P<n>\d+) +nDCG@10 (\S+) +hit@1 (\S+) +recall@5 (\S+) +MRR (\S+)"
)
"""The rows of the shared scorer that `kb eval` has not."""

OpenLibrary = Callable[[tuple[Path, ...]], Library]


@pytest.fixture(scope="module")
def library_of(
    tmp_path_factory: pytest.TempPathFactory, embedded_model: KeptEncoder
) -> Iterator[OpenLibrary]:
    """Libraries of handbooks by the embedded model; one for all needs over the same handbooks."""
    opened: dict[tuple[Path, ...], Library] = {}
    with contextlib.ExitStack() as stack:

        def library_of(pool: tuple[Path, ...]) -> Library:
            if pool not in opened:
                settings = Settings(tmp_path_factory.mktemp("library"))
                with pytest.MonkeyPatch.context() as patch:
                    patch.setattr(pipeline, "load_encoder", lambda _: embedded_model)
                    for pdf in pool:
                        pipeline.ingest(settings, pdf)
                opened[pool] = stack.enter_context(Library.open(settings, embedded_model))
            return opened[pool]

        yield library_of


@pytest.mark.golden
@pytest.mark.slow
@needs_handbooks
@needs_scorers
@pytest.mark.parametrize("name", SETS)
def test_needs_over_real_handbooks_are_answered_as_well_as_recorded(
    name: str, library_of: OpenLibrary, check_record: CheckRecord, tmp_path: Path
) -> None:
    needs, run = SCORE / name, tmp_path / "run.jsonl"
    found = rows(name, evaluate_needs(library_of(pool_of(needs)), needs, run))
    check_record(SEARCH, name, found | dict(language_rows(name, run)))


@pytest.mark.golden
@pytest.mark.slow
def test_needs_over_the_sample_are_answered_as_well_as_recorded(
    library_of: OpenLibrary, check_record: CheckRecord
) -> None:
    name = f"sample {SAMPLE_NEEDS.name}"
    check_record(SEARCH, name, rows(name, evaluate_needs(library_of(pool_of(SAMPLE_NEEDS)), SAMPLE_NEEDS)))


def rows(name: str, found: Evaluation) -> dict[Key, Figures]:
    read: dict[Key, Figures] = {
        (name, row.style, row.mode): (str(row.count), *three(row.ndcg, row.hit_at_1, row.recall, row.mrr))
        for row in found.rows
    }
    rightly, of_none = found.none_rightly
    wrongly, of_some = found.none_wrongly
    if of_none:
        read[name, "nothing fits, said rightly", Mode.HYBRID] = alone(of_none, rightly / of_none)
    if of_some:
        read[name, "nothing fits, rightly unsaid", Mode.HYBRID] = alone(of_some, 1 - wrongly / of_some)
    if found.similar_ndcg is not None:
        read[name, "similar records", Mode.HYBRID] = alone(found.similar_count, found.similar_ndcg)
    return read


def language_rows(name: str, run: Path) -> Iterator[tuple[Key, Figures]]:
    for line in shared_rows(SCORE / name, run).splitlines():
        if found := LANGUAGE.match(line):
            style, count, *figures = found.groups()
            yield (name, style, Mode.HYBRID), (count, *figures)


def alone(count: int, figure: float) -> Figures:
    return str(count), *three(figure), "", "", ""


def three(*figures: float) -> tuple[str, ...]:
    return tuple(f"{figure:.3f}" for figure in figures)

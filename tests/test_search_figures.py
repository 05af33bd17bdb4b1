"""What search makes of judged needs over real handbooks and over the sample, held to the last figures."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from benchmarks.quality import pool_of
from benchmarks.setting import SAMPLE_NEEDS, SAMPLE_PREFERRED
from ingest import pipeline
from kb.measure.evaluation import LANGUAGE, Evaluation, evaluate_needs
from kb.search.library import Library
from kb.search.query import Mode
from kb.settings import Settings
from tests.kept import KeptEncoder
from tests.recorded import SEARCH, CheckRecord, Figures, Key
from tests.shared import SCORE, needs_handbooks, needs_scorers

LANGUAGES = "needs-languages.json"
"""The set made to tell languages apart: of others those few are no figure to hold."""
SETS = sorted(path.name for path in SCORE.glob("needs*.json"))
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
    name: str, library_of: OpenLibrary, check_record: CheckRecord
) -> None:
    needs = SCORE / name
    check_record(SEARCH, name, rows(name, evaluate_needs(library_of(pool_of(needs)), needs)))


@pytest.mark.golden
@pytest.mark.slow
@pytest.mark.parametrize("needs", [SAMPLE_NEEDS, SAMPLE_PREFERRED], ids=lambda path: path.name)
def test_needs_over_the_sample_are_answered_as_well_as_recorded(
    needs: Path, library_of: OpenLibrary, check_record: CheckRecord
) -> None:
    name = f"sample {needs.name}"
    check_record(SEARCH, name, rows(name, evaluate_needs(library_of(pool_of(needs)), needs)))


def rows(name: str, found: Evaluation) -> dict[Key, Figures]:
    read: dict[Key, Figures] = {
        (name, row.style, row.mode): (str(row.count), *three(row.ndcg, row.hit_at_1, row.recall, row.mrr))
        for row in found.rows
        if not row.style.startswith(LANGUAGE) or (name == LANGUAGES and row.mode == Mode.HYBRID)
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


def alone(count: int, figure: float) -> Figures:
    return str(count), *three(figure), "", "", ""


def three(*figures: float) -> tuple[str, ...]:
    return tuple(f"{figure:.3f}" for figure in figures)

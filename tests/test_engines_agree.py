"""Judged needs over the sample are answered as well from Milvus as by the embedded engine, its candidates, too."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.quality import pool_of
from benchmarks.setting import SAMPLE_NEEDS
from ingest import pipeline
from kb import index
from kb.index import lists, row_files
from kb.index.milvus_near import MilvusNear
from kb.measure.evaluation import evaluate_needs
from kb.search import catalogue
from kb.search.library import Library
from kb.search.query import Mode
from kb.settings import Settings
from kb.store.store import Store
from tests.kb.index.engines import EMBEDDED, MILVUS, kept_by
from tests.kept import KeptEncoder

CLOSE = 0.01  # of nDCG@10


@pytest.mark.slow
def test_judged_needs_are_answered_as_well_by_both_engines(
    tmp_path: Path, embedded_model: KeptEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(tmp_path / "library")
    monkeypatch.setattr(pipeline, "load_encoder", lambda _: embedded_model)
    with kept_by(EMBEDDED, tmp_path):
        for pdf in pool_of(SAMPLE_NEEDS):
            pipeline.ingest(settings, pdf)
        wanted = figures(settings, embedded_model)
    for place in (row_files, catalogue):
        monkeypatch.setattr(place, "FLAT_UP_TO", 0)  # so that Milvus finds the candidates
    monkeypatch.setattr(lists, "MOST_COMPARED", 0)
    with kept_by(MILVUS, tmp_path):
        with Store.open(settings.data) as store:
            assert isinstance(index.ensure(store, embedded_model)[0].dense, MilvusNear)
        assert figures(settings, embedded_model) == pytest.approx(wanted, abs=CLOSE)


def figures(settings: Settings, encoder: KeptEncoder) -> dict[str, float]:
    """nDCG@10 of hybrid search for each way to put a need."""
    with Library.open(settings, encoder) as library:
        found = evaluate_needs(library, SAMPLE_NEEDS, modes=(Mode.HYBRID,))
    return {row.style: row.ndcg for row in found.rows}

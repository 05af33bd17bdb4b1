"""Which models the settings name."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from kb.model import sources
from kb.model.bert_encoder import BertEncoder
from kb.model.encoder import model_parts
from kb.model.model_loading import load_encoder
from kb.model.paired import PairedEncoder
from kb.model.sources import ENGLISH_MODEL, MULTILINGUAL_MODEL, ModelSource, model_sources
from kb.settings import EMBEDDED_MODEL, Settings
from tests.kb.model.test_encoder import save_tiny_model

E5 = "multilingual-e5-small"
ON_HUB = "intfloat/multilingual-e5-small"


def named(model: str, multilingual: str = "", query: str = "", passage: str = "") -> Settings:
    return Settings(Path("unused"), model, multilingual, query, passage)


@pytest.fixture
def without_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "packaged_e5", lambda: None)


@pytest.fixture
def with_package(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    path = tmp_path / "e5.bin"
    monkeypatch.setattr(sources, "packaged_e5", lambda: path)
    return path


def test_embedded_is_the_english_model_and_the_multilingual_one(with_package: Path) -> None:
    first, second = model_sources(named(EMBEDDED_MODEL))
    assert (first.name, first.query_prefix, first.is_packaged) == ("all-MiniLM-L6-v2", "", True)
    assert second == ModelSource(E5, str(with_package), True, "query: ", "query: ", True)
    assert (first,) == model_sources(named(ENGLISH_MODEL))
    assert (second,) == model_sources(named(MULTILINGUAL_MODEL))


def test_prefixes_are_for_the_model_that_is_named_and_leave_the_embedded_ones_alone(
    with_package: Path,
) -> None:
    first, second = model_sources(named(EMBEDDED_MODEL, "", "q: ", "p: "))
    assert (first.query_prefix, second.query_prefix) == ("", "query: ")
    first, second = model_sources(named(EMBEDDED_MODEL, "someone/other", "q: ", "p: "))
    assert (first.query_prefix, second.query_prefix, second.passage_prefix) == ("", "q: ", "p: ")
    (only,) = model_sources(named("someone/other", "", "q: ", "p: "))
    assert (only.query_prefix, only.passage_prefix) == ("q: ", "p: ")


@pytest.mark.usefixtures("without_package")
def test_without_its_package_the_multilingual_model_is_left_out_or_asked_from_the_hub() -> None:
    assert [source.name for source in model_sources(named(EMBEDDED_MODEL))] == ["all-MiniLM-L6-v2"]
    assert model_sources(named(MULTILINGUAL_MODEL)) == (
        ModelSource(ON_HUB, ON_HUB, False, "query: ", "query: "),
    )


def test_another_multilingual_model_takes_the_place_of_the_embedded_one(with_package: Path) -> None:
    assert [s.name for s in model_sources(named(EMBEDDED_MODEL, ON_HUB))] == ["all-MiniLM-L6-v2", ON_HUB]
    assert [s.name for s in model_sources(named(MULTILINGUAL_MODEL, ON_HUB))] == [ON_HUB]
    assert [s.name for s in model_sources(named(ENGLISH_MODEL, ON_HUB))] == ["all-MiniLM-L6-v2"]
    assert [s.name for s in model_sources(named("someone/other", ON_HUB))] == ["someone/other"]


def test_e5_of_the_hub_is_told_its_prefixes_unless_others_are_set() -> None:
    for model in (EMBEDDED_MODEL, MULTILINGUAL_MODEL):
        assert model_sources(named(model, ON_HUB))[-1].query_prefix == "query: "
        own = model_sources(named(model, ON_HUB, "query: ", "passage: "))[-1]
        assert (own.query_prefix, own.passage_prefix) == ("query: ", "passage: ")


def test_folder_as_multilingual_model_stands_beside_the_english_one(
    english: BertEncoder, tmp_path: Path
) -> None:
    settings = named(EMBEDDED_MODEL, str(save_tiny_model(tmp_path / "tiny")))
    encoder = load_encoder(settings)
    assert isinstance(encoder, PairedEncoder)
    assert [(part.name, part.start, part.stop) for part in model_parts(encoder.id, encoder.dim)] == [
        ("all-MiniLM-L6-v2", 0, 384),
        ("tiny", 384, 392),
    ]
    alone = load_encoder(replace(settings, model=MULTILINGUAL_MODEL))
    rows = encoder.queries(["award credit"])
    np.testing.assert_allclose(rows[:, :384], english.queries(["award credit"]) / np.sqrt(2), atol=1e-6)
    np.testing.assert_allclose(rows[:, 384:], alone.queries(["award credit"]) / np.sqrt(2), atol=1e-6)

"""What is known of the models' files, and whether the multilingual one finds translations."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from kb.arrays import Vectors
from kb.care import doctor
from kb.care.models import Remedy, Weights, check_meaning, check_models
from kb.errors import ModelError
from kb.model import sources
from kb.model.e5_file import E5_SHA256, packaged_e5
from kb.model.embedded import MINILM_SHA256
from kb.model.encoder import Encoder
from kb.model.meaning import QUESTIONS
from kb.model.model_loading import load_encoder
from kb.model.sources import ENGLISH_MODEL, MULTILINGUAL_MODEL
from kb.said import Said
from kb.settings import EMBEDDED_MODEL, Settings
from tests.factories import FakeEncoder
from tests.kb.model.test_encoder import save_tiny_model


def named(model: str, multilingual: str = "") -> Settings:
    return Settings(Path("unused"), model, multilingual)


@pytest.fixture
def is_packaged() -> None:
    if packaged_e5() is None:
        pytest.skip("its package is not for this platform")


@pytest.mark.usefixtures("is_packaged")
def test_embedded_models_are_the_ones_that_were_measured() -> None:
    english, multilingual = check_models(named(EMBEDDED_MODEL))
    assert english.is_good
    assert multilingual.is_good
    assert (english.sha256, english.what.code) == (MINILM_SHA256, Weights.PUBLISHED)
    assert (multilingual.sha256, multilingual.what.code) == (E5_SHA256, Weights.PACKED)
    assert check_models(named(ENGLISH_MODEL)) == (english,)
    assert check_models(named(MULTILINGUAL_MODEL)) == (multilingual,)


def test_missing_multilingual_model_is_said_where_both_are_to_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "packaged_e5", lambda: None)
    english, lacking = check_models(named(EMBEDDED_MODEL))
    assert english.is_good
    assert (lacking.what, lacking.remedy) == (Said(Weights.NO_MULTILINGUAL), Said(Remedy.ADD_MULTILINGUAL))
    assert [one.what.code for one in check_models(named(ENGLISH_MODEL))] == [Weights.PUBLISHED]
    assert [one.what.code for one in check_models(named(MULTILINGUAL_MODEL))] == [Weights.OF_HUB]
    assert not check_meaning(named(EMBEDDED_MODEL), load=refuse)


def refuse(_: Settings) -> Encoder:
    raise AssertionError("it need not be loaded")


def test_other_weights_than_the_published_ones_are_found(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    other = save_tiny_model(tmp_path / "tiny")
    monkeypatch.setattr(sources, "packaged_minilm", lambda: other)
    (found,) = check_models(named(ENGLISH_MODEL))
    assert not found.is_good
    assert (found.what.code, found.remedy) == (Weights.OTHER, Said(Remedy.REINSTALL))
    monkeypatch.setattr(sources, "packaged_minilm", lambda: tmp_path)
    assert check_models(named(ENGLISH_MODEL))[0].what.code is Weights.MISSING
    (own,) = check_models(named(str(other)))
    assert (own.what.code, own.is_good) == (Weights.OWN, True)


def test_other_file_than_the_measured_one_is_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "e5.bin"
    path.write_bytes(b"E5S1 and more")
    monkeypatch.setattr(sources, "packaged_e5", lambda: path)
    (found,) = check_models(named(MULTILINGUAL_MODEL))
    assert (found.what.code, found.remedy) == (Weights.OTHER, Said(Remedy.REINSTALL))
    (meaning,) = check_meaning(named(MULTILINGUAL_MODEL))
    assert (meaning.what.code, meaning.remedy) == (Weights.NOT_LOADED, Said(Remedy.REINSTALL))
    assert "checksum" in str(meaning.what.values["why"])


class Polyglot(FakeEncoder):
    """Knows which questions are the same, but those of the first few rows, which it takes for others each time."""

    forgotten = 0

    def queries(self, texts: Sequence[str]) -> Vectors:
        rows = np.zeros((len(texts), 64), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            number = next(n for n, asked in enumerate(QUESTIONS) if text in asked)
            is_forgotten = number < self.forgotten
            row[len(QUESTIONS) + QUESTIONS[number].index(text) if is_forgotten else number] = 1
        return rows


class Forgetful(Polyglot):
    forgotten = 4


@pytest.mark.parametrize("model", [EMBEDDED_MODEL, MULTILINGUAL_MODEL])
def test_model_that_finds_translations_is_good(model: str) -> None:
    (found,) = check_meaning(named(model, "someone/other"), load=lambda _: Polyglot())
    assert found.is_good
    assert found.what == Said(Weights.TRANSLATIONS, model="someone/other", found=448, asked=448)


def test_multilingual_model_alone_is_loaded() -> None:
    asked: list[str] = []

    def load(settings: Settings) -> Encoder:
        asked.append(settings.model)
        return Polyglot()

    check_meaning(named(EMBEDDED_MODEL, "someone/other"), load)
    assert asked == [MULTILINGUAL_MODEL]


def test_model_that_does_not_find_translations_is_doubted() -> None:
    (found,) = check_meaning(named(EMBEDDED_MODEL, "someone/other"), load=lambda _: Forgetful())
    assert found.what.code is Weights.TRANSLATIONS
    assert found.remedy == Said(Remedy.OTHER_MULTILINGUAL)
    assert [one.state for one in doctor.of_models((found,))] == [doctor.Verdict.WARN]


def test_model_that_cannot_be_loaded_is_a_failure() -> None:
    def fail(_: Settings) -> Encoder:
        raise ModelError("someone/other: not there")

    (found,) = check_meaning(named(MULTILINGUAL_MODEL, "someone/other"), load=fail)
    assert found.what == Said(Weights.NOT_LOADED, why="someone/other: not there")
    assert [one.state for one in doctor.of_models((found,))] == [doctor.Verdict.FAIL]


@pytest.mark.parametrize("model", [ENGLISH_MODEL, "someone/other"])
def test_model_that_was_chosen_alone_is_asked_for_no_translations(model: str) -> None:
    assert not check_meaning(named(model), load=refuse)


@pytest.mark.usefixtures("is_packaged")
def test_embedded_model_finds_all_translations() -> None:
    (found,) = check_meaning(named(EMBEDDED_MODEL), load_encoder)
    assert found.what == Said(Weights.TRANSLATIONS, model="multilingual-e5-small", found=448, asked=448)

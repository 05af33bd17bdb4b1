from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from cli import main as cli
from kb import index
from kb.care import models
from kb.errors import GenerationError, InputError, ModelError, NotFoundError, StoreError
from kb.model.model_loading import load_encoder
from kb.search.library import Library
from kb.search.query import Query
from kb.settings import EMBEDDED_MODEL, MODEL_FILE, Settings, stored_model
from kb.store.store import Store
from tests.factories import FakeEncoder, a_record, answer, told
from tests.kb.model.test_encoder import save_tiny_model
from tests.kb.search.test_search import publish

TEXT = "award credit online"


@pytest.fixture(scope="module")
def tinies(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("models")
    return save_tiny_model(folder / "one", 1), save_tiny_model(folder / "two", 2)


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tinies: tuple[Path, Path]) -> Settings:
    """A library that was told to use the first model."""
    monkeypatch.setenv("KB_DATA", str(tmp_path / "library"))
    monkeypatch.delenv("KB_MODEL", raising=False)
    publish(
        tmp_path / "library", {"one": (a_record("a", text=TEXT), a_record("b", text="a letter of intent"))}
    )
    models.use(Settings.from_environment(), str(tinies[0]))
    return Settings.from_environment()


def served(settings: Settings) -> str:
    with Store.open(settings.data, readonly=True) as store:
        return index.open_served(store).manifest.model


def test_model_that_is_used_is_stored_and_the_index_is_of_it(
    settings: Settings, tinies: tuple[Path, Path]
) -> None:
    assert settings.model == str(tinies[0])
    found = models.use(settings, str(tinies[1]))
    assert Settings.from_environment().model == str(tinies[1])
    assert served(settings) == found.id == load_encoder(Settings.from_environment()).id
    assert (found.dim, found.passages, found.is_overruled) == (8, 2, False)
    with Library.open(Settings.from_environment()) as library:
        assert answer(library, Query(TEXT)).hits[0].rank_dense
        assert not library.snapshot().notices


def test_running_library_follows_in_one_step(settings: Settings, tinies: tuple[Path, Path]) -> None:
    with Library.open(settings) as library:
        before = answer(library, Query(TEXT))
        assert answer(library, Query(TEXT)).hits[0].score == before.hits[0].score
        found = models.use(settings, str(tinies[1]))
        after = answer(library, Query(TEXT))
        assert after.hits[0].rank_dense
        assert not told(after)
        encoder = library.encoder()
        assert encoder is not None
        assert encoder.id == found.id
    assert served(settings) == found.id  # it did not build its own again


def test_library_opened_before_and_asked_after_takes_the_new_model(
    settings: Settings, tinies: tuple[Path, Path]
) -> None:
    with Library.open(settings) as library:
        found = models.use(settings, str(tinies[1]))
        assert answer(library, Query(TEXT)).hits[0].rank_dense
    assert served(settings) == found.id


def test_going_back_embeds_nothing_again(settings: Settings, tinies: tuple[Path, Path]) -> None:
    said: list[str] = []
    models.use(settings, str(tinies[1]))
    models.use(settings, str(tinies[0]), lambda *told: said.append(f"{told[0]} {told[3]}"))
    assert "embed 2 of 2 known already" in said


def test_model_that_cannot_be_loaded_changes_nothing(settings: Settings, tmp_path: Path) -> None:
    before = served(settings)
    (tmp_path / "empty").mkdir()
    with pytest.raises(ModelError, match="no model in this folder"):
        models.use(settings, str(tmp_path / "empty"))
    assert served(settings) == before
    assert Settings.from_environment() == settings


def test_index_that_cannot_be_written_changes_nothing(
    settings: Settings, tinies: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = served(settings)

    def fail(*_: object) -> str:
        raise GenerationError("disk full")

    monkeypatch.setattr("kb.index.build", fail)
    with pytest.raises(GenerationError):
        models.use(settings, str(tinies[1]))
    assert served(settings) == before
    assert Settings.from_environment() == settings


def test_publication_that_fails_takes_the_choice_back(
    settings: Settings, tinies: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise StoreError("database is gone")

    monkeypatch.setattr(Store, "publish", fail)
    with pytest.raises(StoreError, match="gone"):
        models.use(settings, str(tinies[1]))
    assert Settings.from_environment() == settings


def test_model_that_gives_other_rows_than_it_says_is_refused(settings: Settings) -> None:
    class Crooked(FakeEncoder):
        def passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
            return FakeEncoder(dim=32).queries(texts)

    with pytest.raises(ModelError, match="64 numbers"):
        models.use(settings, "crooked", load=lambda _: Crooked())
    assert Settings.from_environment() == settings


def test_variable_wins_over_the_choice_and_that_is_said(
    settings: Settings, tinies: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KB_MODEL", str(tinies[0]))
    fixed = Settings.from_environment()
    assert fixed.is_model_fixed
    assert models.use(fixed, str(tinies[1])).is_overruled
    assert Settings.from_environment().model == str(tinies[0])
    assert models.choice(fixed).by == "KB_MODEL"
    assert not models.choice(fixed).agrees


def test_choice_is_shown_with_whose_word_it_is(settings: Settings, tinies: tuple[Path, Path]) -> None:
    found = models.choice(settings)
    assert (found.model, found.name, found.by, found.agrees) == (str(tinies[0]), "one", "library", True)
    (settings.data / MODEL_FILE).unlink()
    assert models.choice(Settings.from_environment()).by == "default"
    assert stored_model(settings.data) == EMBEDDED_MODEL


def test_no_model_and_no_library_are_refused(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="hub name"):
        models.use(settings, "  ")
    with pytest.raises(NotFoundError, match="kb ingest"):
        models.use(Settings(tmp_path / "none"), EMBEDDED_MODEL)


def test_command_line_switches_and_shows(
    settings: Settings,
    tinies: tuple[Path, Path],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for words in (["use", str(tinies[1])], ["show"], ["show", "--json"]):
        monkeypatch.setattr("sys.argv", ["kb", "model", *words])
        with pytest.raises(SystemExit) as stopped:
            cli.main()
        assert stopped.value.code == 0
        shown = capsys.readouterr()
        if words[0] == "use":
            assert "2 passages of 8 numbers" in shown.out
            assert "embed" in shown.err
    assert json.loads(shown.out)["agrees"] is True

"""A model that was met before is known by its files, and loaded only where a text has to be embedded."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kb.errors import ModelError
from kb.index.lazy import MEMORY, LazyEncoder, beside, recalled
from kb.index.vectors import CachedEncoder
from kb.model.encoder import Encoder
from kb.model.model_loading import load_encoder
from kb.settings import Settings
from kb.store.store import Store, text_sha256
from tests.factories import FakeEncoder
from tests.kb.model.test_encoder import save_tiny_model

TEXT = "Award credit for an online exchange, ladies & gentlemen."


class Loading:
    """Counts how often a model is loaded."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self, settings: Settings) -> Encoder:
        self.times += 1
        return load_encoder(settings)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "library").mkdir()
    return Settings(tmp_path / "library", model=str(save_tiny_model(tmp_path / "tiny")))


def test_model_is_loaded_once_to_be_known_and_then_only_to_embed(settings: Settings) -> None:
    loading = Loading()
    first = beside(settings, loading)()
    again = recalled(settings, loading)
    assert loading.times == 1
    assert (again.id, again.dim, again.max_tokens) == (first.id, first.dim, first.max_tokens)
    assert again.spans(TEXT) == first.spans(TEXT)
    np.testing.assert_array_equal(again.passages([TEXT]), first.passages([TEXT]))
    np.testing.assert_array_equal(again.queries([TEXT]), first.queries([TEXT]))
    assert loading.times == 2


def test_model_whose_files_changed_is_loaded_anew(settings: Settings) -> None:
    before = beside(settings)()
    other = save_tiny_model(Path(settings.model).with_name("other"), seed=1)
    (other / "model.safetensors").replace(Path(settings.model) / "model.safetensors")
    assert recalled(settings).id == load_encoder(settings).id != before.id


def test_other_prefixes_make_another_model(settings: Settings) -> None:
    before = beside(settings)()
    other = Settings(settings.data, settings.model, passage_prefix="passage: ")
    assert recalled(other).id == load_encoder(other).id != before.id


def test_what_is_remembered_may_be_damaged_or_missing(settings: Settings) -> None:
    known = beside(settings)().id
    for damaged in ("{", "[]", '{"signature": "x"}'):
        (settings.data / MEMORY).write_text(damaged, encoding="utf-8")
        assert recalled(settings).id == known


def test_model_that_turns_out_to_be_another_is_refused(settings: Settings) -> None:
    beside(settings)()
    other = recalled(settings, lambda _: FakeEncoder())
    with pytest.raises(ModelError, match="fake: was "):
        other.passages([TEXT])


def test_tokens_are_the_loaded_models_once_it_is_there() -> None:
    """The one that was remembered would take as much memory again, and here cannot even be made."""
    known = {"id": "fake", "dim": 64, "max_tokens": 200, "tokenizer": "{"}
    lazy = LazyEncoder(known, FakeEncoder)
    lazy.queries([TEXT])
    assert lazy.spans(TEXT) == FakeEncoder().spans(TEXT)


def test_missing_model_is_said_when_it_is_asked_for(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    asked = beside(Settings(settings.data, model=str(tmp_path / "empty")))
    with pytest.raises(ModelError, match="no model in this folder"):
        asked()


def test_interrupted_memory_is_cleaned_away(settings: Settings) -> None:
    with Store.open(settings.data) as store:
        (settings.data / f"{MEMORY}.partial").write_text("{", encoding="utf-8")
        assert store.clean() == [f"file {MEMORY}.partial"]
        assert store.clean() == []


def test_text_of_no_edition_is_embedded_once_and_kept_for_a_while(tmp_path: Path) -> None:
    with Store.open(tmp_path) as store:
        encoder = FakeEncoder()
        cached = CachedEncoder(store, encoder)
        rows = cached.passages(["one", "two", "one"])
        np.testing.assert_array_equal(rows, FakeEncoder().passages(["one", "two", "one"]))
        assert sorted(encoder.embedded) == ["one", "two"]
        store.cache_vectors("fake", {text_sha256("old"): rows[0]}, kept_until="2020-01-01")
        store.clean(is_pruning=True)
        CachedEncoder(store, encoder).passages(["two", "one"])
        assert sorted(encoder.embedded) == ["one", "two"]
        assert store.cached_vectors("fake", ["old"]) == {}
        assert cached.passages([]).shape == (0, encoder.dim)

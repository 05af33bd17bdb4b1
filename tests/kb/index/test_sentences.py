"""The sentences' vectors: made once, kept in the store, read back for each passage, and not needed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from kb.arrays import Vectors
from kb.errors import GenerationError
from kb.index import generation as index
from kb.index import sentences
from kb.index.sentences import Sentences
from kb.model.encoder import Range
from kb.search.library import Library
from kb.search.query import Query
from kb.settings import Settings
from kb.store.store import Store
from tests.factories import PDF, FakeEncoder, a_record, an_edition, answer, passages_of

TEXT = "The pendulum swings on a balcony. Beans grow beside the pond."


class Telling(FakeEncoder):
    """A fake that tells sentences apart."""

    def passages_with_parts(
        self, texts: Sequence[str], parts: Sequence[Sequence[Range]]
    ) -> tuple[Vectors, list[Vectors]]:
        return self.passages(texts), [
            self._rows([text[a:b] for a, b in ranges]) for text, ranges in zip(texts, parts, strict=True)
        ]


def filled(folder: Path, encoder: FakeEncoder) -> Store:
    record = a_record(text=TEXT)
    store = Store.open(folder)
    store.stage(an_edition(), [record], passages_of([record]), PDF)
    store.publish({record.handbook: 1}, index.build(store, {record.handbook: 1}, encoder))
    return store


def test_sentences_are_embedded_once_and_read_back(tmp_path: Path) -> None:
    encoder = Telling()
    with filled(tmp_path, encoder) as store:
        served = store.current_editions()
        again = len(encoder.embedded)
        store.publish(served, index.build(store, served, encoder))
        assert len(encoder.embedded) == again
        generation = index.open_served(store)
        assert generation.sentences is not None
        wanted = encoder.queries(["The pendulum swings on a balcony.", "Beans grow beside the pond."])
        assert np.allclose(generation.sentences.of(0), wanted, atol=1e-3)


def test_passages_that_were_cut_otherwise_are_embedded_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoder = Telling()
    with filled(tmp_path, encoder) as store:
        monkeypatch.setattr(sentences, "sentences", lambda text: [(0, len(text))])
        served = store.current_editions()
        store.publish(served, index.build(store, served, encoder, is_anew=True))
        generation = index.open_served(store)
        assert generation.sentences is not None
        assert np.allclose(generation.sentences.of(0), encoder.queries([TEXT]), atol=1e-3)


def test_search_shows_the_sentence_nearest_in_meaning(tmp_path: Path) -> None:
    encoder = Telling()
    filled(tmp_path, encoder).close()
    with Library.open(Settings(tmp_path), encoder) as library:
        (hit,) = answer(library, Query("where do legumes and beans stand")).hits
    assert "Beans" in [hit.evidence.text[a:b] for a, b in hit.evidence.marks]


def test_index_without_sentences_is_searched_as_before(tmp_path: Path) -> None:
    filled(tmp_path, FakeEncoder()).close()
    with Library.open(Settings(tmp_path), FakeEncoder()) as library:
        assert answer(library, Query("pendulum")).hits[0].evidence.marks


def test_sentences_of_other_passages_are_not_read(tmp_path: Path) -> None:
    name, places = tmp_path / "part", np.array([[0, 0], [0, 1]])
    sentences.save(name, [np.ones((2, 3), dtype=np.float32), np.ones((0, 3), dtype=np.float32)])
    found = Sentences.load([(name, 2)], places)
    assert found is not None
    assert [found.of(0).shape, found.of(1).shape] == [(2, 3), (0, 3)]
    with pytest.raises(GenerationError, match="rebuild"):
        Sentences.load([(name, 3)], places)
    (tmp_path / f"part{sentences.FILE}").write_bytes(b"no array")
    with pytest.raises(GenerationError, match="rebuild"):
        Sentences.load([(name, 2)], places)

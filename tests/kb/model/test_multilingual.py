"""The embedded multilingual model, and it beside the English one."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path

import numpy as np
import pytest

from kb.errors import ModelError
from kb.model.bert_encoder import BertEncoder
from kb.model.encoder import PartsEncoder, model_parts
from kb.model.meaning import QUESTIONS, translations
from kb.model.model_loading import load_encoder
from kb.model.paired import PairedEncoder
from kb.settings import Settings
from tests.kb.model.test_encoder import save_tiny_model

SINGLE = ["Award credit for an online exchange.", "Ανταλλαγές φοιτητών μέσω διαδικτύου", ""]


def test_questions_are_asked_in_eight_languages_and_each_once() -> None:
    assert {len(row) for row in QUESTIONS} == {8}
    texts = [text for row in QUESTIONS for text in row]
    assert len(set(texts)) == len(texts)


def test_what_says_the_same_is_nearest_in_every_other_language(multilingual: BertEncoder) -> None:
    columns = [multilingual.passages(texts) for texts in zip(*QUESTIONS, strict=True)]
    for one, other in permutations(columns, 2):
        assert (one @ other.T).argmax(axis=1).tolist() == list(range(len(QUESTIONS)))
    found = translations(multilingual)
    assert found.found == found.asked == 8 * 7 * len(QUESTIONS)


def test_english_model_finds_few_translations(english: BertEncoder) -> None:
    """So the check tells a model that reads one language."""
    found = translations(english)
    assert found.found < 0.6 * found.asked


def test_rows_are_unit_float32_and_texts_alone_or_together_give_the_same(
    multilingual: BertEncoder,
) -> None:
    together = multilingual.passages(SINGLE)
    assert together.dtype == np.float32
    assert together.shape == (3, 384)
    np.testing.assert_allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)
    for text, row in zip(SINGLE, together, strict=True):
        np.testing.assert_allclose(multilingual.passages([text])[0], row, atol=1e-5)
    np.testing.assert_allclose(multilingual.queries(SINGLE), together, atol=1e-5)


def test_text_longer_than_the_model_reads_is_cut(multilingual: BertEncoder) -> None:
    words = "λόγος " * 600
    rows = multilingual.passages([words, words + "et puis tout autre chose", "λόγος " * 300])
    np.testing.assert_allclose(rows[0], rows[1], atol=1e-6)
    assert not np.allclose(rows[0], rows[2], atol=1e-4)
    np.testing.assert_allclose(multilingual.queries([words])[0], rows[0], atol=1e-5)
    assert len(multilingual.spans(words)) > 512
    assert multilingual.max_tokens == 512 - 2 - len(multilingual.spans("query: "))


def test_sentences_come_from_their_passage_in_any_language(multilingual: BertEncoder) -> None:
    text = "Die Heimathochschule vergibt die Punkte. Das Dach der Scheune ist rot."
    _, (parts,) = multilingual.passages_with_parts([text], [[(0, 40), (41, len(text))]])
    assert parts.shape == (2, 384)
    for number, need in enumerate(("Who gives credit?", "What colour is the roof?")):
        assert int(np.argmax(parts @ multilingual.queries([need])[0])) == number


def test_id_tells_the_file_and_the_prefixes(multilingual: BertEncoder) -> None:
    """Another one would have every library embedded anew."""
    assert multilingual.id == "multilingual-e5-small@50c30f301ba9"


def test_rows_of_the_pair_are_both_models_rows_side_by_side(
    pair: PairedEncoder, english: BertEncoder, multilingual: BertEncoder
) -> None:
    for rows, own in (
        (pair.queries(SINGLE), [one.queries(SINGLE) for one in (english, multilingual)]),
        (pair.passages(SINGLE), [one.passages(SINGLE) for one in (english, multilingual)]),
    ):
        assert rows.dtype == np.float32
        assert rows.shape == (3, pair.dim)
        np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
        for part, single in zip(model_parts(pair.id, pair.dim), own, strict=True):
            np.testing.assert_allclose(rows[:, part.start : part.stop], single / np.sqrt(2), atol=1e-6)
    assert pair.passages([]).shape == pair.queries([]).shape == (0, 768)


def test_id_of_the_pair_names_its_parts(
    pair: PairedEncoder, english: BertEncoder, multilingual: BertEncoder
) -> None:
    assert pair.id == f"{english.id}:384 + {multilingual.id}:384"
    parts = model_parts(pair.id, pair.dim)
    assert [part.name for part in parts] == ["all-MiniLM-L6-v2", "multilingual-e5-small"]
    assert [part.reads("de") for part in parts] == [False, True]
    assert [part.reads("en") for part in parts] == [True, True]
    assert model_parts(english.id, 384)[0].stop == 384
    assert model_parts("", 0) == ()


@pytest.mark.parametrize(
    ("text", "dim"), [("a@1:3 + b@2:4", 8), ("a@1 + b@2", 8), ("a@1:x + b@2:4", 8), ("@", 8)]
)
def test_id_that_names_no_such_parts_is_refused(text: str, dim: int) -> None:
    with pytest.raises(ModelError, match="no id of a model"):
        model_parts(text, dim)


def test_parts_of_passages_are_side_by_side_too(
    pair: PairedEncoder, english: BertEncoder, multilingual: BertEncoder
) -> None:
    texts, ranges = ["Points are awarded. The roof is red.", "Alone."], [[(0, 19), (20, 36)], []]
    rows, parts = pair.passages_with_parts(texts, ranges)
    np.testing.assert_allclose(rows, pair.passages(texts), atol=1e-4)
    assert [one.shape for one in parts] == [(2, 768), (0, 768)]
    for start, single in ((0, english), (384, multilingual)):
        own = single.passages_with_parts(texts, ranges)[1][0]
        np.testing.assert_allclose(parts[0][:, start : start + 384], own / np.sqrt(2), atol=1e-5)


def test_pair_of_which_one_tells_no_parts_apart_has_none(english: BertEncoder, tmp_path: Path) -> None:
    other = load_encoder(Settings(tmp_path, str(save_tiny_model(tmp_path / "tiny", pooling="cls"))))
    assert isinstance(other, PartsEncoder)
    _, parts = PairedEncoder([english, other]).passages_with_parts(["Two words. More."], [[(0, 10)]])
    assert [one.shape for one in parts] == [(0, 392)]

from __future__ import annotations

import json
import logging
from pathlib import Path

import numpy as np
import pytest

from cli.measuring_prints import print_evaluation
from kb.arrays import Scores
from kb.errors import ModelError
from kb.measure.collection import evaluate_collection
from kb.measure.evaluation import RERANKED, evaluate_needs
from kb.model.reranker import Reranker, load_reranker
from kb.search import loading, snapshot
from kb.search.library import Library
from kb.search.query import Mode, Query
from kb.settings import Settings
from tests.factories import FakeEncoder, answer, told
from tests.kb.model.test_encoder import WORDS
from tests.kb.search.test_search import NEED, ONE, ids, publish


def save_tiny_reranker(folder: Path, numbers: int = 1) -> Path:
    """A BERT of one layer that gives so many numbers for a pair of texts."""
    import torch  # noqa: PLC0415  heavy: only the tests that need it pay for it
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizer  # noqa: PLC0415

    folder.mkdir(parents=True)
    vocabulary = folder / "vocab.txt"
    vocabulary.write_text("\n".join(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *dict.fromkeys(WORDS)]))
    tokenizer = BertTokenizer(vocab=str(vocabulary), model_max_length=32)
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=8,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        max_position_embeddings=32,
    )
    config.num_labels = numbers
    BertForSequenceClassification(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny_reranker(tmp_path_factory.mktemp("models") / "tiny-reranker")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    publish(tmp_path / "library", {"one": ONE})
    return tmp_path / "library"


def test_cross_encoder_gives_a_number_a_text_and_the_same_again(tiny: Path) -> None:
    reranker = load_reranker(str(tiny))
    texts = ["award credit", "a letter of intent " * 40, ""]
    scores = reranker.scores("online exchange", texts)
    assert scores.dtype == np.float32
    assert scores.shape == (3,)
    np.testing.assert_allclose(reranker.scores("online exchange", texts), scores, atol=1e-5)
    assert reranker.scores("online exchange", []).shape == (0,)


def test_model_that_gives_several_numbers_a_text_is_refused(tmp_path: Path) -> None:
    reranker = load_reranker(str(save_tiny_reranker(tmp_path / "three", 3)))
    with pytest.raises(ModelError, match="not one number"):
        reranker.scores("credit", ["a", "b"])


def test_folder_without_a_model_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="KB_RERANKER"):
        load_reranker(str(tmp_path))


def test_best_answers_are_ordered_by_the_reranker_and_none_is_lost(
    data: Path, tiny: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded: list[str] = []

    def load(name: str) -> Reranker:
        loaded.append(name)
        return load_reranker(name)

    monkeypatch.setattr(loading, "load_reranker", load)
    with Library.open(Settings(data), FakeEncoder()) as library:
        assert not library.is_reranking
        plain = answer(library, Query(NEED))
    with Library.open(Settings(data, reranker=str(tiny)), FakeEncoder()) as library:
        again = answer(library, Query(NEED))
        read = [f"{h.record.title}\n{h.record.fields[0].text}" for h in again.hits]
        scores = load_reranker(str(tiny)).scores(NEED, read)
        assert list(scores) == sorted(scores, reverse=True)
        assert sorted(ids(again)) == sorted(ids(plain))
        assert again.total == plain.total
        assert again.no_match == plain.no_match
        assert not told(again)
        assert ids(answer(library, Query(NEED, is_reranked=False))) == ids(plain)
        answer(library, Query(NEED, mode=Mode.WORDS))
    assert loaded == [str(tiny)]


def test_answers_beyond_the_first_ones_keep_their_order(
    data: Path, tiny: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshot, "DEPTH", 2)
    with Library.open(Settings(data), FakeEncoder()) as library:
        plain = ids(answer(library, Query(NEED)))
    with Library.open(Settings(data, reranker=str(tiny)), FakeEncoder()) as library:
        again = ids(answer(library, Query(NEED)))
        assert sorted(again[:2]) == sorted(plain[:2])
        assert again[2:] == plain[2:]
        assert ids(answer(library, Query(NEED, limit=1, offset=1))) == again[1:2]


def test_reranker_that_cannot_be_loaded_is_said_and_search_goes_on(
    data: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    broken = Settings(data, reranker=str(tmp_path))
    with Library.open(broken, FakeEncoder()) as library, caplog.at_level(logging.WARNING):
        for _ in range(2):
            answer(library, Query(NEED))
        results = answer(library, Query(NEED))
        assert results.hits
        assert "KB_RERANKER" in told(results)
        assert not library.is_reranking
    assert caplog.text.count("no reranker") == 1


def test_reranker_that_fails_at_work_is_said_and_search_goes_on(
    data: Path, tiny: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(self: Reranker, need: str, texts: list[str]) -> Scores:
        raise ModelError("tiny: cannot rank; unset KB_RERANKER")

    monkeypatch.setattr(Reranker, "scores", fail)
    with Library.open(Settings(data, reranker=str(tiny)), FakeEncoder()) as library:
        assert answer(library, Query(NEED)).hits
        assert "unset KB_RERANKER" in told(answer(library, Query(NEED)))


def test_collection_is_measured_with_it_too(tiny: Path, tmp_path: Path) -> None:
    folder = tmp_path / "collection"
    (folder / "qrels").mkdir(parents=True)
    documents = ({"_id": str(n), "title": f"Title {n}", "text": f"law week {n} online"} for n in range(3))
    (folder / "corpus.jsonl").write_text("\n".join(map(json.dumps, documents)))
    (folder / "queries.jsonl").write_text(json.dumps({"_id": "q", "text": "online law week"}))
    (folder / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\nq\t1\t1\n")
    found = evaluate_collection(folder, Settings(tmp_path, reranker=str(tiny)), FakeEncoder())
    assert [row.mode for row in found.rows] == ["words", "dense", "hybrid", RERANKED]
    assert found.reranking is not None
    assert evaluate_collection(folder, Settings(tmp_path), FakeEncoder()).reranking is None


def test_evaluation_that_loses_its_reranker_fails(
    data: Path, tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    works = Reranker.scores
    calls: list[str] = []

    def fail(self: Reranker, need: str, texts: list[str]) -> Scores:
        calls.append(need)
        if len(calls) > 2:  # while it is loaded, and for the first need
            raise ModelError("tiny: cannot rank; unset KB_RERANKER")
        return works(self, need, texts)

    needs = tmp_path / "needs.json"
    judged = [{"file": "one.pdf", "kind": "practice", "title": "Virtual Law Week", "grade": 2}]
    queries = [{"id": name, "text": NEED, "style": "keywords", "relevant": judged} for name in "ab"]
    needs.write_text(json.dumps({"queries": queries}))
    with Library.open(Settings(data, reranker=str(tiny)), FakeEncoder()) as library:
        assert library.is_reranking
        monkeypatch.setattr(Reranker, "scores", fail)
        with pytest.raises(ModelError, match="unset KB_RERANKER"):
            evaluate_needs(library, needs)


def test_evaluation_has_a_row_with_and_one_without_it(
    data: Path, tiny: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    needs = tmp_path / "needs.json"
    judged = [{"file": "one.pdf", "kind": "practice", "title": "Virtual Law Week", "grade": 2}]
    needs.write_text(
        json.dumps({"queries": [{"id": "a", "text": NEED, "style": "keywords", "relevant": judged}]})
    )
    with Library.open(Settings(data, reranker=str(tiny)), FakeEncoder()) as library:
        found = evaluate_needs(library, needs)
    by_mode = {row.mode: row.ndcg for row in found.rows if row.style == "all"}
    assert list(by_mode) == ["words", "dense", "hybrid", RERANKED]
    assert found.reranking is not None
    assert found.reranking.ndcg_gain == pytest.approx(by_mode[RERANKED] - by_mode["hybrid"])
    print_evaluation(found, "recall@5")
    assert "ms more a query" in " ".join(capsys.readouterr().out.split())
    with Library.open(Settings(data), FakeEncoder()) as library:
        assert RERANKED not in {row.mode for row in evaluate_needs(library, needs).rows}

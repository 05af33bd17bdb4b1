from __future__ import annotations

import importlib
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kb.arrays import Vectors
from kb.errors import ModelError
from kb.model.bert_encoder import BertEncoder
from kb.model.encoder import PartsEncoder
from kb.model.model_loading import load_encoder
from kb.model.sources import ENGLISH_MODEL, model_sources
from kb.settings import Settings

WORDS = ["award", "credit", "online", "exchange", "query", "passage", ":", "a", "letter", "of", "intent"]


def save_tiny_model(
    folder: Path, seed: int = 0, pooling: str = "mean", dense: int = 0, prompt: str = ""
) -> Path:
    """A BERT of two layers and eight numbers, with a tokenizer of its own.

    `dense` adds a layer of so many numbers on top, `prompt` puts words before each text unasked.
    """
    import torch  # noqa: PLC0415  heavy: only the tests that need it pay for it
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415
    from transformers import BertConfig, BertModel, BertTokenizer  # noqa: PLC0415

    parts = folder.parent / f"{folder.name}-parts"
    parts.mkdir(parents=True)
    vocabulary = parts / "vocab.txt"
    vocabulary.write_text("\n".join(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *dict.fromkeys(WORDS)]))
    tokenizer = BertTokenizer(vocab=str(vocabulary), model_max_length=32)
    torch.manual_seed(seed)
    config = BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=8,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=16,
        max_position_embeddings=64,
    )
    BertModel(config).save_pretrained(parts)
    tokenizer.save_pretrained(parts)
    models = importlib.import_module(
        "sentence_transformers.sentence_transformer.modules"
    )  # mypy does not see it
    body = models.Transformer(str(parts), max_seq_length=32)
    head = [models.Dense(8, dense)] if dense else []
    prompts: dict[str, Any] = (
        {"prompts": {"always": prompt}, "default_prompt_name": "always"} if prompt else {}
    )
    modules = [body, models.Pooling(8, pooling_mode=pooling), *head]
    model = SentenceTransformer(modules=modules, device="cpu", **prompts)
    model.save(str(folder))
    return folder


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny_model(tmp_path_factory.mktemp("models") / "tiny")


def settings(model: str, query_prefix: str = "", passage_prefix: str = "") -> Settings:
    return Settings(Path("unused"), model, query_prefix=query_prefix, passage_prefix=passage_prefix)


def test_rows_are_unit_float32_and_texts_alone_or_together_give_the_same(english: BertEncoder) -> None:
    texts = ["Award credit for an online exchange.", "A letter of intent", ""]
    together = english.passages(texts)
    assert together.dtype == np.float32
    assert together.shape == (3, 384)
    np.testing.assert_allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)
    for text, row in zip(texts, together, strict=True):
        np.testing.assert_allclose(english.passages([text])[0], row, atol=1e-5)
    np.testing.assert_allclose(english.queries(texts), together, atol=1e-5)


def test_no_text_gives_no_row(english: BertEncoder) -> None:
    assert english.passages([]).shape == english.queries([]).shape == (0, 384)


NEEDS = (
    "award credit for online exchange",
    "A letter of INTENT: a passage, a query",
    "  Anerkennung für ein Online-Semester à l’université; ελληνικά  ",
    "credit",
    "exchange a letter " * 300,
    "",
)


def rows_of_the_library(folder: str, texts: Sequence[str]) -> Vectors:
    """What sentence-transformers itself says of each text alone, as unit rows."""
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415  heavy

    model = SentenceTransformer(folder, device="cpu", local_files_only=True)
    rows = np.concatenate([model.encode([text], show_progress_bar=False) for text in texts])
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


def test_english_rows_are_those_of_sentence_transformers(english: BertEncoder) -> None:
    (source,) = model_sources(settings(ENGLISH_MODEL))
    wanted = rows_of_the_library(source.place, NEEDS)
    for rows in (english.queries(NEEDS), english.passages(NEEDS)):
        assert np.einsum("ij,ij->i", rows, wanted).min() >= 0.99999


@pytest.mark.parametrize(
    "shape", [{}, {"pooling": "cls"}, {"pooling": "max"}, {"dense": 5}, {"prompt": "query passage: "}]
)
def test_rows_of_any_model_are_those_of_sentence_transformers(shape: dict[str, Any], tmp_path: Path) -> None:
    folder = save_tiny_model(tmp_path / "model", **shape)
    encoder, wanted = load_encoder(settings(str(folder))), rows_of_the_library(str(folder), NEEDS)
    for rows in (encoder.queries(NEEDS), encoder.passages(NEEDS)):
        np.testing.assert_allclose(rows, wanted, atol=1e-5)


def test_meaning_counts_not_only_words(english: BertEncoder) -> None:
    query = english.queries(["how do students earn points for studying abroad from home?"])[0]
    near, far = english.passages(["ECTS are awarded for virtual mobility.", "The boiler needs repair."])
    assert query @ near > query @ far + 0.2


def test_tokens_are_those_of_the_model_and_cover_each_word(english: BertEncoder) -> None:
    text = "Blended intensive programmes: ελληνικά, naïveté"
    spans = english.spans(text)
    assert english.max_tokens == 254  # 256 less the two special ones
    assert "".join(text[a:b] for a, b in spans) == text.replace(" ", "")
    assert len(english.spans("word " * 1000)) == 1000  # never cut short


def test_offline_switch_is_put_back(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from huggingface_hub import constants  # noqa: PLC0415  heavy

    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    load_encoder(settings(str(tiny)))
    assert "HF_HUB_OFFLINE" not in os.environ
    assert not constants.HF_HUB_OFFLINE
    monkeypatch.setenv("HF_HUB_OFFLINE", "0")
    load_encoder(settings(str(tiny)))
    assert os.environ["HF_HUB_OFFLINE"] == "0"


def test_folder_is_loaded_and_its_id_follows_weights_and_prefixes(tiny: Path, tmp_path: Path) -> None:
    one = load_encoder(settings(str(tiny)))
    assert one.dim == 8
    assert one.id == load_encoder(settings(str(tiny))).id
    assert one.id.startswith("tiny@")
    other = save_tiny_model(tmp_path / "tiny", seed=1)
    prefixed = settings(str(tiny), query_prefix="query: ", passage_prefix="passage: ")
    ids = {one.id, load_encoder(settings(str(other))).id, load_encoder(prefixed).id}
    assert len(ids) == 3


def test_english_model_keeps_its_id(english: BertEncoder) -> None:
    """Another one would have every library embedded anew."""
    assert english.id == "all-MiniLM-L6-v2@8f198f91c14e"


def without_pooler(folder: Path, is_pickled: bool) -> Path:
    """A tiny model whose checkpoint lacks a layer that nothing asks, as those of many models do."""
    import torch  # noqa: PLC0415  heavy
    from safetensors.torch import load_file, save_file  # noqa: PLC0415

    (path,) = save_tiny_model(folder).rglob("*.safetensors")
    held = load_file(path)
    kept = {name: numbers for name, numbers in held.items() if "pooler" not in name}
    assert len(kept) == len(held) - 2
    if is_pickled:
        torch.save(kept, path.with_name("pytorch_model.bin"))
        path.unlink()
    else:
        save_file(kept, path, metadata={"format": "pt"})
    return folder


@pytest.mark.parametrize("is_pickled", [False, True])
def test_model_whose_checkpoint_lacks_a_layer_has_the_same_id_each_time(
    tmp_path: Path, is_pickled: bool
) -> None:
    folder = without_pooler(tmp_path / "tiny", is_pickled)
    one = load_encoder(settings(str(folder)))
    assert one.id == load_encoder(settings(str(folder))).id
    assert one.id != load_encoder(settings(str(folder), query_prefix="query: ")).id
    other = save_tiny_model(tmp_path / "other" / "tiny", seed=1)
    assert one.id != load_encoder(settings(str(other))).id
    tokenizer = next(folder.rglob("tokenizer.json"))
    tokenizer.write_text(tokenizer.read_text("utf-8") + "\n", "utf-8")
    assert one.id != load_encoder(settings(str(folder))).id


def test_prefixes_stand_before_queries_and_passages_and_take_their_tokens(tiny: Path) -> None:
    plain = load_encoder(settings(str(tiny)))
    prefixed = load_encoder(settings(str(tiny), query_prefix="query : ", passage_prefix="passage : "))
    text = "award credit"
    np.testing.assert_allclose(prefixed.queries([text]), plain.queries([f"query : {text}"]), atol=1e-6)
    np.testing.assert_allclose(prefixed.passages([text]), plain.passages([f"passage : {text}"]), atol=1e-6)
    assert (plain.max_tokens, prefixed.max_tokens) == (30, 28)


def test_hub_name_is_found_on_this_machine(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from huggingface_hub import constants  # noqa: PLC0415  heavy

    repository = tmp_path / "models--someone--tiny"
    (repository / "refs").mkdir(parents=True)
    (repository / "refs" / "main").write_text("0" * 40)
    (repository / "snapshots").mkdir()
    (repository / "snapshots" / ("0" * 40)).symlink_to(tiny)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path))
    found = load_encoder(settings("someone/tiny"))
    assert found.id.startswith("someone/tiny@")
    np.testing.assert_array_equal(
        found.passages(["award credit"]), load_encoder(settings(str(tiny))).passages(["award credit"])
    )


@pytest.mark.parametrize("content", [{}, {"config.json": "{}"}, {"modules.json": "no json"}])
def test_folder_without_a_model_is_one_clear_error(content: dict[str, str], tmp_path: Path) -> None:
    for name, text in content.items():
        (tmp_path / name).write_text(text)
    with pytest.raises(ModelError, match=f"{tmp_path.name}.*KB_MODEL"):
        load_encoder(settings(str(tmp_path)))


def test_damaged_weights_are_one_clear_error(tiny: Path, tmp_path: Path) -> None:
    folder = tmp_path / "damaged"
    folder.mkdir()
    for path in tiny.rglob("*"):
        target = folder / path.relative_to(tiny)
        if path.is_dir():
            target.mkdir()
        else:
            target.write_bytes(path.read_bytes()[: 100 if path.suffix == ".safetensors" else None])
    with pytest.raises(ModelError, match="damaged"):
        load_encoder(settings(str(folder)))


def test_sentences_of_a_passage_come_with_its_own_vector(english: BertEncoder) -> None:
    text = "Credit\nPoints are awarded by the home university. The roof of the barn is red."
    ranges = [(7, 50), (51, len(text))]
    rows, parts = english.passages_with_parts([text, "Alone."], [ranges, []])
    assert np.allclose(rows, english.passages([text, "Alone."]), atol=1e-4)
    assert [one.shape for one in parts] == [(2, english.dim), (0, english.dim)]
    assert np.allclose(np.linalg.norm(parts[0], axis=1), 1.0, atol=1e-4)
    for number, need in enumerate(("Who gives ECTS?", "What colour does the farm building have?")):
        assert int(np.argmax(parts[0] @ english.queries([need])[0])) == number


def test_model_that_takes_no_mean_has_no_vectors_of_sentences(tmp_path: Path) -> None:
    save_tiny_model(tmp_path / "first", pooling="cls")
    encoder = load_encoder(settings(str(tmp_path / "first")))
    assert isinstance(encoder, PartsEncoder)
    rows, parts = encoder.passages_with_parts(["Two words. And more."], [[(0, 10), (11, 20)]])
    assert rows.shape == (1, encoder.dim)
    assert parts[0].shape == (0, encoder.dim)

"""The embedded models' graph: what it gives is what sentence-transformers gives, in 32 bits and in 8."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest

from benchmarks.plain_models import plain_model
from kb.arrays import Vectors
from kb.errors import ModelError
from kb.model import bert
from kb.model.bert_encoder import BertEncoder
from kb.model.bert_folder import WEIGHTS, BertFolder
from kb.model.sources import MULTILINGUAL_MODEL, ModelSource, model_sources
from kb.model.tokens import WordPieces
from kb.settings import Settings
from tests.kb.model.test_encoder import rows_of_the_library, save_tiny_model

TEXTS = ("award credit", "A letter of INTENT, and a passage", "credit", "exchange a letter " * 30, "")


def tiny_folder(folder: Path) -> Path:
    """A model as those of older releases are saved, which say in a file of their own how much they read."""
    save_tiny_model(folder)
    (folder / "sentence_bert_config.json").write_text('{"max_seq_length": 32}')
    return folder


def encoder_of(folder: Path, bits: bert.Bits, prefix: str = "") -> BertEncoder:
    held = BertFolder.read(folder)
    source = ModelSource("tiny", str(folder), True, prefix, prefix)
    graph = bert.written(held, bits)
    return BertEncoder(source, "0", graph, WordPieces(held.tokenizer()), held.word_rows, held.max_tokens)


def least_cosine(some: Vectors, others: Vectors) -> float:
    return float(np.einsum("ij,ij->i", some, others).min())


@pytest.mark.parametrize(("bits", "least"), [(32, 0.999999), (8, 0.999)])
def test_rows_are_those_of_sentence_transformers(bits: bert.Bits, least: float, tmp_path: Path) -> None:
    folder = tiny_folder(tmp_path / "tiny")
    encoder, wanted = encoder_of(folder, bits), rows_of_the_library(str(folder), TEXTS)
    assert (encoder.dim, encoder.max_tokens) == (8, 30)
    for rows in (encoder.queries(TEXTS), encoder.passages(TEXTS)):
        assert least_cosine(rows, wanted) >= least


def test_a_text_gives_the_same_whatever_stands_beside_it(multilingual: BertEncoder) -> None:
    texts = ["Κινητικότητα φοιτητών", "word " * 400, *(f"need {n}" for n in range(20))]
    together = multilingual.passages(texts)
    assert all(
        (multilingual.passages([text])[0] == row).all() for text, row in zip(texts, together, strict=True)
    )


def test_multilingual_rows_are_nearly_those_of_32_bits(multilingual: BertEncoder) -> None:
    (source,) = model_sources(Settings(Path("unused"), MULTILINGUAL_MODEL))
    texts = [
        "Award credit for an online exchange.",
        "Ανταλλαγές φοιτητών μέσω διαδικτύου",
        "crédits",
        "word " * 400,
    ]
    wanted = plain_model(source).encode(
        [source.query_prefix + text for text in texts], show_progress_bar=False
    )
    assert least_cosine(multilingual.queries(texts), wanted) >= 0.999


def test_weights_in_8_bits_are_within_half_a_step_of_the_largest() -> None:
    rows = np.random.default_rng(3).normal(size=(5, 200)).astype(np.float32)
    rows[2] = 0
    blocks, scales = bert.in_8_bits(rows)
    assert (blocks.shape, scales.shape) == ((5, 2, bert.BLOCK), (5, 2))
    found = (blocks.astype(np.float32) - 128) * scales[:, :, None]
    steps = np.repeat(scales, bert.BLOCK, axis=1)[:, :200]
    assert (np.abs(found.reshape(5, -1)[:, :200] - rows) <= steps / 2 + 1e-7).all()
    assert (found.reshape(5, -1)[:, 200:] == 0).all()


def test_graph_is_one_that_onnx_finds_sound(tmp_path: Path) -> None:
    graph = bert.written(BertFolder.read(tiny_folder(tmp_path / "tiny")), 32)
    (tmp_path / "graph.onnx").write_bytes(graph.model)
    (tmp_path / bert.NUMBERS).write_bytes(graph.numbers)
    onnx.checker.check_model(str(tmp_path / "graph.onnx"))


def test_graph_in_files_and_in_memory_give_the_same(tmp_path: Path) -> None:
    folder = tiny_folder(tmp_path / "tiny")
    held, source = BertFolder.read(folder), ModelSource("tiny", str(folder), True)
    graph = bert.written(held, 8)
    (tmp_path / "graph.onnx").write_bytes(graph.model)
    (tmp_path / bert.NUMBERS).write_bytes(graph.numbers)
    one, other = (
        BertEncoder(source, "0", given, WordPieces(held.tokenizer()), held.word_rows, held.max_tokens)
        for given in (graph, tmp_path / "graph.onnx")
    )
    np.testing.assert_array_equal(one.passages(TEXTS), other.passages(TEXTS))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("config.json", b"{}"),
        ("config.json", b"no json"),
        (WEIGHTS, b""),
        (WEIGHTS, b"short"),
        (WEIGHTS, (1 << 60).to_bytes(8, "little") + b"{}"),
        (
            WEIGHTS,
            b"\x4e\0\0\0\0\0\0\0"
            + b'{"a": {"dtype": "F32", "shape": [9], "data_offsets": [0, 36]}}'.ljust(78),
        ),
    ],
)
def test_damaged_folder_is_one_clear_error(name: str, content: bytes, tmp_path: Path) -> None:
    folder = tiny_folder(tmp_path / "tiny")
    (folder / name).write_bytes(content)
    with pytest.raises(ModelError, match=r"tiny: cannot be read \(.*\); install the requirements again"):
        BertFolder.read(folder)


def test_tensor_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"model.safetensors: no tensor l7\.q\.w; install"):
        BertFolder.read(tiny_folder(tmp_path / "tiny")).tensor("l7.q.w")

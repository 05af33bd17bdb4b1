"""A need's tokens are the same by the few pieces that stand in it as by all of them."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sentencepiece import SentencePieceProcessor

from kb.model import few_pieces
from kb.model.e5_file import E5File
from kb.model.few_pieces import LONGEST, FewPieces, PieceFiles
from kb.model.meaning import QUESTIONS
from kb.model.tokens import SentencePieces

PAIRS = [(one, other) for row in QUESTIONS for one, other in zip(row, reversed(row), strict=True)]
ODD = (
    "",
    " ",
    "\u2581",
    "</s> <pad> <s> <unk> <mask>",
    "  Ｂlended ﬁnal   programmes:\u3000ελληνικά, naïveté ½",
    "\x85one\x85two\u2028three",
    "日本語のテキスト 한국어 ☃ 𒀀 \x01\u200d\ufeff",
    "e\u0301cole " * 20,
    "Donaudampfschifffahrtsgesellschaftskapitän",
)


@pytest.fixture(scope="module")
def model(e5: E5File) -> bytes:
    return e5.sentence_pieces()


@pytest.fixture(scope="module")
def whole(model: bytes) -> SentencePieces:
    processor = SentencePieceProcessor(model_proto=model)
    return SentencePieces(lambda: processor, 0, 2)


@pytest.fixture(scope="module")
def few(model: bytes, tmp_path_factory: pytest.TempPathFactory) -> FewPieces:
    folder: Path = tmp_path_factory.mktemp("pieces")
    for name, content in few_pieces.written(model).items():
        (folder / name).write_bytes(content)
    unloaded = SentencePieces(partial(SentencePieceProcessor, model_proto=model), 0, 2)
    return FewPieces(PieceFiles.read(folder), unloaded)


def are_alike(few: FewPieces, whole: SentencePieces, text: str) -> bool:
    one, other = few.tokens(text), whole.tokens(text)
    return (one.ids.tolist(), one.spans.tolist()) == (other.ids.tolist(), other.spans.tolist())


@pytest.mark.parametrize("text", [*ODD, *(f"query: {one}\n{other}" for one, other in PAIRS)])
def test_tokens_are_the_same_as_by_all_pieces(few: FewPieces, whole: SentencePieces, text: str) -> None:
    assert are_alike(few, whole, text)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60))
def test_tokens_of_any_text_are_the_same(few: FewPieces, whole: SentencePieces, text: str) -> None:
    assert are_alike(few, whole, text)


def test_a_need_leaves_all_pieces_where_they_are(few: FewPieces) -> None:
    def load() -> SentencePieceProcessor:
        raise AssertionError("loaded")

    own = FewPieces(few._files, SentencePieces(load, 0, 2))

    assert len(own.tokens("x" * LONGEST).ids)
    with pytest.raises(AssertionError, match="loaded"):
        own.tokens("x" * (LONGEST + 1))


def test_once_all_pieces_are_loaded_they_are_asked(few: FewPieces, whole: SentencePieces) -> None:
    whole.tokens("now")
    own = FewPieces(few._files, whole)
    own._found = None  # type: ignore[assignment,method-assign] # which would fail
    assert own.tokens("some words").ids.tolist() == whole.tokens("some words").ids.tolist()

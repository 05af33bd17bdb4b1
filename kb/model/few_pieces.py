"""The tokens of a need by SentencePiece, while its 250 000 pieces stay in files.

To load all pieces takes half a second and 55 MB. What tokens a text has depends on the pieces that stand in it alone,
and on the least likely one, by which what is unknown is measured: these are looked up and make a small model, which
SentencePiece reads in a millisecond. So the tokens are the same as by all pieces.
"""

from __future__ import annotations

import io
import json
import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from kb import load_array
from kb.model.mapped import MappedFile
from kb.model.tokens import SentencePieces, TextTokens, encoded

PIECES = "pieces.model"
A_WORD, MOST_WORDS = 40, 2048  # characters; and how many are kept, a megabyte
LONGEST = 2100  # characters: a need, and what goes before it; for a longer text all pieces are loaded

_HASHES, _PLACES, _SAID = "pieces.hashes.npy", "pieces.places.npy", "pieces.json"
_FACTOR = np.uint64(0x9E3779B97F4A7C15)
_BLANK = "\u2581"
"""What SentencePiece writes for a blank."""
_BLANKS = re.compile(f"{_BLANK}+")


@dataclass(frozen=True, slots=True)
class PieceFiles:
    """All pieces of a model, in the order of their texts' hashes, and its file, which is mapped.

    `places` has each piece's id, and where it begins and ends in the file: int32 (n, 3). `always` are the places of
    those that each small model has; what follows `end` in the file says how texts are normalised. `longest` is in
    characters.
    """

    model: MappedFile
    hashes: NDArray[np.uint64]
    places: NDArray[np.int32]
    always: list[list[int]]
    end: int
    longest: int

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Open the files that `written` made."""
        said = json.loads((folder / _SAID).read_text("utf-8"))
        hashes, places = (load_array(folder / name, is_mapped=True) for name in (_HASHES, _PLACES))
        return cls(
            MappedFile.open(folder / PIECES), hashes, places, said["always"], said["end"], said["longest"]
        )

    def bytes_of(self, places: list[list[int]]) -> bytes:
        """Some pieces as they stand in the file."""
        return b"".join(self.model.data[start:end].tobytes() for _, start, end in places)

    def within(self, text: str) -> list[list[int]]:
        """The places of the pieces that stand in a text, by their ids; a chance hash may add one that does not."""
        sought = np.concatenate([np.zeros(0, np.uint64), *_hashes(text, self.longest)])
        at = np.minimum(np.searchsorted(self.hashes, sought), len(self.hashes) - 1)
        rows = sorted(set(at[self.hashes[at] == sought].tolist()))
        always = {place[0] for place in self.always}
        return sorted(place for place in self.places[rows].tolist() if place[0] not in always)


class FewPieces:
    """A tokenizer that makes a small model for each text, and keeps the tokens of words.

    `whole` is for texts that are too long, and for all once it is loaded.
    """

    def __init__(self, files: PieceFiles, whole: SentencePieces) -> None:
        from sentencepiece import SentencePieceNormalizer  # noqa: PLC0415  only where this model is loaded

        self._files = files
        self._whole = whole
        self._always = files.bytes_of(files.always)
        self._rest = files.model.data[files.end :].tobytes()
        self._normaliser = SentencePieceNormalizer(model_proto=self._always + self._rest)
        self._of_word = lru_cache(maxsize=MOST_WORDS)(self._found)
        self.first, self.last = whole.first, whole.last

    def tokens(self, text: str) -> TextTokens:
        """All tokens of a text, never cut short."""
        if len(text) > LONGEST or self._whole.is_loaded:
            return self._whole.tokens(text)
        return self._of_word(text) if len(text) <= A_WORD else self._found(text)

    def let_go(self) -> None:
        """Stop counting what was read of the model's file as this process's memory."""
        self._files.model.let_go()

    def _found(self, text: str) -> TextTokens:
        from sentencepiece import SentencePieceProcessor  # noqa: PLC0415  as above

        normal = self._normaliser.normalize(text).replace(" ", _BLANK)
        places = self._files.within(_BLANKS.sub(_BLANK, _BLANK + normal))
        model = self._always + self._files.bytes_of(places) + self._rest
        own, spans = encoded(SentencePieceProcessor(model_proto=model), text)
        ids = [place[0] for place in (*self._files.always, *places)]
        return TextTokens.of([ids[number] for number in own], spans)


def written(model: bytes) -> dict[str, bytes]:
    """A SentencePiece model, and the files beside it by which its pieces are found; ValueError if two hash alike."""
    from sentencepiece.sentencepiece_model_pb2 import ModelProto  # type: ignore[attr-defined]  # noqa: PLC0415

    pieces = ModelProto.FromString(model).pieces
    texts = [piece.piece for piece in pieces]
    ends = list(accumulate((_size(piece.ByteSize()) for piece in pieces), initial=0))
    places = np.array([(n, *place) for n, place in enumerate(pairwise(ends))], dtype=np.int32)
    hashes = np.zeros(len(texts), dtype=np.uint64)
    for length in sorted({len(text) for text in texts}):
        alike = [n for n, text in enumerate(texts) if len(text) == length]
        hashes[alike] = _hashes("".join(texts[n] for n in alike), length)[-1][::length]
    if len(np.unique(hashes)) != len(hashes):
        raise ValueError("two pieces have one hash")
    normal = [n for n, piece in enumerate(pieces) if piece.type == ModelProto.SentencePiece.NORMAL]
    by_score = sorted(normal, key=lambda n: (pieces[n].score, n))
    always = {*range(len(pieces))} - {*normal} | {by_score[0], by_score[-1]}
    order = np.argsort(hashes)
    said = {
        "always": places[sorted(always)].tolist(),
        "end": ends[-1],
        "longest": max(map(len, texts)),
    }
    return {
        PIECES: model,
        _HASHES: _as_file(hashes[order]),
        _PLACES: _as_file(places[order]),
        _SAID: json.dumps(said).encode(),
    }


def _hashes(text: str, longest: int) -> list[NDArray[np.uint64]]:
    """The hashes of all parts of a text: those of one character, of two, and so on."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4").astype(np.uint64)
    held, found = np.zeros(len(codes), dtype=np.uint64), []
    for length in range(1, min(longest, len(codes)) + 1):
        held = held[: len(codes) - length + 1] * _FACTOR + codes[length - 1 :] + np.uint64(1)
        held ^= held >> np.uint64(29)
        found.append(held)
    return found


def _size(body: int) -> int:
    """Bytes of a piece of so many in a model's file: its tag and its length come before it."""
    return 1 + max(1, -(-body.bit_length() // 7)) + body


def _as_file(numbers: NDArray[np.generic]) -> bytes:
    file = io.BytesIO()
    np.save(file, numbers)
    return file.getvalue()

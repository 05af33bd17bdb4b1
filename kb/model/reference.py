"""A published model in a folder, read by sentence-transformers itself, and how near a model of ours comes to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import permutations
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, runtime_checkable

import numpy as np

from kb import ModelError, Numbers, Vectors
from kb.model.encoder import Encoder, ModelId
from kb.model.meaning import QUESTIONS
from kb.model.model_loading import by_libraries, hub, see_a_model

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

SENTENCES = tuple(text for texts in zip(*QUESTIONS, strict=True) for text in texts)
"""What both are given: all questions of a language, then those of the next."""
AS_NEAR = 1e-4
"""Of cosine: of two sentences that a model has as near as that to a third, either is its neighbour."""
REFERENCE_STEP = "give the folder of a published model, as sentence-transformers saves it"


@runtime_checkable
class OpenEncoder(Encoder, Protocol):
    """An Encoder that shows how it cuts texts into tokens."""

    def token_ids(self, text: str) -> list[int]:
        """The ids of a text's tokens, special ones with them, never cut short."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A model as its publisher meant it: nothing of ours reads its files."""

    folder: Path
    model: SentenceTransformer

    def rows(self, texts: Sequence[str]) -> Vectors:
        """Embed texts: float32 (n, dim), unit rows."""
        found = self.model.encode(list(texts), show_progress_bar=False, normalize_embeddings=True)
        return np.asarray(found, dtype=np.float32)

    def ids(self, texts: Sequence[str]) -> list[list[int]]:
        """The ids of each text's tokens, special ones with them."""
        return [list(map(int, self.model.tokenizer(text)["input_ids"])) for text in texts]


@dataclass(frozen=True, slots=True)
class OtherNeighbour:
    """A sentence whose nearest one in another language is not the same by both models."""

    sentence: str
    here: str
    there: str


@dataclass(frozen=True, slots=True)
class Agreement:
    """How near a model comes to its reference.

    `cut_otherwise` are the sentences whose tokens differ; `least` and `mean` are of the cosines between the two vectors
    of a sentence; `neighbours` is how often the nearest sentence in another language was asked for.
    """

    sentences: int
    cut_otherwise: tuple[str, ...]
    least: float
    mean: float
    neighbours: int
    other_neighbours: tuple[OtherNeighbour, ...]


def load_reference(folder: Path) -> Reference:
    """Load the model of a folder; no model hub is asked.

    Raises:
        ModelError: there is none, it cannot be loaded, or sentence-transformers is not installed.
    """
    if not folder.is_dir():
        raise ModelError(f"{folder}: no such folder; {REFERENCE_STEP}")
    see_a_model(folder, REFERENCE_STEP)
    with hub(is_offline=True), by_libraries(str(folder), REFERENCE_STEP):
        from sentence_transformers import SentenceTransformer  # noqa: PLC0415  heavy, and wanted here alone

        found = Reference(folder, SentenceTransformer(str(folder), device="cpu", local_files_only=True))
        found.ids(SENTENCES[:1])  # a model of pictures has no such tokens
    found.model.eval()
    return found


def cut_otherwise(encoder: OpenEncoder, reference: Reference, prefix: str = "") -> tuple[str, ...]:
    """The sentences whose tokens are not the same ones; `prefix` stands before each."""
    given = [prefix + text for text in SENTENCES]
    theirs = reference.ids(given)
    return tuple(
        text
        for text, whole, ids in zip(SENTENCES, given, theirs, strict=True)
        if encoder.token_ids(whole) != ids
    )


def agreement(encoder: OpenEncoder, reference: Reference, prefix: str = "") -> Agreement:
    """Give both the same sentences; `prefix` is what the encoder itself puts before passages.

    Raises:
        ModelError: their rows are not of the same length.
    """
    ours, theirs = encoder.passages(SENTENCES), reference.rows([prefix + text for text in SENTENCES])
    if ours.shape != theirs.shape:
        name, own, other = ModelId.parse(encoder.id).name, ours.shape[1], theirs.shape[1]
        raise ModelError(
            f"{reference.folder}: gives {other} numbers a text, {name} {own}, so it is another model; {REFERENCE_STEP}"
        )
    cosines = np.sum(ours * theirs, axis=1)
    here, there = _nearest(ours), _nearest(theirs)
    known = theirs @ theirs.T
    others = tuple(
        OtherNeighbour(SENTENCES[asked], SENTENCES[one], SENTENCES[other])
        for (asked, one), (_, other) in zip(here.tolist(), there.tolist(), strict=True)
        if known[asked, one] < known[asked, other] - AS_NEAR
    )
    cut = cut_otherwise(encoder, reference, prefix)
    return Agreement(len(SENTENCES), cut, float(cosines.min()), float(cosines.mean()), len(here), others)


def _nearest(rows: Vectors) -> Numbers:
    """Each sentence with its nearest one in each other language, by their numbers: (n, 2)."""
    groups = np.split(np.arange(len(rows)), len(QUESTIONS[0]))
    found = [
        np.stack([own, other[(rows[own] @ rows[other].T).argmax(axis=1)]], axis=1)
        for own, other in permutations(groups, 2)
    ]
    return np.concatenate(found)

"""Text -> unit float32 vectors by ONNX Runtime: the embedded models, which need no PyTorch."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from numpy.typing import NDArray

from kb import Vectors
from kb.model.bert import NUMBERS, TOKENS, WORDS, WrittenGraph
from kb.model.encoder import ModelId, Range, means_of_parts, unit
from kb.model.few_pieces import A_WORD
from kb.model.recent import RecentQueries
from kb.model.sources import ModelSource
from kb.model.tokens import TextTokenizer, TextTokens

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

TEXTS_BETWEEN = 16
"""From one letting go to the next: to map a row's page again takes a microsecond."""
_ERRORS_ONLY = 3

Each = TypeVar("Each")
Found = TypeVar("Found")

WordRows = Callable[[NDArray[np.int64]], Vectors]
"""Token ids to their word vectors, float32 (n, hidden)."""


class BertEncoder:
    """An Encoder over a graph of `kb.model.bert`: a text's vector is the mean of its tokens', of length 1.

    Each text is read alone, by one thread, so what it gives depends on nothing beside it; several are read by as many
    threads as there are cores. Safe to call from several threads.
    """

    def __init__(
        self,
        source: ModelSource,
        fingerprint: str,
        graph: Path | WrittenGraph,
        tokenizer: TextTokenizer,
        word_rows: WordRows,
        most: int,
        let_go: Callable[[], None] = lambda: None,
        of_needs: TextTokenizer | None = None,
    ) -> None:
        """Take a graph, its tokenizer and its word table; a text is cut at `most` tokens, special ones included.

        Now and then `let_go` is called, for what was read of the table. `of_needs` makes the same tokens of what users
        ask, and of words, where that costs less for a few texts.
        """
        self._source = source
        self._tokenizer = tokenizer
        self._of_needs = few = of_needs or tokenizer
        self._word_rows = word_rows
        self._most = most
        self._let_go = let_go
        self._turns = count(1)
        self._session = _session(graph)
        self._recent = RecentQueries(lambda text: self._row(source.query_prefix + text, few))
        self.id = str(ModelId(source.name, fingerprint))
        self.dim = int(self._session.get_outputs()[0].shape[2])
        prefix = max(len(few.tokens(text).ids) for text in (source.query_prefix, source.passage_prefix))
        self.max_tokens = most - 2 - prefix

    def spans(self, text: str) -> list[Range]:
        """The character range of each token of a text, in order, special tokens aside."""
        tokenizer = self._of_needs if len(text) <= A_WORD else self._tokenizer
        return [(start, end) for start, end in tokenizer.tokens(text).spans.tolist()]

    def token_ids(self, text: str) -> list[int]:
        """The ids of a text's tokens, special ones with them, never cut short."""
        return [self._tokenizer.first, *self._tokenizer.tokens(text).ids.tolist(), self._tokenizer.last]

    def queries(self, texts: Sequence[str]) -> Vectors:
        """Embed what users ask: float32 (n, dim), unit rows; the last few hundred are kept."""
        return np.stack([self._recent.row(text) for text in texts]) if texts else self._empty()

    def passages(self, texts: Sequence[str]) -> Vectors:
        """Embed what the library holds: float32 (n, dim), unit rows."""
        prefix = self._source.passage_prefix
        rows = self._spread(lambda text: self._row(prefix + text, self._tokenizer), texts)
        return np.stack(rows) if rows else self._empty()

    def passages_with_parts(
        self, texts: Sequence[str], parts: Sequence[Sequence[Range]]
    ) -> tuple[Vectors, list[Vectors]]:
        """Embed texts, and parts of each (character ranges) in their context: unit rows.

        A part that the model did not read has the whole text's row.
        """
        found = self._spread(self._with_parts, list(zip(texts, parts, strict=True)))
        rows = np.stack([row for row, _ in found]) if found else self._empty()
        return rows, [of_parts for _, of_parts in found]

    def _row(self, text: str, tokenizer: TextTokenizer) -> Vectors:
        return unit(self._read(text, tokenizer)[1].mean(axis=0))

    def _with_parts(self, given: tuple[str, Sequence[Range]]) -> tuple[Vectors, Vectors]:
        text, ranges = given
        prefix = self._source.passage_prefix
        read, vectors = self._read(prefix + text, self._tokenizer)
        row = unit(vectors.mean(axis=0))
        starts = read.spans[:, 0] - len(prefix)
        own = vectors[1 : 1 + len(starts)]  # without the special ones, and as many as were read
        return row, means_of_parts(own, starts, ranges, row)

    def _read(self, text: str, tokenizer: TextTokenizer) -> tuple[TextTokens, Vectors]:
        """The tokens that the model reads of a text, and their vectors, with those of the two around them."""
        read = tokenizer.tokens(text)
        read = TextTokens(read.ids[: self._most - 2], read.spans[: self._most - 2])
        ids = np.concatenate([[self._tokenizer.first], read.ids, [self._tokenizer.last]])
        (vectors,) = self._session.run([TOKENS], {WORDS: self._word_rows(ids)[None]})
        if next(self._turns) % TEXTS_BETWEEN == 0:
            self._let_go()
        return read, vectors[0]

    def _spread(self, work: Callable[[Each], Found], given: Sequence[Each]) -> list[Found]:
        """Work on each, on all cores; what was found comes in their order."""
        cores = min(os.cpu_count() or 1, len(given))
        if cores <= 1:
            return [work(one) for one in given]
        with ThreadPoolExecutor(cores) as pool:
            return list(pool.map(work, given))

    def _empty(self) -> Vectors:
        return np.zeros((0, self.dim), dtype=np.float32)


def _session(graph: Path | WrittenGraph) -> InferenceSession:
    from onnxruntime import (  # noqa: PLC0415  only where a model is loaded
        InferenceSession,
        SessionOptions,
        set_default_logger_severity,
    )

    set_default_logger_severity(_ERRORS_ONLY)
    options = SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False  # which would keep what loading took
    if isinstance(graph, WrittenGraph):
        numbers = graph.numbers
        options.add_external_initializers_from_files_in_memory([NUMBERS], [numbers], [len(numbers)])
    given = str(graph) if isinstance(graph, Path) else graph.model
    return InferenceSession(given, options, providers=["CPUExecutionProvider"])

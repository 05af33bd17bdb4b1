"""Whether an embedded model is the published one: it is compared with a folder that came another way."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path

from kb import EMBEDDED_MODEL, ModelError, Settings
from kb.model import (
    E5_NAME,
    ENGLISH_MODEL,
    MULTILINGUAL_MODEL,
    REFERENCE_STEP,
    SENTENCES,
    Agreement,
    Load,
    ModelSource,
    OpenEncoder,
    Reference,
    agreement,
    cut_otherwise,
    load_encoder,
    load_reference,
    model_sources,
)

LEAST_COSINE = 0.999
"""Of a model with the published weights; two ways of computing them differ by less than 0.0001."""
LEAST_IN_4_BITS = 0.9
"""Of one whose weights were rounded to 4 bits: MiniLM's, rounded so, have cosines of 0.944 to 0.98 with themselves."""
ENOUGH_NEIGHBOURS = 0.9
"""Of the nearest sentences in other languages, by both models the same."""


@dataclass(frozen=True, slots=True)
class Against:
    """An embedded model beside the published one in a folder."""

    model: str
    folder: str
    found: Agreement
    is_good: bool


def check_against(settings: Settings, folder: Path, load: Load = load_encoder) -> Against:
    """Compare a published model with the embedded one that its path names, else the one that cuts texts as it does.

    Raises:
        ModelError: the folder holds no model that can be loaded, or another one than those embedded here.
    """
    reference = load_reference(folder.expanduser().resolve())
    plain = replace(settings, model=EMBEDDED_MODEL, multilingual="", query_prefix="", passage_prefix="")
    sources = model_sources(plain)
    for source in sources:
        if _bare(source.name) in _bare(str(reference.folder)):
            return _compared(source, _loaded(source, plain, load), reference)
    for source in sources:
        encoder = _loaded(source, plain, load)
        if len(cut_otherwise(encoder, reference, source.passage_prefix)) < len(SENTENCES):
            return _compared(source, encoder, reference)
    names = " nor ".join(source.name for source in sources)
    raise ModelError(
        f"{reference.folder}: not {names}, the embedded models, which cut each sentence into other tokens;"
        f" {REFERENCE_STEP}"
    )


def _bare(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower())


def _loaded(source: ModelSource, settings: Settings, load: Load) -> OpenEncoder:
    encoder = load(replace(settings, model=MULTILINGUAL_MODEL if source.name == E5_NAME else ENGLISH_MODEL))
    if not isinstance(encoder, OpenEncoder):
        raise ModelError(
            f"{source.name}: does not show how it cuts texts into tokens; install the requirements again"
        )
    return encoder


def _compared(source: ModelSource, encoder: OpenEncoder, reference: Reference) -> Against:
    found = agreement(encoder, reference, source.passage_prefix)
    is_rounded = Path(source.place).is_file()
    same = found.neighbours - len(found.other_neighbours)
    is_good = (
        not found.cut_otherwise
        and found.least >= (LEAST_IN_4_BITS if is_rounded else LEAST_COSINE)
        and same >= ENOUGH_NEIGHBOURS * found.neighbours
    )
    return Against(source.name, str(reference.folder), found, is_good)

"""The embedded models, loaded once."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.model.e5_file import E5File, packaged_e5
from kb.model.model_loading import load_encoder
from kb.model.paired import PairedEncoder
from kb.model.sentence_encoder import SentenceEncoder
from kb.model.sources import ENGLISH_MODEL, MULTILINGUAL_MODEL
from kb.settings import Settings


def _loaded(model: str) -> SentenceEncoder:
    encoder = load_encoder(Settings(Path("unused"), model))
    assert isinstance(encoder, SentenceEncoder)
    return encoder


@pytest.fixture(scope="session")
def english() -> SentenceEncoder:
    return _loaded(ENGLISH_MODEL)


@pytest.fixture(scope="session")
def packaged() -> Path:
    """The file of the multilingual model, which is there on Linux on x86-64 alone."""
    path = packaged_e5()
    if path is None:
        pytest.skip("its package is not for this platform")
    return path


@pytest.fixture(scope="session")
def multilingual(packaged: Path) -> SentenceEncoder:
    return _loaded(MULTILINGUAL_MODEL)


@pytest.fixture(scope="session")
def pair(english: SentenceEncoder, multilingual: SentenceEncoder) -> PairedEncoder:
    return PairedEncoder([english, multilingual])


@pytest.fixture(scope="session")
def e5(packaged: Path) -> E5File:
    return E5File.read(packaged)

"""The embedded models, loaded once."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.model.bert_encoder import BertEncoder
from kb.model.e5_file import E5File, packaged_e5
from kb.model.model_loading import load_encoder
from kb.model.paired import PairedEncoder
from kb.model.sources import ENGLISH_MODEL, MULTILINGUAL_MODEL
from kb.settings import Settings


def _loaded(model: str) -> BertEncoder:
    encoder = load_encoder(Settings(Path("unused"), model))
    assert isinstance(encoder, BertEncoder)
    return encoder


@pytest.fixture(scope="session")
def english() -> BertEncoder:
    return _loaded(ENGLISH_MODEL)


@pytest.fixture(scope="session")
def packaged() -> Path:
    """The file of the multilingual model, which is there on Linux on x86-64 alone."""
    path = packaged_e5()
    if path is None:
        pytest.skip("its package is not for this platform")
    return path


@pytest.fixture(scope="session")
def multilingual(packaged: Path) -> BertEncoder:
    return _loaded(MULTILINGUAL_MODEL)


@pytest.fixture(scope="session")
def pair(english: BertEncoder, multilingual: BertEncoder) -> PairedEncoder:
    return PairedEncoder([english, multilingual])


@pytest.fixture(scope="session")
def e5(packaged: Path) -> E5File:
    return E5File.read(packaged)

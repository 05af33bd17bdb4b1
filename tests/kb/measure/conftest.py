from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kb.search.library import Library
from kb.settings import Settings
from tests.factories import FakeEncoder
from tests.kb.search.test_search import ONE, OTHER, publish


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    """A library of two small handbooks, one.pdf and two.pdf."""
    publish(tmp_path / "data", {"one": ONE, "two": (OTHER,)})
    with Library.open(Settings(tmp_path / "data"), FakeEncoder()) as opened:
        yield opened

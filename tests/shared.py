"""The shared folder beside the project: real handbooks, their gold annotations, the scorers."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"
HANDBOOKS = SHARED / "handbooks"
GOLD = HANDBOOKS / "gold"

needs_handbooks = pytest.mark.skipif(
    not GOLD.is_dir(), reason="the folder of real handbooks (../shared/handbooks) is not here"
)


def scorer() -> ModuleType:
    """The measure of an extraction, score_extraction.py."""
    spec = importlib.util.spec_from_file_location(
        "score_extraction", SHARED / "score" / "score_extraction.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module

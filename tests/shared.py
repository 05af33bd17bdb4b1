"""The shared folder beside the project: real handbooks, their gold annotations, the scorers."""

from __future__ import annotations

import pytest

from benchmarks.setting import ROOT

SHARED = ROOT.parent / "shared"
HANDBOOKS = SHARED / "handbooks"
GOLD = HANDBOOKS / "gold"
SCORE = SHARED / "score"
CASES = SHARED / "cases"

needs_handbooks = pytest.mark.skipif(
    not GOLD.is_dir(), reason="the folder of real handbooks (../shared/handbooks) is not here"
)
needs_scorers = pytest.mark.skipif(
    not (SCORE / "score_extraction.py").is_file(), reason="the scorers (../shared/score) are not here"
)
needs_cases = pytest.mark.skipif(
    not (CASES / "cases.json").is_file(), reason="the folder of small cases (../shared/cases) is not here"
)

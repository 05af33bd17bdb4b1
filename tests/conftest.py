"""Golden files, kept in tests/golden: `make golden` writes them, and their diff is reviewed."""

from __future__ import annotations

import difflib
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

# In CI the examples are the same in every run, so that a red run is the change's; by hand they keep searching.
settings.register_profile("ci", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile("ci")

GOLDEN = Path(__file__).parent / "golden"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--golden", action="store_true", help="write the golden files anew instead of comparing")


@pytest.fixture
def check_golden(request: pytest.FixtureRequest) -> Callable[[str, Any], None]:
    """Compare a value with the golden file of that name, or write it."""

    def check(name: str, value: Any) -> None:
        path = GOLDEN / f"{name}.json"
        new = json.dumps(value, ensure_ascii=False, indent=1) + "\n"
        if request.config.getoption("--golden"):
            GOLDEN.mkdir(exist_ok=True)
            path.write_text(new, encoding="utf-8")
        old = path.read_text(encoding="utf-8") if path.is_file() else ""
        diff = list(
            difflib.unified_diff(old.splitlines(), new.splitlines(), "golden", "now", lineterm="", n=1)
        )
        assert not diff, "\n".join([f"{path.name} differs; if that is meant: make golden", *diff[:40]])

    return check

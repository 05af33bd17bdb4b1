"""Golden files and recorded figures, kept in tests/golden: `make golden` writes them, and their diff is reviewed."""

from __future__ import annotations

import difflib
import json
import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from kb.model.model_loading import load_encoder
from kb.settings import Settings
from tests.kept import KeptEncoder
from tests.recorded import GOLDEN, NEXT_STEP, CheckRecord, Rows, Table

# A busy machine fails no test. In CI the examples are the same in every run, so that a red run is the change's; by hand
# they keep searching.
settings.register_profile("kb", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", parent=settings.get_profile("kb"), derandomize=True)
MASK = os.umask(0o022)
os.umask(MASK)
settings.load_profile("ci" if os.environ.get("CI") else "kb")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--golden", action="store_true", help="write the golden files anew instead of comparing")


@pytest.fixture(autouse=True)
def mask() -> Iterator[None]:
    """Give each test the mask of files that the run began with: a command that runs in this process changes it."""
    os.umask(MASK)
    yield
    os.umask(MASK)


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


@pytest.fixture(scope="session")
def embedded_model(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[KeptEncoder]:
    """The embedded model, with the vectors that the last run kept; `make golden` embeds all anew."""
    cache = None if request.config.getoption("--golden") else getattr(request.config, "cache", None)
    folder = cache.mkdir("vectors") if cache else tmp_path_factory.mktemp("vectors")
    kept = KeptEncoder(load_encoder(Settings(folder)), folder / "embedded.npz")
    yield kept
    kept.save()


@pytest.fixture
def check_record(request: pytest.FixtureRequest) -> CheckRecord:
    """Compare a group's figures with the recorded ones, or record them."""

    def check(table: Table, group: str, rows: Rows) -> None:
        if request.config.getoption("--golden"):
            table.write(GOLDEN, group, rows)
        wrong = table.complaints(GOLDEN, group, rows)
        summary = f"{table.name}.csv: {len(wrong)} figures are not as recorded; {NEXT_STEP}"
        assert not wrong, "\n".join([summary, *wrong])

    return check

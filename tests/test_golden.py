from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ingest import pipeline
from kb.settings import Settings

SAMPLE = Path(__file__).resolve().parent.parent / "corpus" / "sample"


@pytest.mark.golden
@pytest.mark.parametrize("edition", [1, 2])
def test_extraction_of_the_sample_handbook_is_the_golden_one(
    edition: int, check_golden: Callable[[str, Any], None], tmp_path: Path
) -> None:
    name = f"handbook-edition-{edition}"
    found = pipeline.extract(Settings(tmp_path), SAMPLE / f"{name}.pdf").as_json()
    check_golden(name, _short(found))


def _short(found: dict[str, Any]) -> dict[str, Any]:
    """The same with a checksum for each long text, so that a diff shows what changed and not all of it."""
    for practice in found["practices"]:
        practice["fields"] = [
            f"{field['label']} [{field['name']}] p. {field['page']}: {_text(field['text'])}"
            for field in practice["fields"]
        ]
    found["unassigned"] = [f"p. {u['page']} {u['reason']}: {_text(u['text'])}" for u in found["unassigned"]]
    return found


def _text(text: str) -> str:
    if len(text) <= 60:
        return text
    return f"{text[:40]}… ({len(text)} characters, {hashlib.sha256(text.encode()).hexdigest()[:8]})"

"""What the default settings reach on real handbooks, with the shared scorer; figures of the issues."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from ingest import reader
from ingest.reading.extraction import Extraction
from tests.shared import GOLD, HANDBOOKS, needs_handbooks, scorer

SAMPLE = Path(__file__).resolve().parents[1] / "corpus" / "sample"


def extracted(path: Path) -> Extraction:
    request = {"name": path.name, "max_pages": 1000}
    return Extraction.of_data(reader.read(request, path.read_bytes(), lambda *_: None))


def f1(pairs: list[tuple[dict[str, Any], dict[str, Any]]]) -> dict[str, float]:
    """F1 of each part over all documents together, as the scorer counts."""
    score = scorer()
    total: dict[str, list[int]] = {}
    for gold, got in pairs:
        for part, counts in score.score(gold, got).items():
            held = total.setdefault(part, [0, 0, 0])
            for place, count in enumerate(counts):
                held[place] += count
    return {part: score.prf(*counts)[2] for part, counts in total.items()}


@needs_handbooks
def test_real_handbooks_reach_their_figures() -> None:
    pairs = []
    for gold in sorted(GOLD.glob("*.json")):
        stated = json.loads(gold.read_text(encoding="utf-8"))
        pairs.append((stated, extracted(HANDBOOKS / stated["file"]).as_json()))
    reached = f1(pairs)
    least = {"annexes": 0.97, "practices": 0.95, "page spans": 0.90, "fields": 0.90, "institution": 1.0,
             "tools (recall)": 0.80}  # fmt: skip
    assert {part: value for part, value in reached.items() if value < least[part]} == {}


@needs_handbooks
@pytest.mark.parametrize(
    "name", sorted(p.name for p in HANDBOOKS.glob("*.pdf") if not p.name.startswith(("ocr", "scan")))
)
def test_nearly_every_character_of_a_real_handbook_is_assigned(name: str) -> None:
    totals = dict(extracted(HANDBOOKS / name).ledger)
    assert totals.get("unassigned", 0) <= 0.02 * sum(totals.values())


@needs_handbooks
@pytest.mark.skipif(shutil.which("tesseract") is None, reason="tesseract-ocr is not installed")
@pytest.mark.parametrize(("name", "gold", "offset"), [("scan-or4-case-reading", "or4-case-reading", 0)])
def test_a_scan_is_read_as_its_text_is(name: str, gold: str, offset: int) -> None:
    stated = json.loads((GOLD / f"{gold}.json").read_text(encoding="utf-8"))
    for practice in stated["practices"]:
        practice["page_start"] -= offset
        practice["page_end"] -= offset
    found = extracted(HANDBOOKS / f"{name}.pdf")
    reached = f1([(stated, found.as_json())])
    assert reached["practices"] >= 0.9
    assert reached["fields"] >= 0.8
    assert all(page.is_ocr and page.confidence for page in found.pages)


@pytest.mark.parametrize("edition", [1, 2])
def test_the_sample_handbook_is_read_whole(edition: int) -> None:
    truth = json.loads((SAMPLE / f"truth-{edition}.json").read_text(encoding="utf-8"))
    found = extracted(SAMPLE / f"handbook-edition-{edition}.pdf")
    if not (GOLD.parent.parent / "score").is_dir():
        pytest.skip("the scorer (../shared/score) is not here")
    reached = f1([(truth, found.as_json())])
    assert min(reached.values()) >= 0.97
    assert found.missing == ()


def test_every_shown_value_stands_verbatim_on_its_page() -> None:
    found = extracted(SAMPLE / "handbook-edition-1.pdf")
    pages = {p.number: letters(p.text) for p in found.pages}
    for record in found.records:
        for field in record.fields:
            printed = "".join(pages[n] for n in range(record.page_start, record.page_end + 1))
            assert letters(field.label) in printed
            for paragraph in field.text.split("\n"):
                assert letters(paragraph[:40]) in printed or all(
                    letters(cell) in printed for cell in paragraph.split("\t")
                ), (record.title, field.label, paragraph[:60])


def letters(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum())

"""What the default settings read in real handbooks, the sample and small files with a trap, held to what they had."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from benchmarks import scoring
from benchmarks.cases import Outcome, Reader, outcomes
from benchmarks.scoring import rates
from benchmarks.setting import SAMPLE, shared_script
from corpus import build
from ingest import reader
from ingest.page import ocr
from ingest.reading.extraction import Extraction
from tests.kept import KeptEncoder
from tests.recorded import CASES, EXTRACTION, GOLDEN, RIGHT, WRONG, CheckRecord, Figures, Key, Rows
from tests.shared import GOLD, HANDBOOKS, needs_cases, needs_handbooks, needs_scorers

EDITIONS = (1, 2)

Score = Callable[[Mapping[str, Any], Mapping[str, Any]], Mapping[str, Sequence[int]]]


def read(path: Path) -> Extraction:
    request = {"name": path.name, "max_pages": 1000}
    return Extraction.of_data(reader.read(request, path.read_bytes(), lambda *_: None))


@cache
def extracted(path: Path) -> Extraction:
    """Read once for all tests here, pictures aside, so that no figure depends on the Tesseract that is installed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ocr, "read", lambda *_: {})
        return read(path)


def truth(edition: int) -> tuple[dict[str, Any], Extraction]:
    """What the typesetter says is in the sample, and what is read."""
    stated = json.loads((SAMPLE.parent / f"truth-{edition}.json").read_text(encoding="utf-8"))
    return stated, extracted(SAMPLE.parent / f"handbook-edition-{edition}.pdf")


def rows(group: str, pairs: Iterable[tuple[dict[str, Any], Extraction]], score: Score) -> Rows:
    return {
        (group, gold["file"], part): (*map(str, counts), f"{rates(*counts)[2]:.3f}")
        for gold, found in pairs
        for part, counts in score(gold, found.as_json()).items()
    }


@pytest.mark.golden
@needs_handbooks
@needs_scorers
def test_real_handbooks_are_read_as_well_as_recorded(check_record: CheckRecord) -> None:
    stated = [json.loads(gold.read_text(encoding="utf-8")) for gold in sorted(GOLD.glob("*.json"))]
    pairs = ((gold, extracted(HANDBOOKS / gold["file"])) for gold in stated)
    score: Score = shared_script("score_extraction").score
    check_record(EXTRACTION, "handbooks", rows("handbooks", pairs, score))


@pytest.mark.golden
def test_the_sample_handbook_is_read_as_well_as_recorded(check_record: CheckRecord) -> None:
    check_record(EXTRACTION, "sample", rows("sample", map(truth, EDITIONS), scoring.score))


@pytest.mark.golden
def test_the_sample_set_in_other_styles_is_read_as_well_as_recorded(
    check_record: CheckRecord, tmp_path: Path
) -> None:
    build.build_variants(build.unpack_fonts(tmp_path), tmp_path)
    stated = [json.loads(gold.read_text(encoding="utf-8")) for gold in sorted(tmp_path.glob("*.json"))]
    pairs = ((gold, extracted(tmp_path / gold["file"])) for gold in stated)
    check_record(EXTRACTION, "styles", rows("styles", pairs, scoring.score))


@pytest.mark.parametrize("edition", EDITIONS)
def test_the_sample_handbook_is_read_whole(edition: int) -> None:
    stated, found = truth(edition)
    reached = {part: rates(*c)[2] for part, c in scoring.score(stated, found.as_json()).items()}
    assert min(reached.values()) >= 0.97, reached
    assert found.missing == ()


@needs_scorers
@pytest.mark.parametrize("edition", EDITIONS)
def test_our_scorer_counts_as_the_shared_one(edition: int) -> None:
    theirs: Score = shared_script("score_extraction").score
    stated, found = truth(edition)
    for seed in range(8):
        spoilt = worse(found.as_json(), random.Random(seed), seed / 10)
        ours = {part: list(counts) for part, counts in scoring.score(stated, spoilt).items()}
        assert ours == {part: list(c) for part, c in theirs(stated, spoilt).items() if part in ours}


def worse(found: Mapping[str, Any], chance: random.Random, share: float) -> dict[str, Any]:
    """The same with some records lost or doubled, on other pages, and with other words and labels."""
    spoilt = deepcopy(dict(found))
    for part in ("annexes", "practices", "tools"):
        spoilt[part] = [
            one
            for one in spoilt[part]
            for _ in range(chance.choice((0, 2)) if chance.random() < share else 1)
        ]
        spoilt[part] = deepcopy(spoilt[part])
        for one in spoilt[part]:
            for key in ("title", "name", "label", "institution", "page", "page_start", "page_end"):
                if key in one and chance.random() < share:
                    one[key] = one[key] + 1 if isinstance(one[key], int) else cut(one[key], chance)
            for field in one.get("fields", ()):
                for key in ("label", "text"):
                    field[key] = cut(field[key], chance) if chance.random() < share else field[key]
    return spoilt


def cut(text: str | None, chance: random.Random) -> str:
    """A part of a text, with some letters lost: now alike enough, now not."""
    kept = (text or "")[chance.choice((0, 0, 3, 60)) :]
    return "".join(c for c in kept if chance.random() > 0.15)


@needs_handbooks
@pytest.mark.parametrize(
    "name", sorted(p.name for p in HANDBOOKS.glob("*.pdf") if not p.name.startswith(("ocr", "scan")))
)
def test_nearly_every_character_of_a_real_handbook_is_assigned(name: str) -> None:
    totals = dict(extracted(HANDBOOKS / name).ledger)
    assert totals.get("unassigned", 0) <= 0.02 * sum(totals.values())


@needs_handbooks
@needs_scorers
@pytest.mark.skipif(shutil.which("tesseract") is None, reason="tesseract-ocr is not installed")
def test_a_scan_is_read_as_its_text_is() -> None:
    stated = json.loads((GOLD / "or4-case-reading.json").read_text(encoding="utf-8"))
    found = read(HANDBOOKS / "scan-or4-case-reading.pdf")
    counts = shared_script("score_extraction").score(stated, found.as_json())
    assert rates(*counts["practices"])[2] >= 0.9
    assert rates(*counts["fields"])[2] >= 0.8
    assert all(page.is_ocr and page.confidence for page in found.pages)


@pytest.fixture(scope="module")
def tried(embedded_model: KeptEncoder) -> tuple[Outcome, ...]:
    return outcomes(embedded_model)


def outcome_rows(tried: Iterable[Outcome], read_by: Reader) -> dict[Key, Figures]:
    chosen = (one for one in tried if one.reader is read_by)
    return {(read_by.value, one.name): (RIGHT if one.is_right else WRONG,) for one in chosen}


@pytest.mark.golden
@needs_cases
@needs_scorers
def test_small_cases_come_out_as_recorded(tried: tuple[Outcome, ...], check_record: CheckRecord) -> None:
    check_record(CASES, Reader.TEXT, outcome_rows(tried, Reader.TEXT))


@pytest.mark.golden
@needs_cases
@needs_scorers
def test_small_cases_that_need_ocr_come_out_as_recorded(
    tried: tuple[Outcome, ...], check_record: CheckRecord, request: pytest.FixtureRequest
) -> None:
    read_by = Reader.OCR if shutil.which("tesseract") else Reader.NONE
    is_recorded = any(group == read_by for group, _ in CASES.read(GOLDEN))
    if not is_recorded and not request.config.getoption("--golden"):
        pytest.skip(f"{read_by}: these have no record yet; make golden writes one")
    check_record(CASES, read_by, outcome_rows(tried, read_by))


def test_every_shown_value_stands_verbatim_on_its_page() -> None:
    found = extracted(SAMPLE)
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

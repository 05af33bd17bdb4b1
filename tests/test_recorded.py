"""Figures that are not as recorded are told, each with what it was and what to do next."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from kb import Vectors
from tests.factories import FakeEncoder
from tests.kept import KeptEncoder
from tests.recorded import CASES, EXTRACTION, RIGHT, SEARCH, WRONG, Figures, Rows, Table, Verdict

FIELDS = ("handbooks", "one.pdf", "fields")
TOOLS = ("handbooks", "one.pdf", "tools")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    EXTRACTION.write(
        tmp_path, "handbooks", {FIELDS: ("8", "9", "10", "0.842"), TOOLS: ("0", "5", "0", "0.000")}
    )
    EXTRACTION.write(tmp_path, "sample", {("sample", "two.pdf", "fields"): ("1", "1", "1", "1.000")})
    return tmp_path


def complaints(folder: Path, **figures: Figures) -> list[str]:
    now = {FIELDS: ("8", "9", "10", "0.842"), TOOLS: ("0", "5", "0", "0.000")}
    named = {"fields": FIELDS, "tools": TOOLS}
    return EXTRACTION.complaints(folder, "handbooks", now | {named[k]: f for k, f in figures.items()})


def test_figures_as_recorded_are_no_complaint(folder: Path) -> None:
    assert complaints(folder) == []


def test_a_fall_names_file_part_record_and_what_is_now(folder: Path) -> None:
    (told,) = complaints(folder, fields=("7", "9", "10", "0.737"))
    assert told == (
        "fell: handbooks, one.pdf, fields: recorded right 8 found 9 to find 10 F1 0.842, "
        "now right 7 found 9 to find 10 F1 0.737"
    )


def test_a_rise_is_told_as_well(folder: Path) -> None:
    (told,) = complaints(folder, fields=("9", "9", "10", "0.947"))
    assert told.startswith("better than recorded: handbooks, one.pdf, fields: ")


def test_where_nothing_is_to_be_found_more_that_is_wrong_is_a_fall_and_comes_first(folder: Path) -> None:
    told = complaints(folder, fields=("9", "9", "10", "0.947"), tools=("0", "6", "0", "0.000"))
    assert [line.split(":")[0] for line in told] == ["fell", "better than recorded"]


def test_rows_without_record_and_records_without_row_are_told(folder: Path) -> None:
    rows: Rows = {
        FIELDS: ("8", "9", "10", "0.842"),
        ("handbooks", "new.pdf", "title"): ("1", "1", "1", "1.000"),
    }
    assert [line.split(":")[0] for line in EXTRACTION.complaints(folder, "handbooks", rows)] == [
        "no record",
        "no longer measured",
    ]


def test_recording_one_group_leaves_the_others(folder: Path) -> None:
    before = EXTRACTION.read(folder)
    EXTRACTION.write(folder, "handbooks", {FIELDS: ("10", "10", "10", "1.000")})
    after = EXTRACTION.read(folder)
    assert after[FIELDS] == ("10", "10", "10", "1.000")
    assert TOOLS not in after
    assert {key: row for key, row in after.items() if key[0] == "sample"} == {
        key: row for key, row in before.items() if key[0] == "sample"
    }


@pytest.mark.parametrize(
    ("table", "was", "now", "verdict"),
    [
        (SEARCH, ("27", "0.878", "0.778"), ("27", "0.874", "0.782"), Verdict.SAME),
        (SEARCH, ("27", "0.878", "0.778"), ("27", "0.872", "0.815"), Verdict.FELL),
        (SEARCH, ("27", "0.878", "0.778"), ("27", "0.884", "0.778"), Verdict.ROSE),
        (SEARCH, ("27", "0.878", ""), ("28", "0.878", ""), Verdict.DIFFERS),
        (SEARCH, ("8", "0.948", ""), ("8", "0.948", ""), Verdict.SAME),
        (CASES, (RIGHT,), (WRONG,), Verdict.FELL),
        (CASES, (WRONG,), (RIGHT,), Verdict.ROSE),
        (EXTRACTION, ("8", "9", "10", "0.842"), ("8", "10", "9", "0.842"), Verdict.FELL),
        (EXTRACTION, ("0", "1", "1", "0.000"), ("0", "1", "2", "0.000"), Verdict.DIFFERS),
    ],
)
def test_figures_are_judged_by_what_they_are(
    table: Table, was: Figures, now: Figures, verdict: Verdict
) -> None:
    assert table.judged(was, now) is verdict


def test_a_figure_that_noise_has_moved_stays_as_it_was_recorded(tmp_path: Path) -> None:
    key = ("needs.json", "all", "hybrid")
    for figure in ("0.748", "0.751"):
        SEARCH.write(tmp_path, "needs.json", {key: ("36", figure, "0.611", "0.773", "0.801")})
    assert SEARCH.read(tmp_path)[key][1] == "0.748"


class OtherEncoder(FakeEncoder):
    """Another model under the same name."""

    def passages(self, texts: Sequence[str]) -> Vectors:
        return np.asarray(-super().passages(texts), dtype=np.float32)


def embedded(path: Path, texts: Sequence[str], model: FakeEncoder) -> tuple[list[str], Vectors]:
    kept = KeptEncoder(model, path)
    rows = kept.passages(texts)
    kept.save()
    return model.embedded, rows


def test_what_was_embedded_in_the_last_run_is_only_probed_in_the_next(tmp_path: Path) -> None:
    texts = [f"text {number}" for number in range(20)]
    first, rows = embedded(tmp_path / "kept.npz", texts, FakeEncoder())
    again, same = embedded(tmp_path / "kept.npz", [*texts, "new"], FakeEncoder())
    assert (first, again) == (texts, [*texts[:8], "new"])
    assert np.array_equal(rows, same[:20])


def test_vectors_of_a_model_that_changed_under_its_name_are_forgotten(tmp_path: Path) -> None:
    texts = [f"text {number}" for number in range(20)]
    _, rows = embedded(tmp_path / "kept.npz", texts, FakeEncoder())
    again, other = embedded(tmp_path / "kept.npz", texts, OtherEncoder())
    assert again == [*texts[:8], *texts]
    assert np.array_equal(rows, -other)

"""Constants are chosen by a table alone, the simpler of two that are near; what is patched is put back."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmarks import answering, choosing, grounds, marks
from benchmarks.choosing import Grid, Setting
from benchmarks.grounds import Grounds, Kept, built_in, changes_index, patched, some_questions
from benchmarks.leaving_out_search import Measured, _constant, by_ndcg, by_nothing, indexed, left_out, measure
from kb.measure import chance, evaluation
from kb.measure.collection import Collection
from kb.measure.evaluation import Evaluation
from tests.factories import FakeEncoder

GRID: Grid = {
    "kb.search.nearness:MEAN_SHARE": (0.0, 0.5, 0.75),
    "kb.search.retrieval:ACROSS_SHARE": (0.0, 1.0),
}
FAMILIES = {"dev": "real", "hard": "real", "sample": "sample", "cran": "cran"}


def table(**best: Setting) -> dict[Setting, dict[str, float]]:
    """Each collection has 0.8 with its best setting and 0.6 with any other."""
    return {
        setting: {name: 0.8 if best[name] == setting else 0.6 for name in best}
        for setting in choosing.settings_of(GRID)
    }


def test_a_grid_is_all_its_combinations_or_those_one_step_from_what_is_built_in() -> None:
    assert len(choosing.settings_of(GRID)) == 6
    assert choosing.one_at_a_time(GRID, (0.75, 1.0)) == [(0.75, 1.0), (0.0, 1.0), (0.5, 1.0), (0.75, 0.0)]


def test_the_setting_of_most_worth_is_chosen() -> None:
    measured = table(dev=(0.5, 1.0), hard=(0.5, 1.0), sample=(0.5, 1.0), cran=(0.75, 0.0))
    assert choosing.chosen(measured, GRID, FAMILIES) == (0.5, 1.0)


def test_a_family_of_many_weighs_no_more_than_one_collection() -> None:
    many = {**{f"x{n}": "xquad" for n in range(20)}, "sample": "sample", "cran": "cran"}
    measured = table(
        **dict.fromkeys((f"x{n}" for n in range(20)), (0.5, 1.0)), sample=(0.75, 1.0), cran=(0.75, 1.0)
    )
    assert choosing.chosen(measured, GRID, many) == (0.75, 1.0)


@pytest.mark.parametrize(("lead", "wanted"), [(0.003, (0.0, 0.0)), (0.02, (0.75, 1.0))])
def test_of_two_that_are_near_the_simpler_is_chosen(lead: float, wanted: Setting) -> None:
    measured = {setting: {"dev": 0.8} for setting in choosing.settings_of(GRID)}
    measured[0.75, 1.0]["dev"] += lead
    assert choosing.chosen(measured, GRID, {"dev": "real"}) == wanted


def test_fewer_constants_in_use_are_simpler_than_smaller_ones() -> None:
    measured: dict[Setting, dict[str, float]] = {(0.75, 0.0): {"dev": 0.8}, (0.5, 1.0): {"dev": 0.8}}
    assert choosing.chosen(measured, GRID, {"dev": "real"}) == (0.75, 0.0)


def test_constants_for_a_collection_are_chosen_without_all_of_its_family() -> None:
    measured = table(dev=(0.5, 1.0), hard=(0.5, 1.0), sample=(0.75, 1.0), cran=(0.75, 1.0))
    found = {one.collection: one for one in choosing.left_out(measured, GRID, FAMILIES)}
    assert found["dev"].setting == found["hard"].setting == (0.75, 1.0)
    assert (found["dev"].on_all, found["dev"].without, found["dev"].best) == (0.6, 0.6, 0.8)
    assert (found["sample"].on_all, found["sample"].without) == (0.8, 0.6)


def test_the_table_names_what_is_built_in_and_what_differs() -> None:
    measured = table(dev=(0.5, 1.0), hard=(0.5, 1.0), sample=(0.75, 1.0), cran=(0.75, 1.0))
    lines = list(choosing.rows(measured, GRID, FAMILIES, (0.5, 1.0)))
    assert lines[0] == "Chosen on all: MEAN_SHARE 0.75, ACROSS_SHARE 1.0."
    assert lines[1] == "Built in: MEAN_SHARE 0.5, ACROSS_SHARE 1.0."
    assert "| sample | 0.600 | 0.800 | 0.600 | 0.800 | MEAN_SHARE 0.5 |" in lines
    assert lines[-1].startswith("| mean | 0.700 | 0.700 |")


def test_nothing_to_choose_from_is_an_error() -> None:
    with pytest.raises(ValueError, match="no settings"):
        choosing.chosen({}, GRID, FAMILIES)


LEVEL, MAIN = "kb.measure.chance:LEVEL", "kb.measure.chance:MAIN"


def test_constants_are_patched_for_a_while() -> None:
    before = built_in(LEVEL)
    with patched({LEVEL: 0.5}):
        with patched({LEVEL: 0.25, MAIN: "other"}):
            assert (chance.LEVEL, built_in(MAIN)) == (0.25, "other")
        assert chance.LEVEL == 0.5
    assert before == chance.LEVEL


def test_a_constant_that_another_module_took_by_name_is_patched_there_as_well() -> None:
    before = built_in(MAIN)
    with patched({MAIN: "other"}):
        assert vars(evaluation)["MAIN"] == "other"
    assert vars(evaluation)["MAIN"] == built_in(MAIN) == before


def test_a_constant_that_is_not_there_is_an_error_and_nothing_stays_patched() -> None:
    before = built_in(LEVEL)
    with pytest.raises(AttributeError), patched({LEVEL: 0, "kb.measure.chance:NO_SUCH": 1}):
        pass
    assert built_in(LEVEL) == before


def test_only_constants_outside_search_change_what_is_indexed() -> None:
    assert changes_index("kb.model.passages:MOST_WORDS")
    assert not changes_index("kb.search.nearness:MEAN_SHARE")
    grid: Grid = {"kb.search.nearness:MEAN_SHARE": (0.0,), "kb.model.passages:MOST_WORDS": (150, 100)}
    assert not indexed(GRID, (0.0, 1.0))  # the libraries of what is built in serve
    assert indexed(grid, (0.0, 150)) == indexed(grid, (0.75, 150)) != indexed(grid, (0.0, 100))


def test_what_is_tried_is_named_by_module_and_values() -> None:
    assert _constant("kb.search.nearness:MEAN_SHARE=0,0.5") == ("kb.search.nearness:MEAN_SHARE", (0, 0.5))
    assert _constant("kb.x:Y=true,word") == ("kb.x:Y", (True, "word"))
    for wrong in ("MEAN_SHARE=1", "kb.search.nearness:MEAN_SHARE"):
        with pytest.raises(argparse.ArgumentTypeError):
            _constant(wrong)


def test_texts_are_embedded_once_whatever_library_asks() -> None:
    encoder = FakeEncoder()
    kept = Kept(encoder)
    first = kept.passages(["a b", "c", "a b"])
    assert np.array_equal(kept.passages(["c", "a b"]), first[[1, 0]])
    assert encoder.embedded == ["a b", "c"]
    assert kept.passages([]).shape[0] == 0


@pytest.fixture
def ground(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A classic collection of two documents, and nothing else."""
    folder = tmp_path / "collections" / "medline"
    (folder / "qrels").mkdir(parents=True)
    texts = {"d1": "Beans grow on the roof.", "d2": "Bridges of steel and stone."}
    (folder / "corpus.jsonl").write_text(
        "".join(json.dumps({"_id": n, "text": t}) + "\n" for n, t in texts.items())
    )
    (folder / "queries.jsonl").write_text(
        '{"_id": "q1", "text": "steel bridges"}\n{"_id": "q2", "text": "beans"}\n'
    )
    (folder / "qrels" / "test.tsv").write_text("query\tdocument\tgrade\nq1\td2\t1\nq2\td1\t1\n")
    monkeypatch.setattr(grounds, "COLLECTIONS", tmp_path / "collections")
    monkeypatch.setattr(grounds, "SCORE", tmp_path)
    return folder


def test_a_setting_is_measured_once_filled_libraries_are_used_again(
    ground: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    grid: Grid = {LEVEL: (0.5, 0.75), "kb.model.recent:MOST": (150, 3)}
    seen: list[tuple[float, int]] = []

    def figure(found: Evaluation, style: str) -> float:
        seen.append((built_in(LEVEL), built_in("kb.model.recent:MOST")))
        return by_ndcg(found, style)

    asked = Grounds(tmp_path / "kept", FakeEncoder(), ("medline",))
    kept = Measured(grid, list(asked.families), tmp_path / "table.csv")
    settings = choosing.settings_of(grid)
    measure(asked, grid, settings, figure, kept)
    assert sorted(seen) == [(0.5, 3), (0.5, 150), (0.75, 3), (0.75, 150)]
    assert kept.table[0.5, 150] == {"medline": 1.0}
    assert len(list((tmp_path / "kept").iterdir())) == 2
    again = Measured(grid, list(asked.families), tmp_path / "table.csv")
    measure(asked, grid, settings, figure, again)
    assert (again.table, len(seen)) == (kept.table, 4)
    with pytest.raises(SystemExit, match="other constants"):
        Measured(GRID, list(asked.families), tmp_path / "table.csv")


def test_an_unknown_collection_is_refused(ground: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="nowhere: no such collection"):
        Grounds(tmp_path, FakeEncoder(), ("medline", "nowhere"))


def test_the_same_questions_are_drawn_in_every_language() -> None:
    def collection(order: Mapping[str, str]) -> Collection:
        return Collection("c", (), tuple(order.items()), {})

    german = {f"q{n:02}": f"Frage {n}" for n in range(40)}
    greek = {name: text.replace("Frage", "ερώτηση") for name, text in reversed(german.items())}
    drawn = [[name for name, _ in some_questions(collection(one), 10).queries] for one in (german, greek)]
    assert drawn[0] == drawn[1] == [f"q{n:02}" for n in range(0, 40, 4)]


def test_nothing_fits_counts_what_is_rightly_said_and_what_is_wrongly_said_alike() -> None:
    assert by_nothing(Evaluation((), (5, 10), (10, 40)), "all") == 0.5 * (0.5 + 0.75)
    assert by_nothing(Evaluation((), (0, 0), (10, 40)), "all") == 0.75


def test_the_sections_of_the_document_are_measured_and_written_between_their_marks(
    ground: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = Grounds(tmp_path / "kept", FakeEncoder(), ("medline",))
    with asked.opened() as library_of:
        lines = list(answering.collections(asked, library_of, tmp_path))
    assert lines[2] == "| medline | 2 | 1.000 | 1.000 | **1.000** | 1.00–1.00 | 1.00 | – |"
    assert lines[3] == "| mean of the 1 classic ones | | | | | | 1.00 | 1.08 |"
    document = tmp_path / "quality.md"
    document.write_text(
        "Before\n<!-- collections: made by `make quality` -->\nold\n<!-- end of collections -->\nafter\n"
    )
    marks.renew("collections", "\n".join(lines), document)
    marks.renew("collections", "\n".join(lines), document)
    told = document.read_text("utf-8").splitlines()
    assert (told[0], told[2], told[-1], "old" in told) == ("Before", lines[0], "after", False)
    assert told.count(lines[2]) == 1
    marks.renew("elsewhere", "x", document)
    assert "no section between <!-- elsewhere" in capsys.readouterr().err


def test_constants_are_left_out_from_the_command_line(ground: Path, tmp_path: Path) -> None:
    asked = Grounds(tmp_path / "kept", FakeEncoder(), ("medline",))
    with pytest.raises(SystemExit, match="nothing is left to choose by"):
        list(left_out(asked, GRID))
    asked.all = (asked.all[0], replace(asked.all[0], name="other", family="other"))
    lines = list(left_out(asked, {LEVEL: (0.5, built_in(LEVEL))}, around=True))
    assert lines[0] == "2 settings, one constant changed at a time, by ndcg."
    assert lines[1] == "Chosen on all: LEVEL 0.5."
    assert "| medline | 1.000 | 1.000 | 1.000 | 1.000 |  |" in lines

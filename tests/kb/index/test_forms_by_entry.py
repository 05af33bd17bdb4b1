from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kb.errors import GenerationError
from kb.index.forms_by_entry import FormsByEntry, FormWriter
from kb.index.lexical import Lexical
from kb.index.weighed_words import WeighedWords
from kb.index.written import Entry, cut
from tests.kb.index.alike import NEEDS, assert_alike_among, texts

ENTRIES = [Entry("", "", text, language) for text, language in texts()]
PARTS = ("one", 70), ("two", len(ENTRIES) - 70)
ORDER = np.random.default_rng(3).permutation(len(ENTRIES))
"""The place of each row in the files of the parts, one after the other."""


def written(folder: Path) -> tuple[list[tuple[Path, int]], np.ndarray]:
    """Two parts in files; the beginnings of their names with how many entries each has, and where each row is."""
    names, first, places = [], 0, np.zeros((len(ENTRIES), 2), dtype=np.int64)
    for number, (name, count) in enumerate(PARTS):
        writer = FormWriter()
        for place in range(count):
            row = int(np.flatnonzero(first + place == ORDER)[0])
            writer.add(ENTRIES[row], cut(ENTRIES[row]))
            places[row] = number, place
        writer.save(folder / f"{name}.words")
        names.append((folder / f"{name}.words", count))
        first += count
    return names, places


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[Lexical, Lexical]:
    """The entries as tantivy has them, and the same weighed by their own forms where some are asked for."""
    names, places = written(tmp_path_factory.mktemp("forms"))
    plain, weighed = Lexical.in_memory(ENTRIES), Lexical.in_memory(ENTRIES)
    forms = FormsByEntry(names, places, weighed.having)
    weighed.weighed = WeighedWords(forms, lambda row: ENTRIES[row])
    return plain, weighed


@pytest.mark.parametrize("need", NEEDS)
@pytest.mark.parametrize("step", [1, 3, 50])
def test_some_entries_are_weighed_as_tantivy_does(
    both: tuple[Lexical, Lexical], need: str, step: int
) -> None:
    assert_alike_among(*both, need, np.arange(0, len(ENTRIES), step))


def test_repeated_and_strange_ids_are_passed_over(both: tuple[Lexical, Lexical]) -> None:
    for one in both:
        assert set(one.search("learning", 9, allowed=np.array([0, 4, 4, 999, -1]))[0].tolist()) <= {0, 4}
        assert len(one.search("learning", 9, allowed=np.zeros(0, dtype=np.int64))[0]) == 0


def test_phrases_and_excluded_words_count_there_too(both: tuple[Lexical, Lexical]) -> None:
    few = np.arange(0, len(ENTRIES), 2)
    for phrases, excluded in ((["learning agreement"], []), ([], ["exam"]), (["online exams"], ["law"])):
        found = [one.search("students", 99, (), few, phrases, excluded)[0].tolist() for one in both]
        assert found[0] == found[1]


def test_more_of_a_form_than_is_counted_weighs_nearly_the_same(tmp_path: Path) -> None:
    often = [Entry("", "", "bees " * 900, "en"), Entry("", "", "bees and a hive", "en")]
    writer, lexical = FormWriter(), Lexical.in_memory(often)
    for entry in often:
        writer.add(entry, cut(entry))
    writer.save(tmp_path / "part")
    places = np.array([[0, 0], [0, 1]])
    (_, wanted), few = lexical.search("bees", 2), np.arange(2)
    forms = FormsByEntry([(tmp_path / "part", 2)], places, lexical.having)
    lexical.weighed = WeighedWords(forms, lambda row: often[row])
    assert lexical.search("bees", 2, allowed=few)[1].tolist() == pytest.approx(wanted.tolist(), rel=0.02)


@pytest.mark.parametrize("ending", ["forms", "lengths.npy"])
def test_missing_and_damaged_files_are_named(tmp_path: Path, ending: str) -> None:
    names, places = written(tmp_path)
    (tmp_path / f"two.words.{ending}").write_bytes(b"nothing of this kind")
    with pytest.raises(GenerationError, match=r"two\.words.*rebuild"):
        FormsByEntry(names, places, lambda _, __: 1)
    (tmp_path / f"two.words.{ending}").unlink()
    with pytest.raises(GenerationError, match=r"two\.words.*rebuild"):
        FormsByEntry(names, places, lambda _, __: 1)


def test_files_of_other_entries_are_refused(tmp_path: Path) -> None:
    names, places = written(tmp_path)
    with pytest.raises(GenerationError, match=r"has not each of its 71"):
        FormsByEntry([(names[0][0], 71), names[1]], places, lambda _, __: 1)


def test_all_entries_at_once_are_not_asked_for(tmp_path: Path) -> None:
    names, places = written(tmp_path)
    with pytest.raises(ValueError, match="say which"):
        FormsByEntry(names, places, lambda _, __: 1).of([("plain", "learning")])


def test_part_without_entries_is_nothing(tmp_path: Path) -> None:
    FormWriter().save(tmp_path / "none")
    forms = FormsByEntry([(tmp_path / "none", 0)], np.zeros((0, 2), dtype=np.int64), lambda _, __: 0)
    assert forms.of([("plain", "learning")], np.zeros(0, dtype=np.int64)) == {}

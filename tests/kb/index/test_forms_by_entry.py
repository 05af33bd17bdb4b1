from __future__ import annotations

import itertools
import tempfile
from pathlib import Path

import numpy as np
import pytest

from kb.errors import GenerationError
from kb.index.forms_by_entry import FormsByEntry, FormWriter
from kb.index.lexical import Lexical
from kb.index.weighed_words import WeighedWords, may_print, solid
from kb.index.written import Entry, cut
from kb.words import PLAIN, analyzer
from tests.kb.index.alike import NEEDS, assert_alike_among, texts

ENTRIES = [Entry("", "", text, language) for text, language in texts()]
PARTS = ("one", 70), ("two", len(ENTRIES) - 70)
ORDER = np.random.default_rng(3).permutation(len(ENTRIES))
"""The place of each row in the files of the parts, one after the other."""


def written(folder: Path) -> tuple[list[tuple[Path, int]], np.ndarray]:
    """Two parts in files; the beginnings of their names with how many entries each has, and where each row is."""
    names, first, places = [], 0, np.zeros((len(ENTRIES), 2), dtype=np.int64)
    for number, (name, count) in enumerate(PARTS):
        with FormWriter(folder / f"{name}.words") as writer:
            for place in range(count):
                row = int(np.flatnonzero(first + place == ORDER)[0])
                writer.add(ENTRIES[row], cut(ENTRIES[row]))
                places[row] = number, place
        names.append((folder / f"{name}.words", count))
        first += count
    return names, places


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[Lexical, Lexical]:
    """The entries as tantivy has them, and the same weighed by their own forms where some are asked for."""
    names, places = written(tmp_path_factory.mktemp("forms"))
    plain, weighed = Lexical.in_memory(ENTRIES), Lexical.in_memory(ENTRIES)
    forms = FormsByEntry(names, places, weighed.known.having)
    weighed.weighed = WeighedWords(forms, ENTRIES.__getitem__)
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
    lexical = Lexical.in_memory(often)
    with FormWriter(tmp_path / "part") as writer:
        for entry in often:
            writer.add(entry, cut(entry))
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


def test_lengths_of_another_kind_are_refused(tmp_path: Path) -> None:
    names, places = written(tmp_path)
    path = tmp_path / "one.words.lengths.npy"
    np.save(path, np.load(path).astype(np.float64))
    with pytest.raises(GenerationError, match="has not each"):
        FormsByEntry(names, places, lambda _, __: 1)


def test_file_that_is_cut_short_while_it_is_open_is_named(tmp_path: Path) -> None:
    names, places = written(tmp_path)
    forms = FormsByEntry(names, places, lambda _, __: 1)
    (tmp_path / "two.words.forms").write_bytes(b"")
    with pytest.raises(GenerationError, match=r"two\.words\.forms: was cut short; rebuild"):
        forms.of([("plain", "learning")], np.arange(len(ENTRIES)))


PRINTED = (
    "the student's guide", "droit d'études", "Cœur d’art", "εκπαιδευτικών/φοιτητών/" * 6, "Moodle™ platform at work",
    "№ 7 of R&D", "the long/" * 20 + "word", "straße und Øresund", "5 ㎏ of beans", "a b c d e f",
)  # fmt: skip


@pytest.mark.parametrize("text", [*PRINTED, *(text for text, _ in texts())])
def test_letters_of_a_text_say_that_its_neighbouring_words_may_be_printed(text: str) -> None:
    entry = Entry("", "", text, "en")
    for written_words in cut(entry):
        words = analyzer(PLAIN).analyze(written_words.in_one or written_words.plain)
        words = [word for word in words if not word.isupper()]  # acronyms, put behind the text
        for pair in itertools.pairwise(words):
            assert may_print(solid(entry), pair), pair


def test_letters_of_a_text_say_that_others_are_not() -> None:
    letters = solid(Entry("", "", "The network works, and the e-learning is over", "en"))
    assert may_print(letters, ("e", "learning"))
    assert not may_print(letters, ("z", "network"))
    assert may_print(letters, ("network", "works"))
    assert not may_print(letters, ("works", "network"))
    assert not may_print(letters, ("network", "over"))


@pytest.mark.parametrize("need", ["student's guide", "droit d'études", "Moodle platform", "works network"])
def test_short_needs_are_printed_where_tantivy_says_so(need: str) -> None:
    said = [Entry("", "", text, "en") for text in (*PRINTED, "guide of students", "network works")]
    plain, weighed = Lexical.in_memory(said), Lexical.in_memory(said)
    with tempfile.TemporaryDirectory() as folder:
        with FormWriter(Path(folder) / "part") as writer:
            for entry in said:
                writer.add(entry, cut(entry))
        places = np.stack([np.zeros(len(said), dtype=np.int64), np.arange(len(said))], axis=1)
        forms = FormsByEntry([(Path(folder) / "part", len(said))], places, weighed.known.having)
        weighed.weighed = WeighedWords(forms, said.__getitem__)
        few = np.arange(len(said))
        assert weighed.printed(need, (), few).tolist() == plain.printed(need, (), few).tolist()


def test_part_without_entries_is_nothing(tmp_path: Path) -> None:
    with FormWriter(tmp_path / "none"):
        pass
    forms = FormsByEntry([(tmp_path / "none", 0)], np.zeros((0, 2), dtype=np.int64), lambda _, __: 0)
    assert forms.of([("plain", "learning")], np.zeros(0, dtype=np.int64)) == {}

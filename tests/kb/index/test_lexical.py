"""The word index: stems of eight languages, plain words elsewhere, and no text that is an error."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kb.errors import GenerationError
from kb.index.lexical import Lexical
from kb.index.written import Entry
from kb.words.folding import fold
from kb.words.stems import MOST_WORDS, matching_ranges

ENTRIES = (
    Entry("Virtual mobility, Example University", "Assessment", "Students are assessed online.", "en"),
    Entry("Mobilité virtuelle", "Évaluation", "L'évaluation des étudiantes à distance.", "fr"),
    Entry("Πανεπιστήμιο", "Στόχοι", "Η εκπαίδευση των φοιτητών εξ αποστάσεως.", "el"),
    Entry("Virtuální mobilita", "Cíle", "Studenti Univerzity Karlovy v Praze.", "cs"),
    Entry("Virtuelle Mobilität", "Prüfungen", "Die Prüfung findet über das Netz statt.", "de"),
    Entry("Letter of intent", "", "A letter signed by the partners before the call opens.", "en"),
)


@pytest.fixture(scope="module")
def lexical(tmp_path_factory: pytest.TempPathFactory) -> Lexical:
    folder = tmp_path_factory.mktemp("words")
    Lexical.build(folder, ENTRIES)
    return Lexical.open(folder)


def build(folder: Path, texts: Sequence[str]) -> Lexical:
    return Lexical.build(folder / "words", [Entry("", "", text, "en") for text in texts])


def found(lexical: Lexical, text: str, *languages: str) -> list[int]:
    ids = lexical.search(text, 10, languages)[0]
    return [int(number) for number in ids]


@pytest.mark.parametrize(
    ("text", "language", "wanted"),
    [
        ("assessing a student", "en", 0),
        ("évaluations pour l'étudiante", "fr", 1),
        ("ΕΚΠΑΊΔΕΥΣΗΣ", "el", 2),
        ("φοιτητής", "el", 2),
        ("mit Prüfungen", "de", 4),
        ("opening partner calls", "en", 5),
    ],
)
def test_words_match_by_the_stem_of_their_language(
    lexical: Lexical, text: str, language: str, wanted: int
) -> None:
    assert found(lexical, text, language)[0] == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [("evaluation", 1), ("univerzity", 3), ("PRUFUNG", 4), ("εκπαιδευση", 2), ("virtualni", 3)],
)
def test_words_match_plainly_without_accents_and_case(lexical: Lexical, text: str, wanted: int) -> None:
    assert found(lexical, text)[0] == wanted


def test_language_without_a_stemmer_is_searched_plainly(lexical: Lexical) -> None:
    assert found(lexical, "Univerzity Karlovy", "cs") == [3]


def test_languages_are_those_with_a_stemmer_that_are_written_in(lexical: Lexical) -> None:
    assert lexical.languages == ("de", "el", "en", "fr")


def test_stop_words_do_not_match_unless_there_are_no_others(lexical: Lexical) -> None:
    assert found(lexical, "the letter before what", "en") == [5]
    assert found(lexical, "before the", "en") == [5]


def test_equal_scores_break_by_id_also_at_the_cut(tmp_path: Path) -> None:
    lexical = build(tmp_path, ["other"] + ["equal words"] * 50)
    for limit in (1, 7, 50, 60):
        assert lexical.search("words", limit)[0].tolist() == list(range(1, 51))[:limit]


def test_scores_are_best_first(lexical: Lexical) -> None:
    scores = lexical.search("virtual mobility partners and their students", 10)[1]
    assert scores.tolist() == sorted(scores.tolist(), reverse=True)
    assert len(scores) > 1


def test_filter_keeps_only_its_ids_and_changes_no_score(lexical: Lexical) -> None:
    everything = dict(zip(*(part.tolist() for part in lexical.search("virtual letter", 10)), strict=True))
    ids, scores = lexical.search("virtual letter", 10, allowed=np.array([3, 5, 5, 99, -1]))
    assert sorted(ids.tolist()) == sorted(set(everything) & {3, 5})
    assert all(score == pytest.approx(everything[number]) for number, score in zip(ids, scores, strict=True))


def test_empty_filter_lets_nothing_pass(lexical: Lexical) -> None:
    assert len(lexical.search("letter", 10, allowed=np.zeros(0, dtype=np.int64))[0]) == 0


def test_phrase_must_be_there_word_for_word(tmp_path: Path) -> None:
    lexical = build(tmp_path, ["learning agreement", "agreement on learning", "a Learning-Agreement, signed"])
    assert sorted(lexical.search("signed", 10, phrases=["learning agreement"])[0].tolist()) == [2]
    assert sorted(lexical.search("", 10, phrases=["learning agreement"])[0].tolist()) == [0, 2]
    assert sorted(lexical.search("", 10, phrases=["signed"])[0].tolist()) == [2]
    assert lexical.matching(phrases=["learning agreement"]).tolist() == [0, 2]


def test_excluded_word_goes_in_all_its_forms(tmp_path: Path) -> None:
    lexical = build(tmp_path, ["online exams", "online exam", "online portfolio"])
    assert lexical.search("online", 10, excluded=["exam"])[0].tolist() == [2]
    assert lexical.matching(excluded=["exam"]).tolist() == [2]
    assert lexical.matching().tolist() == [0, 1, 2]


def test_words_of_the_library_come_with_their_frequency(lexical: Lexical) -> None:
    assert lexical.words("le") == [("letter", 1)]
    assert lexical.words("Φοιτ") == [("φοιτητων", 1)]


@given(text=st.text(max_size=80) | st.text(alphabet='"+-:*?~^()[]{}\\/ANDORTO a', max_size=40))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_text_is_an_error(lexical: Lexical, text: str) -> None:
    lexical.search(text, 5)
    lexical.search(text, 5, ("el", "xx"), phrases=[text, text[:3]], excluded=[text])
    lexical.matching([text], [text])
    lexical.words(text[:5], 3)
    matching_ranges(text, text, "en")


@pytest.mark.parametrize("text", ["", "   ", "?!… «»", "\ud800", "\x00", "\u200b"])
def test_text_without_a_word_finds_nothing(lexical: Lexical, text: str) -> None:
    assert found(lexical, text) == []


def test_long_query_is_cut_and_answered(lexical: Lexical) -> None:
    text = "letter " + " ".join(f"word{number}" for number in range(MOST_WORDS * 20)) + " x" * 5000
    assert found(lexical, text) == [5]


@given(
    entries=st.lists(st.builds(Entry, st.text(), st.text(), st.text(), st.sampled_from(["en", "ro", "cs"])))
)
@settings(max_examples=25, deadline=None)
def test_any_text_can_be_indexed(entries: list[Entry]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        lexical = Lexical.build(Path(folder) / "words", entries)
        assert lexical.count == len(entries)
        assert lexical.matching().tolist() == list(range(len(entries)))


def test_words_of_eight_languages_lose_their_stop_words_and_endings(tmp_path: Path) -> None:
    pairs = {  # a word as written, and as asked for, with a stop word
        "de": ("Universitäten", "der Universität"),
        "el": ("πανεπιστημίου", "το πανεπιστημίου"),
        "en": ("universities", "which university"),
        "es": ("universidades", "la universidad"),
        "fr": ("universités", "les université"),
        "it": ("studenti", "gli studente"),
        "ro": ("universităților", "pentru universități"),
        "sv": ("universiteten", "och universitet"),
    }
    entries = [Entry("", "", written, language) for language, (written, _) in pairs.items()]
    lexical = Lexical.build(tmp_path / "words", entries)
    for number, (language, (_, asked)) in enumerate(pairs.items()):
        assert found(lexical, asked, language) == [number], language


def test_ranges_mark_words_of_the_same_stem() -> None:
    text = "Asses\u00adsing the students’ Mobility; the ASSESSMENT."
    marked = [text[start:end] for start, end in matching_ranges("the assessment of a student", text, "en")]
    assert marked == ["Asses\u00adsing", "students", "ASSESSMENT"]


def test_ranges_of_a_language_without_a_stemmer_mark_equal_words() -> None:
    text = "Studenti Univerzity Karlovy"
    assert [text[a:b] for a, b in matching_ranges("univerzity", text, "cs")] == ["Univerzity"]


def test_folding_takes_case_accents_and_invisible_characters() -> None:
    assert fold("Cafe\u0301 ΕΚΠΑΊΔΕΥΣΗΣ z\u200bero\u00ad") == "cafe εκπαιδευση\u03c3 zero"


@pytest.mark.parametrize("damage", ["missing", "meta.json"])
def test_damaged_index_is_named_with_the_next_step(tmp_path: Path, damage: str) -> None:
    build(tmp_path, ["words"])
    if damage == "missing":
        shutil.rmtree(tmp_path / "words")
    else:
        (tmp_path / "words" / damage).write_text("{")
    with pytest.raises(GenerationError, match="rebuild the index"):
        Lexical.open(tmp_path / "words")


def test_threads_search_at_the_same_time(lexical: Lexical) -> None:
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda n: found(lexical, f"letter word{n}", "en"), range(400)))
    assert answers == [[5]] * 400


@pytest.fixture
def readable_folder() -> Iterator[Path]:
    """A folder that a user without rights can reach; pytest's own cannot be."""
    folder = Path(tempfile.mkdtemp())
    yield folder
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755)
    shutil.rmtree(folder)


def _count_as_nobody(folder: Path) -> None:
    if os.getuid() == 0:
        os.setuid(65534)
    sys.exit(10 + Lexical.open(folder).count)


@pytest.mark.skipif(sys.platform == "win32", reason="folders are made read-only by their mode")
def test_index_in_a_read_only_folder_can_be_searched(readable_folder: Path) -> None:
    words = readable_folder / "words"
    Lexical.build(words, ENTRIES)
    for path in (*words.iterdir(), words, readable_folder):
        path.chmod(0o555 if path.is_dir() else 0o444)
    child = get_context("spawn").Process(target=_count_as_nobody, args=(words,))
    child.start()
    child.join()
    assert child.exitcode == 10 + len(ENTRIES)


def test_coverage_is_the_share_of_telling_words_and_rare_words_count_more(tmp_path: Path) -> None:
    lexical = build(tmp_path, ["a course on bees", "a course on beans", "a course on stars"])
    covered = lexical.coverage("the course on bees", ("en",))
    assert covered[0] == pytest.approx(1.0)
    assert 0.0 < covered[1] < 0.5
    assert covered[1] == covered[2]
    assert not lexical.coverage("of the", ("en",)).any()


def test_stop_words_are_those_of_the_language_that_is_asked_in(lexical: Lexical) -> None:
    assert found(lexical, "the partners of a call", "de", "en") == found(
        lexical, "the partners of a call", "en"
    )


@pytest.mark.parametrize("typed", ["IT", "IT staff", "UN", "the WHO", "US"])
def test_an_acronym_is_sought_as_it_is_printed(tmp_path: Path, typed: str) -> None:
    texts = [
        "it is for us, who met un homme",
        "IT helps the WHO, the UN and US staff",
        "WHO GIVES US IT IN UN",
    ]
    assert found(build(tmp_path, texts), typed, "en", "fr")[0] == 1


def test_a_word_in_capitals_that_nobody_prints_so_is_a_word(tmp_path: Path) -> None:
    assert found(build(tmp_path, ["who helps", "a course"]), "WHO") == [0]


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("elearning", "e-learning"),
        ("e-learning", "elearning"),
        ("co-create", "cocreated"),
        ("COCREATED", "co\u2011created"),
        ("peer-to-peer", "peertopeer"),
        ("mikrokurse", "Mikro-Kursen"),
        ("τηλεεκπαίδευση", "τηλε-εκπαίδευσης"),
    ],
)
def test_compounds_are_found_with_and_without_hyphens(tmp_path: Path, typed: str, printed: str) -> None:
    language = "el" if printed[0] == "τ" else "de" if printed[0] == "M" else "en"
    entries = [Entry("", "", "other words", language), Entry("", "", printed, language)]
    lexical = Lexical.build(tmp_path / "words", entries)
    assert found(lexical, typed, language) == [1]
    assert lexical.coverage(typed, [language]).tolist() == pytest.approx([0, 1])


def test_ranges_mark_acronyms_and_compounds() -> None:
    def marked(query: str, text: str) -> list[str]:
        return [text[start:end] for start, end in matching_ranges(query, text, "en")]

    assert marked("IT", "it is IT") == ["IT"]
    assert marked("it", "it is IT") == ["it", "IT"]
    assert marked("elearning", "An e-learning day") == ["e-learning"]
    assert marked("e-learning", "An elearning day") == ["elearning"]
    assert marked("learning", "An e-learning day") == ["learning"]

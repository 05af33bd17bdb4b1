from __future__ import annotations

import itertools
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.model.passages import MOST_WORDS, OVERLAP_WORDS, PlainTokens, cut, sentences
from kb.records import Span
from tests.factories import FakeEncoder, a_field, a_record

WORD = st.text("abcdefghij", min_size=1, max_size=9)
END = st.sampled_from([" ", " ", " ", " ", ". ", "? ", "\n\n", "\n• "])
TEXT = st.lists(st.tuples(WORD, END), max_size=700).map(lambda parts: "".join(w + e for w, e in parts))


def words(text: str) -> list[str]:
    return re.findall(r"\S+", text)


@given(st.lists(TEXT, max_size=3), st.sampled_from([20, 60, 254]))
@settings(max_examples=60, deadline=None)
def test_passages_hold_every_word_in_order_within_their_limits(texts: list[str], most: int) -> None:
    encoder = FakeEncoder(max_tokens=most)
    fields = tuple(a_field(f"Field {n}", text) for n, text in enumerate(texts))
    passages = cut(a_record(fields=fields), encoder)
    assert [p.number for p in passages] == list(range(len(passages)))
    for field in fields:
        own = [p.text for p in passages if p.label == field.label]
        end = 0
        for text in own:  # each goes on where the one before ended, or earlier
            start = field.text.find(text, max(0, end - len(text)))
            assert start >= 0
            assert not field.text[end:start].strip()
            end = max(end, start + len(text))
        assert not field.text[end:].strip()
    for passage in passages:
        if passage.field >= 0:
            assert fields[passage.field].text[passage.start :].startswith(passage.text)
        assert len(words(passage.text)) <= MOST_WORDS
        assert len(encoder.spans(passage.indexed)) <= most


@given(TEXT)
@settings(deadline=None)
def test_sentences_cover_the_text_without_overlap(text: str) -> None:
    end = 0
    for start, stop in sentences(text):
        assert not text[end:start].strip()
        assert text[start:stop] == text[start:stop].strip() != ""
        end = stop
    assert not text[end:].strip()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One ends here. Two is next! Three? Yes.", ["One ends here.", "Two is next!", "Three?", "Yes."]),
        ("Prof. Smith of St. Paul, e.g. in 3.5 hours.", ["Prof. Smith of St. Paul, e.g. in 3.5 hours."]),
        ("See z. B. Anhang 2. Dann weiter.", ["See z. B. Anhang 2.", "Dann weiter."]),
        ("Πότε; Αύριο.", ["Πότε;", "Αύριο."]),
        ("one; two", ["one; two"]),
        ("No stop here\n\nA paragraph", ["No stop here", "A paragraph"]),
        ("List:\n• one\n• two", ["List:", "• one", "• two"]),
        ("it was shown . the next was not .", ["it was shown .", "the next was not ."]),
        ("« Oui. » Il part.", ["« Oui. »", "Il part."]),
        ("one is in small letters. two is, too.", ["one is in small letters.", "two is, too."]),
        ("It ends. https://example.org", ["It ends.", "https://example.org"]),
        ("Two ways. b) the other.", ["Two ways.", "b) the other."]),
        ("It is HTML. The rest is a PhD. That is why. It ends by six.", 4),
        ("A cell says so.\nwhat: another", ["A cell says so.", "what: another"]),
    ],
)
def test_sentences_end_where_readers_end_them(text: str, expected: list[str] | int) -> None:
    found = [text[a:b] for a, b in sentences(text)]
    assert (len(found) if isinstance(expected, int) else found) == expected


@pytest.mark.parametrize(
    "text",
    [
        "The U.S. Department of Education asks for it",
        "Ask J. R. R. Smith, M.Sc., or Mrs. Jones vs. Mr. Hall, Ph.D. Students come, too",
        "Bring a form (e.g. Annex B) or a letter, i.e. Annex C, etc. That is all",
        "Fragen Sie ggf. Frau Dr. Weber bzw. Prof. Klein, z. B. Montags, d. h. Vormittags, z.B. Dienstags",
        "Die Kosten inkl. Reise (vgl. Abs. Drei) trägt die Univ. wie bisher, s. Abb. unten",
        "Ρωτήστε τον κ. Παπαδόπουλο, π.χ. Δευτέρα, κ.λπ. Τρίτη, κτλ. Τετάρτη",
        "Pregunte al Sr. García o a la Sra. Ruiz, p. ej. Lunes, p.ej. Martes, EE. UU. incluidos",
        "Voir M. Dupont et Mme. Blanc, p. ex. Lundi, cf. Annexe, env. dix jours",
        "Chiedere al dott. Rossi e al sig. Bianchi, p. es. Lunedì, ecc. e altri",
        "Întrebați pe dl. Popescu și conf. univ. dr. Ionescu, nr. Trei, str. Lungă, ș.a. Restul",
        "Fråga t.ex. Anna, bl. a. Erik, m.fl. Alla, dvs. Kansliet, fr. o. m. Måndag",
    ],
)
def test_abbreviations_end_no_sentence_in_eight_languages(text: str) -> None:
    whole = f"{text}. Ende. Τέλος. Fin."
    assert [whole[a:b] for a, b in sentences(whole)] == [f"{text}.", "Ende.", "Τέλος.", "Fin."]


def test_short_field_is_one_passage_with_title_and_label_as_context() -> None:
    (passage,) = cut(a_record(title="Virtual Law Week", text="Students argue a case."))
    assert passage.text == "Students argue a case."
    assert passage.context == "Virtual Law Week. Objectives"
    assert (passage.label, passage.page) == ("Objectives", 1)


def test_title_that_the_text_starts_with_is_not_said_twice() -> None:
    (passage,) = cut(a_record(title="Virtual Law Week", text="Virtual Law Week is for students."))
    assert passage.context == "Objectives"


def test_long_field_is_cut_at_sentence_ends_into_like_parts_that_overlap() -> None:
    text = " ".join(f"Sentence number {n} has exactly seven words." for n in range(50))  # 350 words
    passages = cut(a_record(text=text))
    sizes = [len(words(p.text)) for p in passages]
    assert len(passages) == 3
    assert max(sizes) - min(sizes) <= OVERLAP_WORDS + 14
    for before, after in itertools.pairwise(passages):
        shared = words(after.text)[0:3]
        assert " ".join(shared) in before.text
        assert before.text.endswith(".")


def test_sentence_longer_than_a_passage_is_cut_at_spaces() -> None:
    text = " ".join(f"w{n}" for n in range(400))
    passages = cut(a_record(text=text))
    assert [w for p in passages for w in words(p.text)] == words(text)


def test_word_longer_than_a_passage_is_cut_too() -> None:
    class Letters:
        max_tokens = 50

        def spans(self, text: str) -> list[tuple[int, int]]:
            return [(n, n + 1) for n in range(len(text))]

    text = "x" * 500
    assert "".join(p.text for p in cut(a_record(title="T", text=text, institution=""), Letters())) == text


@pytest.mark.parametrize("fields", [(), (a_field(text=" \n\n "),)])
def test_record_without_text_is_one_passage_of_its_title(fields: tuple[()]) -> None:
    (passage,) = cut(a_record(title="Letter of intent", fields=fields, page_start=3, page_end=4))
    assert (passage.text, passage.context, passage.page) == ("Letter of intent", "", 3)


def test_title_longer_than_a_passage_leaves_room_for_the_text() -> None:
    tokens = FakeEncoder(max_tokens=40)
    passages = cut(a_record(title="long " * 100, text="The text itself."), tokens)
    assert passages[0].text == "The text itself."
    assert len(tokens.spans(passages[0].indexed)) <= 40
    (bare,) = cut(a_record(title="long " * 100, fields=()), tokens)
    assert len(tokens.spans(bare.indexed)) <= 40


def test_page_follows_the_place_in_a_field_of_several_pages() -> None:
    text = " ".join(f"Sentence number {n} has exactly seven words." for n in range(60))
    field = a_field(text=text, spans=(Span(4), Span(5), Span(6)))
    pages = [p.page for p in cut(a_record(fields=(field,), page_start=4, page_end=6))]
    assert pages == sorted(pages)
    assert (pages[0], pages[-1]) == (4, 6)


def test_without_a_model_words_and_marks_are_the_tokens() -> None:
    text = "A letter, of intent."
    assert [text[a:b] for a, b in PlainTokens().spans(text)] == ["A", "letter", ",", "of", "intent", "."]

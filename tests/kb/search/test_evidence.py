"""What a hit shows of its record: what says something, with its marks, in any language; verbatim, on its page."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.model.passages import cut
from kb.records import Facet, Field, FieldTable, Origin, Record, Span, TableCell
from kb.search.evidence import Excerpt, ShownAs, Sought, evidence
from kb.words import LANGUAGES
from tests.factories import a_field, a_page, a_record, an_edition

SENTENCES = {
    "en": "Students from both universities meet once a week.",
    "de": "Die Studierenden treffen sich einmal in der Woche.",
    "el": "Οι φοιτητές συναντιούνται μία φορά την εβδομάδα, αν έχουν χρόνο.",
    "es": "Los estudiantes se reúnen una vez por semana.",
    "fr": "Les étudiants se réunissent une fois par semaine.",
    "it": "Gli studenti si incontrano una volta alla settimana.",
    "ro": "Studenții se întâlnesc o dată pe săptămână.",
    "sv": "Studenterna möts när de har tid, en gång i veckan.",
}
POOR = (
    "https://example.org/students/meet/once/a/week",
    "Contact: students@example.org",
    "2500",
    "University of Example",
    "Meeting of students, weekly",
)
"""Links, a number, a name, a fragment: each with words that are asked for."""


def shown(
    need: str,
    record: Record,
    language: str = "",
    meaning: Mapping[int, list[float]] | None = None,
    *,
    is_printed: bool = False,
) -> Excerpt:
    near = {number: np.array(own, dtype=np.float32) for number, own in (meaning or {}).items()}
    asked = Sought(need, language, is_printed=is_printed)
    return evidence(asked, record, cut(record), an_edition(), lambda one: near.get(one.number))


def marked(excerpt: Excerpt) -> list[str]:
    return [excerpt.text[a:b] for a, b in excerpt.marks]


def fields(*texts: str, label: str = "") -> tuple[Field, ...]:
    return tuple(a_field(label=label, text=text) for text in texts)


def test_words_are_marked_in_the_sentence_that_has_most_of_them() -> None:
    text = "The roof is warm in winter and dry in summer. Neighbours grow beans and peas on the roof."
    found = shown("grow beans", a_record(text=text))
    assert (found.form, marked(found)) == (ShownAs.SENTENCE, ["grow", "beans"])


def test_sentence_without_a_word_of_the_need_is_marked_whole() -> None:
    record = a_record(text="Neighbours grow beans and peas on the roof. It is warm.")
    assert marked(shown("pendulum", record)) == ["Neighbours grow beans and peas on the roof."]


def test_sentence_nearest_in_meaning_is_marked_and_opens_what_is_shown() -> None:
    text = "Beans grow here when it is warm. Legumes thrive in this garden all the year."
    nearer = shown("beans", a_record(text=text), meaning={0: [0.1, 0.6]})
    assert marked(nearer) == ["Legumes thrive in this garden all the year."]
    assert nearer.text == "Legumes thrive in this garden all the year."
    assert marked(shown("beans", a_record(text=text), meaning={0: [0.6, 0.6]})) == ["Beans"]


def test_what_asks_is_shown_only_where_nothing_says() -> None:
    asks = "Who in the garden grows the beans that we want?"
    record = a_record(text=f"{asks} Neighbours grow peas and lentils on the roof.")
    assert shown("grow beans", record).text.startswith("Neighbours grow")
    assert shown("grow beans", a_record(text=asks)).text == asks


def test_excerpt_starts_at_what_answers_when_all_does_not_fit() -> None:
    text = " ".join(f"Sentence {n} is about nothing at all, really." for n in range(12))
    found = shown("beans", a_record(text=f"{text} Beans grow where it is warm enough."))
    assert found.text.endswith("Beans grow where it is warm enough.")
    assert len(found.text) <= 340
    assert marked(found) == ["Beans"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("poor", POOR)
def test_sentence_is_shown_before_what_says_nothing_in_any_language(language: str, poor: str) -> None:
    text = f"• {poor}\n• {SENTENCES[language]}"
    record = a_record(text=text, language=language)
    found = shown(poor, record, meaning={0: [0.9, 0.1]})
    assert found.form is ShownAs.SENTENCE
    assert marked(found)
    assert all(a >= found.text.index(SENTENCES[language]) - len("• ") for a, _ in found.marks)


def test_sentence_of_another_passage_is_shown_where_the_best_has_none() -> None:
    record = a_record(fields=fields("Beans, 2500", "When it is warm, the roof garden is open to all."))
    found = shown("beans", record, meaning={0: [0.9], 1: [0.1]})
    assert (found.form, found.field) == (ShownAs.SENTENCE, 1)


def test_fragment_that_has_the_words_is_shown_where_a_record_has_no_sentence() -> None:
    found = shown("beans", a_record(fields=fields("• Peas and rice\n• Beans in a pot\n• 2500")))
    assert (found.form, marked(found)) == (ShownAs.FRAGMENT, ["Beans"])


@pytest.mark.parametrize("poor", [*POOR[:4], "Pots: ____"])
def test_title_is_shown_where_a_record_says_nothing_else(poor: str) -> None:
    record = a_record(title="Roof garden", fields=fields(poor), page_start=2, page_end=2)
    found = shown("pendulum", record)
    assert (found.form, found.text, marked(found)) == (ShownAs.TITLE, "Roof garden", [])
    assert (found.field, found.page) == (None, 2)


def test_words_that_the_title_alone_has_are_marked_in_it() -> None:
    record = a_record(title="Pendulum clocks", text="They are built by those who like to be on time.")
    by_words = shown("pendulum", record)
    assert (by_words.form, by_words.text, marked(by_words)) == (
        ShownAs.TITLE,
        "Pendulum clocks",
        ["Pendulum"],
    )
    assert shown("pendulum", record, meaning={0: [0.4]}).form is ShownAs.TITLE
    assert shown("how a pendulum swings", record, meaning={0: [0.4]}).form is ShownAs.SENTENCE


def test_words_of_the_title_are_shown_in_the_text_where_it_has_them_too() -> None:
    record = a_record(title="Pendulum clocks", text="When a pendulum swings, the clock is on time.")
    assert marked(shown("pendulum", record)) == ["pendulum"]


def test_name_that_is_asked_for_is_shown_where_it_is_printed() -> None:
    record = a_record(
        fields=fields("This is what the course is all about.", "We met on Zoom when it was late.")
    )
    near = {0: [0.9], 1: [0.1]}
    assert shown("Zoom", record, meaning=near, is_printed=True).text == "We met on Zoom when it was late."
    assert shown("Zoom", record, meaning=near).text == "This is what the course is all about."


def test_value_under_its_label_answers_as_a_row_does() -> None:
    said = (
        a_field(label="Tools", text="Zoom, Moodle"),
        a_field(text="This is what the course is all about."),
    )
    found = shown("Moodle", a_record(fields=said), is_printed=True)
    assert (found.form, found.label, marked(found)) == (ShownAs.ROW, "Tools", ["Moodle"])
    assert shown("pottery", a_record(fields=said)).form is ShownAs.SENTENCE


def a_table(*rows: tuple[str, ...], heads: int = 1, is_first: bool = False) -> Field:
    made = tuple(
        tuple(TableCell(text, is_head=n < heads or (is_first and not at)) for at, text in enumerate(row))
        for n, row in enumerate(rows)
    )
    flat = "\n".join("\t".join(row) for row in rows)
    return a_field(
        label="", text=f"Before.\n\n{flat}\n\nAfter.", tables=(FieldTable(9, 9 + len(flat), made),)
    )


def test_row_of_a_table_is_shown_whole_with_its_heads() -> None:
    field = a_table(("Who", "What"), ("Uppsala", "Beans. Peas."), ("Bergen", "Rice"))
    found = shown("peas", a_record(fields=(field,)))
    assert (found.form, marked(found)) == (ShownAs.ROW, ["Peas"])
    assert "Who: Uppsala; What: Beans. Peas." in found.text
    assert [field.spoken[a:b] for a, b in field.rows] == [
        "Who: Uppsala; What: Beans. Peas.",
        "Who: Bergen; What: Rice.",
    ]


def test_row_after_a_head_of_its_own_answers_and_one_without_heads_does_not() -> None:
    rows = (("Host", "Team leadership"), ("Beans", "All year"))
    assert shown("beans", a_record(fields=(a_table(*rows, heads=0, is_first=True),))).form is ShownAs.ROW
    assert shown("beans", a_record(fields=(a_table(*rows, heads=0),))).form is ShownAs.FRAGMENT


def test_table_of_heads_alone_has_no_rows() -> None:
    assert a_table(("Who", "What"), heads=1).rows == ()


def test_words_of_a_need_in_another_language_are_marked_only_where_they_are_printed_alike() -> None:
    text = "The war was over when students also used Moodle in the courses."
    record = a_record(text=text)
    need = "War Moodle also in den Kursen der Studenten?"
    assert marked(shown(need, record, "de")) == ["Moodle"]
    assert marked(shown("courses of a student", record, "en")) == ["students", "courses"]


def test_translations_are_marked_by_the_stems_of_the_text() -> None:
    record = a_record(text="When it is late, the courses are held online.")
    found = evidence(Sought("Kurse", "de", ("course",)), record, cut(record), an_edition())
    assert marked(found) == ["courses"]


def test_page_is_the_one_on_which_the_sentence_stands() -> None:
    text = "The first page says this.  A long\nword is here. The second has beans when it is warm."
    field = a_field(text=text, spans=(Span(1), Span(2)))
    record = a_record(fields=(field,), page_start=1, page_end=2)
    pages = (
        a_page(1, text="The first page says this."),
        a_page(2, label="ii", text="The sec-\nond has beans when it is warm."),
    )
    found = evidence(Sought("beans"), record, cut(record), an_edition(pages=pages))
    assert (found.page, found.page_label) == (2, "ii")


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(LANGUAGES),
    st.lists(st.sampled_from((*POOR, "")), min_size=1, max_size=6),
    st.lists(st.floats(-1, 1, width=32), min_size=6, max_size=6),
    st.sampled_from(("students", "2500", "example.org", "University of Example", "pendulum")),
)
def test_what_is_shown_is_verbatim_and_a_sentence_wherever_there_is_one(
    language: str, parts: list[str], near: list[float], need: str
) -> None:
    texts = [part or SENTENCES[language] for part in parts]
    institution = Facet("institution", "University of Example", Origin.STATED, 1)
    record = a_record(fields=fields(*texts), language=language, facets=(institution,))
    found = shown(need, record, meaning={n: [own] for n, own in enumerate(near)})
    if "" in parts:
        assert (found.form, found.text) == (ShownAs.SENTENCE, SENTENCES[language])
    assert found.text in (*texts, record.title)
    assert found.text not in POOR[:4]
    assert found.marks == tuple(sorted(found.marks))
    assert all(0 <= a < b <= len(found.text) for a, b in found.marks)
    assert found.marks or found.form is ShownAs.TITLE

"""Checklists and grids are told from other lists and tables by their form and a few words, in eight languages."""

from __future__ import annotations

import pytest

from kb.records import Edition, Field, FieldTable, Kind, Page, Record, Span, TableCell
from web.export.printed_forms import FormKind, PrintedForm, of_handbook

BOX = "☐"


def record(
    title: str, *fields: Field, kind: Kind = Kind.SECTION, position: int = 0, path: tuple[str, ...] = ()
) -> Record:
    return Record(f"book.{position}.{kind}", kind, title, "book", 1, position, 1, 2, fields, path=path)


def listed(label: str, *items: str, before: str = "", page: int = 1) -> Field:
    return Field(label, before + "\n".join(f"• {item}" for item in items), (Span(page),))


def tabled(label: str, *rows: tuple[str, ...], heads: bool = True, before: str = "", page: int = 1) -> Field:
    """A field that is a table; its first row heads the others unless said otherwise."""
    flat = "\n".join("\t".join(row) for row in rows)
    cells = tuple(
        tuple(TableCell(text, is_head=heads and not y) for text in row) for y, row in enumerate(rows)
    )
    return Field(
        label, before + flat, (Span(page),), tables=(FieldTable(len(before), len(before + flat), cells),)
    )


def found(*records: Record, pages: tuple[str, ...] = ("", "")) -> tuple[PrintedForm, ...]:
    made = tuple(Page(n, str(n), 420, 595, text) for n, text in enumerate(pages, 1))
    return of_handbook(records, Edition("book", 1, "Book", "en", made, "0" * 64, "book.pdf"))


def texts(form: PrintedForm) -> list[str]:
    return [line.text for line in form.lines]


@pytest.mark.parametrize(
    "heading",
    [
        "Checklist for partners",
        "Checkliste für die Planung",
        "Λίστα ελέγχου για το μάθημα",
        "Lista de comprobación del curso",
        "Liste de contrôle du projet",
        "Lista di controllo per il corso",
        "Listă de verificare a cursului",
        "Checklista inför kursen",
    ],
)
def test_a_list_that_its_heading_calls_a_checklist_is_one(heading: str) -> None:
    by_label = found(record("A chapter", listed(heading, "One thing", "Another thing")))
    by_title = found(record(heading, listed("", "One thing", "Another thing")))
    for (form,) in (by_label, by_title):
        assert (form.kind, form.title, texts(form)) == (
            FormKind.CHECKLIST,
            heading,
            ["One thing", "Another thing"],
        )
    assert by_label[0].lines[0].group == "A chapter"


@pytest.mark.parametrize(
    "heading",
    [
        "Before you go on",
        "Bevor Sie beginnen",
        "Πριν συνεχίσετε",
        "Antes de empezar",
        "Avant de commencer",
        "Innan du börjar",
    ],
)
def test_a_list_alone_under_before_you_is_a_checklist(heading: str) -> None:
    (form,) = found(record("A chapter", listed(heading, "The hours are counted.", "The dates are set.")))
    assert len(form.lines) == 2
    prose = "The following was found by three people over some weeks, in talks with all who took part. " * 3
    assert found(record("A chapter", listed(heading, "One", "Two", before=prose + "\n\n"))) == ()


@pytest.mark.parametrize(
    "field",
    [
        listed("Objectives", "Learn a language", "Meet others"),
        listed(
            "Self-assessment against the framework",
            "Three people did it.",
            before="It took a while. " * 20 + "\n",
        ),
        listed("Why we came to write a checklist with all of our partners in the end", "Reasons", "More"),
        listed("Partners", "University of Bucharest", "Stockholm University"),
        Field("Checklist", "A checklist is in the annex.", (Span(1),)),
        listed("Checklist", "Checklist"),
    ],
)
def test_other_lists_and_talk_of_checklists_are_none(field: Field) -> None:
    assert found(record("A chapter", field)) == ()


def test_rows_with_boxes_are_a_checklist_whatever_it_is_called() -> None:
    rows = (("1", "The need is written down", "", BOX), ("2", "Partners have signed", "", BOX))
    (form,) = found(record("Tools", tabled("", *rows, heads=False)))
    assert (form.kind, texts(form)) == (
        FormKind.CHECKLIST,
        ["The need is written down", "Partners have signed"],
    )


@pytest.mark.parametrize(
    ("yes", "no"),
    [
        ("Yes", "No"),
        ("Ja", "Nein"),
        ("Ναι", "Όχι"),
        ("Sí", "No"),
        ("Oui", "Non"),
        ("Sì", "No"),
        ("Da", "Nu"),
        ("Ja", "Nej"),
    ],
)
def test_columns_to_answer_in_are_the_scale(yes: str, no: str) -> None:
    rows = (("Question", yes, no), ("Are the dates set?", "", ""), ("Is the room free?", "", ""))
    (form,) = found(record("A chapter", tabled("", *rows)))
    assert [level.label for level in form.scale.levels] == [yes, no]
    assert form.kind is FormKind.CHECKLIST


GRIDS = {
    "en": ("Evaluation grid", "Criterion", "Weight", "1: weak", "3: sound", "5: strong"),
    "de": ("Bewertungsraster", "Kriterium", "Gewicht", "1: schwach", "3: solide", "5: stark"),
    "el": ("Πλέγμα αξιολόγησης", "Κριτήριο", "Βαρύτητα", "1: μέτριο", "3: καλό", "5: άριστο"),
    "es": ("Matriz de evaluación", "Criterio", "Peso", "1: débil", "3: aceptable", "5: excelente"),
    "fr": ("Grille d’évaluation", "Critère", "Poids", "1 : faible", "3 : moyen", "5 : fort"),
    "it": ("Griglia di valutazione", "Criterio", "Peso", "1: debole", "3: sufficiente", "5: ottimo"),
    "ro": ("Grilă de evaluare", "Criteriu", "Pondere", "1: slab", "3: bun", "5: excelent"),
    "sv": ("Bedömningsmatris", "Kriterium", "Vikt", "1: svag", "3: god", "5: stark"),
}


@pytest.mark.parametrize("language", GRIDS)
def test_a_grid_has_its_criteria_weights_and_scale_as_printed(language: str) -> None:
    title, *heads = GRIDS[language]
    rows = (
        tuple(heads),
        ("Need", "60 %", "none", "some", "all"),
        ("Time", "40 %", "short", "fair", "long"),
        ("Total", "100 %", "", "", ""),
    )
    (form,) = found(record(title, tabled("", *rows)))
    assert (form.kind, texts(form)) == (FormKind.GRID, ["Need", "Time"])
    assert [line.weight for line in form.lines] == [60, 40]
    assert [(level.label, level.points) for level in form.scale.levels] == list(
        zip(heads[2:], (1, 3, 5), strict=True)
    )
    assert form.lines[0].levels == ("none", "some", "all")


def test_lists_of_one_name_are_one_checklist_under_their_chapters() -> None:
    chapters = [
        record("Checkliste", listed("", f"Schritt {n}"), position=n, path=("Handbuch", f"Kapitel {n}"))
        for n in (1, 2)
    ]
    (form,) = found(*chapters)
    assert [(name, len(lines)) for name, lines in form.groups] == [("Kapitel 1", 1), ("Kapitel 2", 1)]


@pytest.mark.parametrize(
    "heading",
    [
        "Questions to ask",
        "Fragen zur Vorbereitung",
        "Preguntas previas",
        "Questions à se poser",
        "Frågor att ställa",
    ],
)
def test_a_list_alone_under_questions_to_ask_is_a_checklist_and_a_chapter_of_that_name_is_none(
    heading: str,
) -> None:
    (form,) = found(record("A chapter", listed(heading, "Who takes part?", "Who pays?")))
    assert len(form.lines) == 2
    inside = record("Clouds", listed("Key facts", "They rain.", "They pass."), path=(heading,))
    assert found(inside) == ()


def test_heads_that_stand_as_a_line_above_the_table_are_found_and_two_in_one_are_parted() -> None:
    rows = (("Need", "15", "none", "some"), ("Time", "10", "short", "long"))
    before = "Two readers fill it in.\n\nCriterion\tWeight 1: weak\t5: strong\n"
    (form,) = found(record("Evaluation grid", tabled("", *rows, heads=False, before=before)))
    assert [level.label for level in form.scale.levels] == ["1: weak", "5: strong"]
    assert [line.weight for line in form.lines] == [15, 10]


def test_highest_marks_are_read_where_a_grid_states_them() -> None:
    rows = (("Award criterion", "Max. points"), ("Quality", "30"), ("Impact", "20 points"), ("Total", "50"))
    (form,) = found(record("How proposals are read", tabled("", *rows)))
    assert [(line.text, line.most) for line in form.lines] == [("Quality", 30), ("Impact", 20)]


def test_scales_of_one_row_are_one_grid_whose_criteria_are_the_titles() -> None:
    def theme(title: str, position: int) -> Record:
        rows = (("No action", "Emerging", "Sustained"), ("Nothing is done.", "Some do it.", "All do it."))
        return record(title, tabled("Maturity scale", *rows), kind=Kind.PRACTICE, position=position)

    (form,) = found(theme("Leadership", 1), theme("Training", 2))
    assert (form.title, texts(form)) == ("Maturity scale", ["Leadership", "Training"])
    assert form.lines[1].levels == ("Nothing is done.", "Some do it.", "All do it.")


@pytest.mark.parametrize(
    ("title", "rows"),
    [
        (
            "Partners",
            (("Partner", "Country", "Role"), ("Bucharest", "Romania", "Leads"), ("Rome", "Italy", "Teaches")),
        ),
        (
            "Courses",
            (("Course", "Points", "Level"), ("Tandem", "5", "Bachelor"), ("Seminar", "10", "Master")),
        ),
        ("Programme", (("Time", "1", "2", "3"), ("Monday", "a", "b", "c"), ("Tuesday", "d", "e", "f"))),
        (
            "Formats",
            (("Format", "Good at", "Weak at"), ("Online", "reach", "meeting"), ("Blended", "both", "cost")),
        ),
        ("Budget", (("Item", "Share"), ("Travel", "60 %"), ("Staff", "40 %"))),
        (
            "Measures",
            (("Sample question", "Sample metric"), ("How much?", "Inventory"), ("How long?", "Lead time")),
        ),
        ("Data sheet", (("Information", "Details"), ("Name", ""), ("Contact", ""))),
        ("Seasons", (("Town", "Low", "High"), ("Rome", "winter", "summer"), ("Oslo", "autumn", "spring"))),
    ],
)
def test_a_table_of_anything_else_is_no_form(title: str, rows: tuple[tuple[str, ...], ...]) -> None:
    assert found(record(title, tabled("", *rows))) == ()


def test_lines_keep_the_page_that_prints_them_and_lead_to_their_place() -> None:
    field = Field("Checklist", "• The first thing to do\n• The second thing to do", (Span(1), Span(2)))
    (form,) = found(
        record("Guide", field), pages=("Checklist\nThe first thing to do", "The second thing\nto do is here")
    )
    assert [line.page for line in form.lines] == [1, 2]
    assert form.lines[1].url == "/sections/book.0.section?field=1&page=2#page"


def test_the_same_lines_in_a_tool_and_its_section_count_once_and_as_the_tool_s() -> None:
    one, two = (
        record("Checklist", listed("", "One thing", "Two things"), kind=kind, position=n)
        for n, kind in enumerate((Kind.SECTION, Kind.TOOL))
    )
    (form,) = found(one, two)
    assert (len(form.lines), form.record) == (2, two.id)


def test_keys_are_of_record_and_words_and_never_twice_the_same() -> None:
    twice = record("Guide", listed("Checklist", "Sign it", "Send it"), position=1)
    again = record("Guide", listed("Checklist", "Sign it", "Send it", page=2), position=1)
    (form,) = found(twice)
    assert form == found(twice)[0]
    (both,) = found(twice, again)
    assert len({line.key for line in both.lines}) == len(both.lines) == 4

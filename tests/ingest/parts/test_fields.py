"""Labels on their own line, run in, in a table or a side box; lists and tables keep their shape."""

from __future__ import annotations

from ingest import reader
from ingest.reading.extraction import Extraction
from kb.records import Kind, Record
from tests.typesetting import Text, paragraph, typeset

PROSE = "Students of three universities work on one case and present what they found to a city council. "


def read(data: bytes) -> Extraction:
    return Extraction.of_data(reader.read({"name": "x.pdf", "max_pages": 99}, data, lambda *_: None))


def only_practices(data: bytes) -> tuple[Record, ...]:
    return read(data).of(Kind.PRACTICE)


def three(block: list[list[Text]]) -> bytes:
    """Three pages, each with a practice made of the given block under its own title."""
    titles = ["Digital law clinic", "Green campus week", "Museum of languages"]
    pages = [[Text(t, 60, 80, 16, True), *[x for part in block for x in part]] for t in titles]
    return typeset(pages, bookmarks=[(t, n + 1, 0) for n, t in enumerate(titles)])


def labels_of(record: Record) -> list[str]:
    return [f.label for f in record.fields]


def test_labels_on_their_own_line() -> None:
    block = []
    for n, label in enumerate(["Need", "Activities", "Results"]):
        top = 110 + 80 * n
        block.append([Text(label, 60, top, 11, True), *paragraph(PROSE * 2, 60, top + 16, 420)])
    for practice in only_practices(three(block)):
        assert labels_of(practice) == ["Need", "Activities", "Results"]
        assert [f.name for f in practice.fields] == ["need", "activities", "results"]
        assert practice.fields[0].text == (PROSE * 2).strip()


def test_bold_labels_run_in() -> None:
    block = []
    for n, label in enumerate(["Need", "Activities", "Results"]):
        top = 110 + 60 * n
        block.append(
            [
                Text(label + " ", 60, top, 10, True),
                Text("Students of three universities work on one case and present it", 120, top, 10),
                *paragraph(
                    "to a city council, which then takes a decision about it. " * 2, 60, top + 12, 420
                ),
            ]
        )
    for practice in only_practices(three(block)):
        assert labels_of(practice) == ["Need", "Activities", "Results"]
        assert practice.fields[0].text.startswith("Students of three universities")


def test_a_key_value_table_gives_a_field_a_row() -> None:
    rows = [("Duration", "Two weeks"), ("Language", "English"), ("ECTS", "3"), ("Level", "Master")]
    table = [
        Text(t, x, 110 + 18 * n) for n, row in enumerate(rows) for t, x in zip(row, (60, 200), strict=True)
    ]
    text = [Text("Description", 60, 210, 11, True), *paragraph(PROSE * 3, 60, 226, 420)]
    for practice in only_practices(three([table, text])):
        assert [(f.label, f.text) for f in practice.fields[:4]] == rows
        assert labels_of(practice)[4:] == ["Description"]


def test_the_same_label_twice_stays_two_fields() -> None:
    block = []
    for n, label in enumerate(["Need", "Results", "Need"]):
        top = 110 + 80 * n
        block.append([Text(label, 60, top, 11, True), *paragraph(PROSE * 2, 60, top + 16, 420)])
    for practice in only_practices(three(block)):
        assert labels_of(practice) == ["Need", "Results", "Need"]


def test_lists_stay_lists_and_paragraphs_stay_apart() -> None:
    need = [
        Text("Need", 60, 110, 11, True),
        Text("First paragraph, which is short.", 60, 126),
        Text("Second paragraph, also short.", 60, 146),
    ]
    acts = [
        Text("Activities", 60, 180, 11, True),
        Text("\u2022", 60, 196),
        Text("one lecture", 74, 196),
        Text("\u2022", 60, 210),
        Text("two visits", 74, 210),
    ]
    results = [Text("Results", 60, 240, 11, True), *paragraph(PROSE * 2, 60, 256, 420)]
    for practice in only_practices(three([need, acts, results])):
        assert practice.fields[0].text == "First paragraph, which is short.\n\nSecond paragraph, also short."
        assert practice.fields[1].text == "• one lecture\n• two visits"


def test_a_field_keeps_its_boxes_over_a_page_break() -> None:
    top = [
        Text("Digital law clinic", 60, 80, 16, True),
        Text("Need", 60, 110, 11, True),
        *paragraph(PROSE * 2, 60, 126, 420),
        Text("Results", 60, 700, 11, True),
        *paragraph(PROSE * 3, 60, 716, 420),
    ]
    follow = [
        *paragraph("which goes on here. " * 10, 60, 80, 420),
        Text("Green campus week", 60, 200, 16, True),
        Text("Need", 60, 230, 11, True),
        *paragraph(PROSE * 2, 60, 246, 420),
        Text("Results", 60, 330, 11, True),
        *paragraph(PROSE * 2, 60, 346, 420),
    ]
    marks = [("Digital law clinic", 1, 0), ("Green campus week", 2, 0)]
    first, second = only_practices(typeset([top, follow], bookmarks=marks))
    assert [s.page for s in first.fields[1].spans] == [1, 2]
    assert (first.page_start, first.page_end, second.page_start) == (1, 2, 2)


def test_a_side_note_becomes_no_part_of_the_sentence_it_interrupts() -> None:
    main = [Text("Need", 60, 110, 11, True), *paragraph(PROSE * 6, 60, 126, 300)]
    note = [
        Text("Partners", 400, 120, 9, True),
        Text("Two city councils", 400, 134, 9),
        Text("One museum", 400, 146, 9),
    ]
    results = [Text("Results", 60, 420, 11, True), *paragraph(PROSE * 2, 60, 436, 420)]
    titles = ["Digital law clinic", "Green campus week"]
    pages = [[Text(t, 60, 80, 16, True), *main, *note, *results] for t in titles]
    data = typeset(
        pages,
        bookmarks=[(t, n + 1, 0) for n, t in enumerate(titles)],
        boxes=[(n, (392, 106, 530, 160)) for n in (1, 2)],
    )
    for practice in only_practices(data):
        assert practice.fields[0].text == (PROSE * 6).strip()
        assert [(f.label, f.text) for f in practice.fields if f.label == "Partners"] == [
            ("Partners", "Two city councils One museum")
        ]


def test_links_are_kept_with_their_words_and_only_those_that_lead_to_the_web_or_a_mailbox() -> None:
    contact = [
        Text("Contact", 60, 110, 11, True),
        Text("Write to", 60, 126),
        Text("the office", 104, 126, url="mailto:office@example.org"),
        Text("or see the page", 60, 140, url="https://example.org/clinic"),
        Text("or not", 60, 154, url="javascript:alert(1)"),
    ]
    results = [Text("Results", 60, 240, 11, True), *paragraph(PROSE * 2, 60, 256, 420)]
    for practice in only_practices(three([contact, results])):
        assert [(link.text, link.url) for link in practice.fields[0].links] == [
            ("the office", "mailto:office@example.org"),
            ("or see the page", "https://example.org/clinic"),
        ]
        assert practice.fields[1].links == ()

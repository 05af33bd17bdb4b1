"""Every line of a document ends in exactly one place."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest import reader
from ingest.parts.ledger import UNASSIGNED, left_over
from ingest.reading.blocks import Block
from ingest.reading.extraction import Extraction
from kb.care.doubts import LeftOut, left_out
from kb.records import Kind
from tests.pdfs import handbook_pdf
from tests.typesetting import Text, paragraph, typeset

PROSE = "Students of three universities work on one case and present what they found to a city council. " * 3


def blocks_of(data: bytes) -> dict[str, int]:
    found = Extraction.of_data(reader.read({"name": "x.pdf", "max_pages": 99}, data, lambda *_: None))
    return dict(found.ledger)


def test_every_character_is_counted_once() -> None:
    heads = [Text("Running head of the book", 60, 40, 8)]
    pages = [
        [*heads, Text(f"Part {chr(65 + n)}", 60, 90, 16, True), *paragraph(PROSE, 60, 130, 400)]
        for n in range(5)
    ]
    counts = blocks_of(typeset(pages))
    printed = sum(not c.isspace() for page in pages for t in page for c in t.text)
    assert sum(counts.values()) == printed
    assert counts["running heads"] == 5 * len("Runningheadofthebook")
    assert UNASSIGNED not in counts


def test_hidden_text_is_listed_and_reaches_no_record() -> None:
    page = [
        Text("Heading", 60, 80, 16, True),
        *paragraph(PROSE, 60, 120, 400),
        Text("secret", 60, 400, invisible=True),
    ]
    data = reader.read({"name": "x.pdf", "max_pages": 9}, typeset([page]), lambda *_: None)
    found = Extraction.of_data(data)
    assert [(u.page, u.text) for u in found.hidden] == [(1, "secret")]
    assert dict(found.ledger)["hidden text"] == len("secret")
    assert not any("secret" in r.text for r in found.records)
    assert "secret" not in found.pages[0].text


def test_every_reason_why_text_is_left_out_has_a_code_of_its_own() -> None:
    page = [Text("Heading", 60, 80, 16, True), Text("secret", 60, 400, invisible=True)]
    found = Extraction.of_data(
        reader.read({"name": "x.pdf", "max_pages": 9}, typeset([page, []]), lambda *_: None)
    )
    lines = left_over(Block(1, UNASSIGNED, "", text) for text in ("A heading alone", "Some\ntext"))
    assert [left_out(part).code for part in (*found.hidden, *lines)] == [
        *(LeftOut.HIDDEN, LeftOut.HEADING, LeftOut.NO_HEADING)
    ]


def test_a_line_belongs_to_the_first_record_that_claims_it() -> None:
    found = Extraction.of_data(
        reader.read({"name": "x.pdf", "max_pages": 9}, handbook_pdf(), lambda *_: None)
    )
    places = {(b.page, b.record) for b in found.blocks if b.place == "practices"}
    assert {title for _, title in places} == {r.title for r in found.of(Kind.PRACTICE)}


WORDINGS = (
    *(
        "Need",
        "Results",
        "Annex 1",
        "Appendix B: Tools",
        "1.2 Goals",
        "a",
        "• item",
        "Moodle",
        "12",
        "Tools:",
    ),
    "Students of three universities work on one case and present it to a council.",
)
SCATTERED = st.lists(
    st.builds(
        Text,
        text=st.sampled_from(WORDINGS),
        x=st.sampled_from([60.0, 90.0, 220.0, 320.0, 480.0]),
        y=st.integers(30, 820).map(float),
        size=st.sampled_from([8.0, 10.0, 12.0, 18.0]),
        bold=st.booleans(),
    ),
    min_size=1,
    max_size=40,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(SCATTERED, min_size=1, max_size=3))
def test_whatever_stands_on_the_pages_is_read_without_an_error_and_counted_once(
    pages: list[list[Text]],
) -> None:
    data = reader.read({"name": "x.pdf", "max_pages": 9}, typeset(pages), lambda *_: None)
    found = Extraction.of_data(data)
    shown = sum(not c.isspace() for page in found.pages for c in page.text)
    assert sum(count for place, count in found.ledger if place != "hidden text") == shown
    for record in found.records:
        assert 1 <= record.page_start <= record.page_end <= len(pages)

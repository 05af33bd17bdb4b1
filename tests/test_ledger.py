"""Every line of a document ends in exactly one place."""

from __future__ import annotations

from ingest import reader
from ingest.ledger import UNASSIGNED
from kb.records import Kind
from tests.pdfs import handbook_pdf
from tests.typesetting import Text, paragraph, typeset

PROSE = "Students of three universities work on one case and present what they found to a city council. " * 3


def blocks_of(data: bytes) -> dict[str, int]:
    found = reader.from_data(reader.read({"name": "x.pdf", "max_pages": 99}, data, lambda *_: None))
    return dict(found.ledger)


def test_every_character_is_counted_once() -> None:
    heads = [Text("Running head of the book", 60, 40, 8)]
    pages = [[*heads, Text(f"Part {chr(65 + n)}", 60, 90, 16, True), *paragraph(PROSE, 60, 130, 400)] for n in range(5)]
    counts = blocks_of(typeset(pages))
    printed = sum(not c.isspace() for page in pages for t in page for c in t.text)
    assert sum(counts.values()) == printed
    assert counts["running heads"] == 5 * len("Runningheadofthebook")
    assert UNASSIGNED not in counts


def test_hidden_text_is_listed_and_reaches_no_record() -> None:
    page = [Text("Heading", 60, 80, 16, True), *paragraph(PROSE, 60, 120, 400), Text("secret", 60, 400, invisible=True)]
    data = reader.read({"name": "x.pdf", "max_pages": 9}, typeset([page]), lambda *_: None)
    found = reader.from_data(data)
    assert [(u.page, u.text) for u in found.hidden] == [(1, "secret")]
    assert dict(found.ledger)["hidden text"] == len("secret")
    assert not any("secret" in r.text for r in found.records)
    assert "secret" not in found.pages[0].text


def test_a_line_belongs_to_the_first_record_that_claims_it() -> None:
    found = reader.from_data(reader.read({"name": "x.pdf", "max_pages": 9}, handbook_pdf(), lambda *_: None))
    places = {(b.page, b.record) for b in found.blocks if b.place == "practices"}
    assert {title for _, title in places} == {r.title for r in found.of(Kind.PRACTICE)}



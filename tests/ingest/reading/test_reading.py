"""A reading as one file: what is loaded is what was dumped, and nothing else is taken for one."""

from __future__ import annotations

import json

import pytest

from ingest import reader
from ingest.reading.extraction import Extraction
from ingest.reading.reading import Reading
from kb.errors import ParseError
from tests.pdfs import handbook_pdf


@pytest.fixture(scope="module")
def reading() -> Reading:
    request = {"name": "x.pdf", "max_pages": 99}
    found = Extraction.of_data(reader.read(request, handbook_pdf(), lambda *_: None))
    return Reading("0" * 64, "x.pdf", "upload", "", "title = 'é'", "small-handbook", False, 1.25, found)


def test_a_reading_comes_back_whole(reading: Reading) -> None:
    assert Reading.load(reading.dump()) == reading
    assert reading.found.records


def test_it_is_one_layer_of_json(reading: Reading) -> None:
    records = json.loads(reading.dump())["found"]["records"]
    assert {type(record) for record in records} == {dict}


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"format": 0}', '{"format": 1}', '{"format": 1, "found": {}}']
)
def test_what_is_no_reading_is_refused(text: str) -> None:
    with pytest.raises(ParseError, match="read the file again"):
        Reading.load(text)

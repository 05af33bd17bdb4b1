"""Pages that several processes read are what one would have read, whatever becomes of the processes."""

from __future__ import annotations

import io
from typing import Any

import pytest
from pypdf import PdfReader

from benchmarks.setting import SAMPLE
from ingest.safe import sandbox
from ingest.safe.sandbox import Limits
from kb.errors import ParseError
from tests import pdfs
from tests.ingest.page.test_ligatures import TEXTS, without_ligatures

PAGES = pdfs.text_pdf(pages=9, lines=["A line of text.", "And another one."])


def pages(data: bytes, readers: int, limits: Limits | None = None, **request: Any) -> Any:
    return sandbox.run("tests.readers:pages", {"name": "h.pdf", "readers": readers, **request}, data, limits)


def test_a_handbook_is_read_the_same_by_several_processes() -> None:
    data = SAMPLE.read_bytes()
    request = {"name": SAMPLE.name, "max_pages": 100}
    told: list[tuple[str, int, int]] = []
    abreast = sandbox.run(
        "tests.readers:read", {**request, "readers": 3}, data, progress=lambda *one: told.append(one)
    )
    assert abreast == sandbox.run("tests.readers:read", request, data)
    done = [one[1] for one in told if one[0] == "read"]
    assert done == sorted(done)
    assert done[-1] == len(PdfReader(io.BytesIO(data)).pages)


def test_ligatures_are_learned_from_the_pages_before_all_the_same() -> None:
    plain = TEXTS["de"].replace("ff", "f").replace("fi", "f i").replace("fl", "f l")
    text = "\n#pagebreak()\n".join((plain, TEXTS["de"], plain, TEXTS["en"], TEXTS["fr"], plain))
    data = without_ligatures(text, "Libertinus Serif", 11)
    one = pages(data, 1)
    assert len(one) == 6
    assert pages(data, 2) == one


def test_pages_are_read_by_processes_that_the_confined_one_starts() -> None:
    assert sandbox.run("tests.readers:whose", {"name": "h.pdf"}) == [True] * 9


@pytest.mark.parametrize("harm", ["helpers", "memory"])
def test_what_an_ended_process_did_not_read_is_read_all_the_same(harm: str) -> None:
    assert pages(PAGES, 2, harm=harm) == pages(PAGES, 1)


def test_a_page_that_ends_whoever_reads_it_is_told_in_one_sentence() -> None:
    with pytest.raises(ParseError, match=r"^h\.pdf: the PDF library crashed on it \(SIGSEGV\)"):
        pages(PAGES, 2, harm="all")


def test_a_damaged_page_is_named() -> None:
    leaf = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>"
    kids = b"3 0 R 3 0 R 3 0 R 4 0 R 3 0 R"
    data = pdfs.objects(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [%s] /Count 5 >>" % kids,
        leaf,
        b"(no page)",
    )
    for readers in (1, 2):
        with pytest.raises(ParseError, match=r"^h\.pdf: page 4: damaged \(.*\); export it again$"):
            pages(data, readers)


def test_pages_are_read_where_no_other_process_may_be_started() -> None:
    assert pages(PAGES, 2, Limits(processes=1)) == pages(PAGES, 1)

"""Opening a PDF: with and without passwords, damaged at either end, and those that only wrap what they hold."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import pytest
from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, BooleanObject, DictionaryObject, NameObject, create_string_object

from ingest import caveats
from ingest.page import Structure, open_structure
from ingest.page.pdf import Glyphs
from ingest.page.repair import Defect, repaired
from kb.errors import ParseError
from kb.records import Caveat
from kb.said import Flaw
from tests import pdfs

PLAIN = pdfs.handbook_pdf()
CIPHERS = ("RC4-40", "RC4-128", "AES-128", "AES-256-R5", "AES-256")


def opened(data: bytes, password: str = "") -> tuple[Structure, list[int]]:
    """What both libraries make of it: the structure, and the words of each page."""
    structure = open_structure(data, "h.pdf", password, 100)
    with Glyphs(data, "h.pdf", password) as glyphs:
        return structure, [len(page.words) for page in glyphs.pages()]


WHOLE = opened(PLAIN)[1]


def locked(cipher: str, user: str, owner: str) -> bytes:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(PLAIN)))
    writer.encrypt(user, owner, algorithm=cipher)
    return written(writer)


def written(writer: PdfWriter) -> bytes:
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


@pytest.mark.parametrize("cipher", CIPHERS)
@pytest.mark.parametrize(("user", "owner"), [("", "own"), ("secret", "own"), ("pässwörd €", "ιδιοκτήτης")])
def test_a_locked_file_opens_with_each_of_its_passwords(cipher: str, user: str, owner: str) -> None:
    data = locked(cipher, user, owner)
    assert opened(data, user)[1] == WHOLE
    assert opened(data, owner)[1] == WHOLE


@pytest.mark.parametrize("cipher", CIPHERS)
@pytest.mark.parametrize("given", ["", "wrong"])
def test_a_missing_or_wrong_password_is_refused_by_name_of_the_option(cipher: str, given: str) -> None:
    with pytest.raises(ParseError, match=r"^h\.pdf: encrypted; .*--password"):
        open_structure(locked(cipher, "secret", "own"), "h.pdf", given, 100)


@pytest.mark.parametrize("cipher", CIPHERS)
def test_a_password_that_is_not_needed_is_no_obstacle(cipher: str) -> None:
    assert opened(locked(cipher, "", "own"), "of another file")[1] == WHOLE
    assert opened(PLAIN, "of another file")[1] == WHOLE


def packed() -> bytes:
    """A handbook whose catalogue and pages are packed into a stream of objects, as PDF 1.5 may do."""
    import typst  # noqa: PLC0415 - only this maker needs it

    return typst.compile(
        b'#set document(title: "Small Handbook")\n= One\nSome words.\n#pagebreak()\n= Two\nMore of them.'
    )


DAMAGES: dict[str, tuple[Callable[[bytes], bytes], set[Defect]]] = {
    "junk": (lambda d: b"HTTP/1.1 200 OK\r\n" * 30 + d, {Defect.JUNK}),
    "blank lines": (lambda d: b"\r\n\r\n" + d, {Defect.JUNK}),
    "no end": (lambda d: d[: d.rindex(b"%%EOF")], {Defect.NO_END}),
    "no startxref": (lambda d: d[: d.rindex(b"startxref")], {Defect.NO_TABLE}),
    "wrong startxref": (lambda d: re.sub(rb"startxref\s+\d+", b"startxref\n99", d), {Defect.NO_TABLE}),
    "end cut off": (lambda d: d[: d.rindex(b"startxref") - 40], {Defect.NO_TABLE}),
    "both": (lambda d: b"From: x\n\n" + d[: d.rindex(b"startxref")], {Defect.JUNK, Defect.NO_TABLE}),
}


@pytest.mark.parametrize("make", [lambda: PLAIN, packed], ids=["plain", "packed"])
@pytest.mark.parametrize("damage", DAMAGES)
def test_a_file_damaged_at_either_end_is_read_whole(damage: str, make: Callable[[], bytes]) -> None:
    spoil, found = DAMAGES[damage]
    whole, spoilt = opened(make()), opened(spoil(make()))
    assert spoilt[0].title == whole[0].title == "Small Handbook"
    assert spoilt[0].outline == whole[0].outline
    assert spoilt[1] == whole[1]
    assert set(spoilt[0].damage) == found


def test_a_sound_file_is_taken_as_it_is() -> None:
    assert repaired(PLAIN) == (PLAIN, ())
    whole = packed()  # once: another second makes another one
    assert repaired(whole) == (whole, ())
    assert not list(caveats.of_damage((), ()))


def test_what_was_repaired_is_told_and_pages_that_came_out_empty_are_named() -> None:
    data = PLAIN[: len(PLAIN) * 4 // 5]
    structure = open_structure(data, "h.pdf", "", 100)
    with Glyphs(data, "h.pdf") as glyphs:
        pages = list(glyphs.pages())
    told = list(caveats.of_damage(structure.damage, pages))
    assert told == [Caveat(Flaw.NO_TABLE), Caveat(Flaw.EMPTIED, (len(pages),))]
    assert caveats.worst_first(told) == (told[1], told[0])


def form_writer(fields: bool, must_render: bool) -> PdfWriter:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdfs.text_pdf(1, ["Please wait..."]))))
    widget = DictionaryObject(
        {NameObject("/Subtype"): NameObject("/Widget"), NameObject("/FT"): NameObject("/Tx")}
    )
    form = DictionaryObject({NameObject("/XFA"): create_string_object("<template/>")})
    form[NameObject("/Fields")] = ArrayObject([widget] if fields else [])
    if fields:
        writer.pages[0][NameObject("/Annots")] = ArrayObject([widget])
    if must_render:
        writer.root_object[NameObject("/NeedsRendering")] = BooleanObject(True)
    writer.root_object[NameObject("/AcroForm")] = form
    return writer


@pytest.mark.parametrize(("fields", "must_render"), [(False, False), (False, True), (True, True)])
def test_a_dynamic_form_is_refused_with_the_way_out(fields: bool, must_render: bool) -> None:
    with pytest.raises(ParseError, match=r"dynamic form \(XFA\).*print it to PDF"):
        open_structure(written(form_writer(fields, must_render)), "h.pdf", "", 100)


def test_a_form_that_any_reader_shows_is_read_although_it_has_xfa() -> None:
    assert open_structure(written(form_writer(fields=True, must_render=False)), "h.pdf", "", 100).labels == (
        "1",
    )


def portfolio(pages: int, files: int) -> bytes:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdfs.text_pdf(pages))))
    for number in range(files):
        writer.add_attachment(f"part {number}.pdf", PLAIN)
    writer.root_object[NameObject("/Collection")] = DictionaryObject()
    return written(writer)


def test_a_portfolio_is_refused_and_its_documents_named() -> None:
    with pytest.raises(ParseError, match=r"portfolio.*\(part 0\.pdf, part 1\.pdf\); save its attachments"):
        open_structure(portfolio(1, 2), "h.pdf", "", 100)


@pytest.mark.parametrize(("pages", "files"), [(1, 0), (20, 2)])
def test_a_document_with_attachments_of_its_own_is_no_portfolio(pages: int, files: int) -> None:
    assert len(open_structure(portfolio(pages, files), "h.pdf", "", 100).labels) == pages

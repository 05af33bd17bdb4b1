"""A text layer is believed while its letters are a language's and its picture says no more."""

from __future__ import annotations

import io

import pytest
from PIL import Image, ImageDraw
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from ingest import caveats
from ingest.page import Glyphs, RawPage, legible, ocr
from ingest.reading import NEUTRAL
from ingest.recognition import LegiblePages, Recognition
from kb.records import Caveat
from kb.said import Flaw
from tests import pdfs

TEXTS = {
    "en": "Students of two faculties read the same cases and discuss them online every week. The seminar wants to give "
    "them a first contact with colleagues abroad, and the teachers meet once before the start to agree on the work.",
    "de": "Die Studierenden zweier Fakultäten lesen dieselben Fälle und besprechen sie jede Woche im Netz. Das Seminar "
    "will ihnen einen ersten Kontakt mit Kolleginnen im Ausland geben, und die Lehrenden treffen sich vor Beginn.",
    "es": "Los estudiantes de dos facultades leen los mismos casos y los comentan cada semana en línea. El seminario "
    "quiere darles un primer contacto con colegas de otros países, y el profesorado se reúne antes de empezar.",
    "fr": "Les étudiants de deux facultés lisent les mêmes textes et débattent en ligne chaque semaine. Le séminaire "
    "veut leur donner un premier contact avec des collègues à l'étranger, et les enseignants se réunissent avant.",
    "it": "Gli studenti di due facoltà leggono gli stessi casi e ne discutono ogni settimana in rete. Il seminario "
    "vuole dare loro un primo contatto con colleghi di altri paesi, e i docenti si incontrano prima dell'inizio.",
    "ro": "Studenții a două facultăți citesc aceleași cazuri și le discută online în fiecare săptămână. Seminarul vrea "
    "să le ofere un prim contact cu colegi din alte țări, iar profesorii se întâlnesc o dată înainte de început.",
    "sv": "Studenter vid två fakulteter läser samma fall och diskuterar dem på nätet varje vecka. Seminariet vill "
    "ge dem en första kontakt med kollegor utomlands, och lärarna träffas en gång före starten för att komma överens.",
    "el": "Οι φοιτητές δύο σχολών διαβάζουν τις ίδιες υποθέσεις και τις συζητούν κάθε εβδομάδα στο διαδίκτυο. Το "
    "σεμινάριο θέλει να τους δώσει μια πρώτη επαφή με συναδέλφους στο εξωτερικό, και οι διδάσκοντες συναντώνται.",
    "cs": "Studenti dvou fakult čtou stejné případy a každý týden o nich diskutují online. Seminář jim chce dát první "
    "kontakt s kolegy v zahraničí a učitelé se jednou před začátkem sejdou, aby se dohodli na společné práci.",
    "pl": "Studenci dwóch wydziałów czytają te same przypadki i co tydzień dyskutują o nich w sieci. Seminarium chce "
    "dać im pierwszy kontakt z kolegami z zagranicy, a nauczyciele spotykają się raz przed początkiem zajęć.",
    "fi": "Kahden tiedekunnan opiskelijat lukevat samoja tapauksia ja keskustelevat niistä verkossa joka viikko. "
    "Seminaari haluaa antaa heille ensimmäisen yhteyden ulkomaisiin kollegoihin, ja opettajat tapaavat kerran.",
    "hu": "Két kar hallgatói ugyanazokat az eseteket olvassák, és hetente megbeszélik azokat az interneten. A "
    "szeminárium első kapcsolatot kíván adni nekik külföldi kollégákkal, és az oktatók egyszer találkoznak.",
}


def layer(text: str, shift: int = 0) -> RawPage:
    """A page whose bytes are this text's letters and whose ToUnicode shifts each of them."""
    codes = {char: 0x21 + at for at, char in enumerate(sorted(set(text) - {" "}))}
    said = {code: chr(ord(char) + shift) for char, code in codes.items()} | {0x20: " "}
    words = "".join(chr(codes.get(char, 0x20)) for char in text).split(" ")
    lines = [" ".join(words[at : at + 8]) for at in range(0, len(words), 8)]
    with Glyphs(pdfs.encoded_pdf(lines, said), "h.pdf") as glyphs:
        return glyphs.page(1)


@pytest.mark.parametrize("language", TEXTS)
def test_a_text_in_any_language_is_believed(language: str) -> None:
    page = layer(TEXTS[language])
    assert [w.text for w in page.words] == TEXTS[language].split()
    assert not legible.needs_ocr(legible.doubted([page])[0])


@pytest.mark.parametrize("shift", [-15, -3, 1, 2, 13, 0x100, 0xF000])
@pytest.mark.parametrize("language", ["en", "de", "es", "fr", "it", "ro", "sv", "el"])
def test_a_text_whose_letters_are_shifted_is_doubted(language: str, shift: int) -> None:
    assert legible.needs_ocr(legible.doubted([layer(TEXTS[language], shift)])[0])


def test_a_few_words_are_not_judged() -> None:
    assert not legible.doubted([layer("Moodle, Zoom, QGIS", 1)])[0].is_doubted


def scan(stamp: str = "", photograph: bool = False) -> bytes:
    """A page that is a picture of three printed lines, or of a wood at dusk, with a digital line at its foot."""
    if photograph:
        picture = Image.linear_gradient("L").resize((1240, 1754)).convert("RGB")
    else:
        picture = Image.new("RGB", (1240, 1754), "white")
        draw = ImageDraw.Draw(picture)
        for at in range(12):
            draw.text(
                (150, 150 + 90 * at), "Students read the same cases every week", fill="black", font_size=48
            )
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=pdfs.A4, invariant=True)
    canvas.drawImage(ImageReader(picture), 0, 0, *pdfs.A4)
    canvas.setFont("Helvetica", 8)
    canvas.drawString(72, 30, stamp)
    canvas.save()
    return out.getvalue()


def seen(data: bytes) -> LegiblePages:
    with Glyphs(data, "h.pdf") as glyphs:
        pages = legible.doubted(list(glyphs.pages()))
        return Recognition(glyphs, lambda *_: None).read(pages, NEUTRAL, "en")


@pytest.fixture
def no_tesseract(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ocr, "installed", tuple)


needs_tesseract = pytest.mark.skipif(not ocr.installed(), reason="no Tesseract here: nothing is read by OCR")
STAMP = "Downloaded from the repository of the university on Monday"


@pytest.mark.usefixtures("no_tesseract")
def test_without_tesseract_a_stamped_scan_is_named_with_what_to_install() -> None:
    (caveat,) = seen(scan(STAMP)).caveats
    assert (caveat.flaw, caveat.pages) == (Flaw.UNREAD, (1,))
    assert str(dict(caveat.values)["package"]).startswith("tesseract-ocr-")


@pytest.mark.usefixtures("no_tesseract")
@pytest.mark.parametrize(
    "data", [scan(STAMP, photograph=True), pdfs.text_pdf()], ids=["photograph", "no picture"]
)
def test_a_photograph_with_a_line_of_text_is_no_scan(data: bytes) -> None:
    assert seen(data).caveats == ()


@pytest.mark.usefixtures("no_tesseract")
def test_without_tesseract_a_garbled_text_layer_is_left_out_and_said() -> None:
    words = TEXTS["en"].split()
    lines = [" ".join(words[at : at + 8]) for at in range(0, len(words), 8)]
    found = seen(pdfs.encoded_pdf(lines, {code: chr(code + 1) for code in range(0x21, 0x7F)} | {0x20: " "}))
    assert legible.needs_ocr(found.pages[0])
    assert found.caveats == (Caveat(Flaw.LEFT_OUT, (1,), values=(("package", "tesseract-ocr-eng"),)),)


@needs_tesseract
def test_a_stamped_scan_is_read_and_keeps_its_stamp_once() -> None:
    found = seen(scan(STAMP))
    text = " ".join(w.text for w in found.pages[0].words)
    assert text.count("same cases every week") >= 10
    assert text.count("Downloaded") == 1
    assert set(found.scanned) == {1}
    assert found.caveats == ()


@needs_tesseract
def test_a_lying_text_layer_is_read_from_its_picture() -> None:
    words = TEXTS["en"].split()
    lines = [" ".join(words[at : at + 8]) for at in range(0, len(words), 8)]
    found = seen(pdfs.encoded_pdf(lines, {code: chr(code + 1) for code in range(0x21, 0x7F)} | {0x20: " "}))
    assert "Students of two faculties read" in " ".join(w.text for w in found.pages[0].words)
    assert found.caveats[0].flaw is Flaw.GARBLED


@needs_tesseract
def test_a_doubted_text_that_the_picture_shows_is_believed() -> None:
    words = [f"{a}{b}{c}x" for a in "zqxjw" for b in "kvyz" for c in "wx"]
    lines = [" ".join(words[at : at + 8]) for at in range(0, len(words), 8)]
    data = pdfs.encoded_pdf(lines, {code: chr(code) for code in range(0x20, 0x7F)})
    with Glyphs(data, "h.pdf") as glyphs:
        page = legible.doubted([glyphs.page(1)])[0]
    assert page.is_doubted
    assert legible.agrees(page, page)


def test_a_missing_language_pack_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ocr, "installed", lambda: ("eng",))
    (caveat,) = caveats.of_text((), (), (1, 2, 3, 7), "el", "")
    assert (caveat.flaw, caveat.pages) == (Flaw.NO_PACK, (1, 2, 3, 7))
    assert dict(caveat.values) == {"language": ("el",), "package": "tesseract-ocr-ell"}
    assert not list(caveats.of_text((), (), (1,), "en", ""))

"""The recipes of docs/how-to/extending.md, followed once; and the two languages that were added by one of them."""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pymupdf_fonts
import pytest
from reportlab.pdfbase.pdfmetrics import registerFont
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from ingest import reader
from ingest.page import ocr
from ingest.reading import Extraction
from kb.index.lexical import Lexical
from kb.index.written import Entry
from kb.records import Kind
from kb.words import BY_CODE, STEMMERS
from tests.house import HOUSES, ROOT
from web.frame import language

_BLOCK = re.compile(
    r"^```\w+\n(?:# |\{# )(?P<place>.+?)(?: #\})?\n(?P<text>.*?)^```$", re.DOTALL | re.MULTILINE
)
_BELOW = re.compile(r"(?P<file>\S+), below `(?P<line>.+)`")
USE = """
import json, sys
from pathlib import Path
from fastapi.testclient import TestClient
from ingest.page import detection, ocr
from ingest.values import facet_values
from kb import Field, Span
from kb.search import Query
from kb.words import FACETS, PLAIN, Vocabulary, analyzer, facets, meant
from tests import web_library
from tests.factories import a_record
from web.app import create_app
from web.frame import sayings

words = Vocabulary.load()
said = Field("Mode of attendance", "Remotely, in two groups", (Span(1),), words.canonical("Mode of attendance"))
_, found = facet_values.read("A course", [said], words, "en")
record = a_record(fields=(said,), facets=found)
slovak = "Študenti troch univerzít pracujú spoločne na jednom prípade a svoje zistenia predstavia mestskej rade. " * 3
with TestClient(create_app(web_library.fill(Path(sys.argv[1])))) as client:
    page, twin = client.get("/colophon"), client.get("/colophon.json")
    file = client.get("/handbooks/exchange.txt")
    menu = client.get("/handbooks/exchange")
out = {
    "field": [said.name, words.display(said.name, "sv")],
    "facet": [[f.name, f.value] for f in found],
    "indexed": list(facets.index([record])["attendance"]),
    "meant": meant("attendance", "Remote", [("at a distance", "At a distance")]),
    "typed": Query("courses mode:remote").named,
    "worded": sayings.FACETS["attendance"],
    "told": detection.detect(slovak),
    "plain": analyzer(PLAIN).analyze("študenti"),
    "remedy": ocr.remedy("sk"),
    "label": words.canonical("Dĺžka trvania"),
    "page": [page.status_code, page.text.count("<h1>Colophon</h1>"), twin.json()["handbooks"]],
    "file": [file.status_code, file.headers["content-type"].split(";")[0], len(file.text.splitlines())],
    "menu": menu.text.count("titles, a line each"),
}
print(json.dumps(out))
"""


@pytest.fixture(scope="module")
def used(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What a copy of the software does in which every recipe was followed."""
    copy = tmp_path_factory.mktemp("grown")
    for folder in (*HOUSES, "tests", "benchmarks"):
        shutil.copytree(ROOT / folder, copy / folder, ignore=shutil.ignore_patterns("__pycache__", "sample"))
    for block in _BLOCK.finditer((ROOT / "docs" / "how-to" / "extending.md").read_text(encoding="utf-8")):
        put(copy, block["place"], block["text"])
    (copy / "use.py").write_text(USE, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "use.py", str(copy / "library")],
        cwd=copy,
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"},
    )
    assert done.returncode == 0, done.stderr[-3000:]
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def put(copy: Path, place: str, text: str) -> None:
    """Put a block where its first line says."""
    if below := _BELOW.fullmatch(place):
        file = copy / below["file"]
        before, line, after = file.read_text(encoding="utf-8").partition(f"\n{below['line']}\n")
        assert line, f"{below['file']} has no line {below['line']}"
        file.write_text(before + line + text + after, encoding="utf-8")
        return
    name, how = place.split(", ")
    if how == "new":
        assert not (copy / name).exists()
        (copy / name).write_text(text, encoding="utf-8")
    else:
        assert how == "at the end"
        with (copy / name).open("a", encoding="utf-8") as file_:
            file_.write(f"\n{text}")


def test_a_facet_is_added_by_its_recipe(used: dict[str, Any]) -> None:
    assert ["attendance", "at a distance"] in used["facet"]
    assert used["indexed"] == ["at a distance"]
    assert used["meant"] == ["at a distance"]
    assert used["typed"] == [["attendance", "remote"]]
    assert used["worded"] == "Attendance"


def test_a_canonical_field_is_added_by_its_recipe(used: dict[str, Any]) -> None:
    assert used["field"] == ["attendance", "Närvaroform"]


def test_a_language_is_added_by_its_recipe(used: dict[str, Any]) -> None:
    assert used["told"] == "sk"
    assert used["plain"] == ["studenti"]
    assert "tesseract-ocr-slk" in used["remedy"]
    assert used["label"] == "duration"


def test_an_export_format_is_added_by_its_recipe(used: dict[str, Any]) -> None:
    status, media_type, lines = used["file"]
    assert (status, media_type) == (200, "text/plain")
    assert lines > 1
    assert used["menu"] == 1


def test_a_page_is_added_by_its_recipe(used: dict[str, Any]) -> None:
    assert used["page"] == [200, 1, 2]


# ---- Czech and Polish, which are in the table

CZECH = (
    "cs",
    "Virtuální mobilita pro sestry",
    "Cílová skupina",
    "Studentky a studenti ošetřovatelství tří univerzit, kteří spolu během jednoho semestru řeší případy z nemocnic.",
    "ošetřovatelství",
)
POLISH = (
    "pl",
    "Mobilność wirtualna dla pielęgniarek",
    "Grupa docelowa",
    "Studentki i studenci pielęgniarstwa z trzech uczelni, którzy przez jeden semestr wspólnie rozwiązują przypadki.",
    "pielęgniarstwa",
)


def pdf(title: str, label: str, text: str) -> bytes:
    """A page in a typeface that has the letters of both languages."""
    for name in ("notos", "notosbo"):
        registerFont(TTFont(name, io.BytesIO(pymupdf_fonts.myfont(name))))
    out = io.BytesIO()
    canvas = Canvas(out, invariant=True)
    lines = [("notosbo", 20, title)]
    for heading in (label, "Kontakt"):
        lines += [("notosbo", 13, heading)]
        words = text.split()
        lines += [("notos", 10, " ".join(words[n : n + 9])) for n in range(0, len(words), 9)]
    top = 780
    for name, size, line in lines:
        top -= 34 if name == "notosbo" else 14
        canvas.setFont(name, size)
        canvas.drawString(60, top, line)
    canvas.save()
    return out.getvalue()


@pytest.mark.parametrize(("code", "title", "label", "text", "word"), [CZECH, POLISH], ids=["cs", "pl"])
def test_a_practice_in_the_language_is_read_and_its_language_told(
    code: str, title: str, label: str, text: str, word: str
) -> None:
    read = reader.read({"name": "one.pdf", "max_pages": 9}, pdf(title, label, text), lambda *_: None)
    found = Extraction.of_data(read)
    assert found.language == code
    (practice,) = found.of(Kind.PRACTICE)
    assert (practice.title, practice.language) == (title, code)
    assert [(f.label, f.name) for f in practice.fields] == [(label, "target_group"), ("Kontakt", "contact")]
    assert word in practice.fields[0].text


@pytest.mark.parametrize(("code", "title", "label", "text", "word"), [CZECH, POLISH], ids=["cs", "pl"])
def test_a_text_in_the_language_is_indexed_plainly_and_found(
    tmp_path: Path, code: str, title: str, label: str, text: str, word: str
) -> None:
    assert code not in STEMMERS
    words = Lexical.build(
        tmp_path / "words", [Entry("Other", "", "Nothing of it.", "en"), Entry(title, label, text, code)]
    )
    for asked in (word, word.upper()):
        ids, _ = words.search(asked, 10, ())
        assert [int(n) for n in ids] == [1]


@pytest.mark.parametrize(("code", "name"), [("cs", "Czech"), ("pl", "Polish")])
def test_the_language_is_named_and_its_tesseract_data_asked_for(code: str, name: str) -> None:
    assert language.language_name(code) == name
    assert f"tesseract-ocr-{BY_CODE[code].tesseract}" in ocr.remedy(code)

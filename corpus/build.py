"""Typeset the sample handbook: both editions, their gold annotation and what changed between them.

`python -m corpus.build --variants FOLDER` also sets the first edition in the other styles of styles.toml,
each with its gold annotation.
"""

from __future__ import annotations

import argparse
import io
import json
import sys
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pypdf
import typst
from pymupdf_fonts import myfont

from corpus.content import EDITION_NAMES, FOLDER, book, changes, read
from corpus.truth import annotate, places

SANS = {
    "figo": "FiraGO-Regular",
    "figbo": "FiraGO-Bold",
    "figit": "FiraGO-Italic",
    "figbi": "FiraGO-BoldItalic",
}
"""The sans serif faces, by their name in pymupdf_fonts; Typst brings its own serif and monospaced ones."""

CREATED = {1: datetime(2026, 11, 23, 9, tzinfo=UTC), 2: datetime(2026, 11, 24, 9, tzinfo=UTC)}
"""Creation dates written into the PDFs: fixed, so that a rebuild gives the same bytes."""

PICTURE_PPI = 200


@dataclass(frozen=True, slots=True)
class Typeset:
    """One PDF with its gold annotation."""

    pdf: bytes
    truth: dict[str, Any]


def unpack_fonts(folder: Path) -> Path:
    """Write the sans serif faces to a folder, for Typst to read."""
    for key, name in SANS.items():
        (folder / f"{name}.ttf").write_bytes(myfont(key))
    return folder


def typeset(number: int, fonts: Path, style: str = "edition", file_name: str = "") -> Typeset:
    """Set one edition in one style."""
    content = book(number, style)
    compiler = typst.Compiler(
        str(FOLDER / "handbook.typ"),
        root=str(FOLDER),
        font_paths=[str(fonts)],
        ignore_system_fonts=True,
        sys_inputs={"book": json.dumps(content)},
    )
    pdf = compiler.compile(format="pdf", timestamp=CREATED[number])
    if not isinstance(pdf, bytes):
        raise TypeError(f"typst gave {type(pdf).__name__} for edition {number}, not one PDF")
    pages = len(pypdf.PdfReader(io.BytesIO(pdf)).pages)
    name = file_name or f"handbook-edition-{number}.pdf"
    return Typeset(pdf, annotate(content, places(compiler), name, pages))


def draw_pictures(fonts: Path) -> None:
    """Render the raster picture of Annex 5 from its source, where the drawing has changed."""
    source, target = FOLDER / "images" / "planner.typ", FOLDER / "images" / "planner.png"
    compiler = typst.Compiler(str(source), font_paths=[str(fonts)], ignore_system_fonts=True)
    png = compiler.compile(format="png", ppi=PICTURE_PPI)
    if not isinstance(png, bytes):
        raise TypeError(f"typst gave {type(png).__name__} for {source.name}, not one picture")
    if not target.exists() or target.read_bytes() != png:
        target.write_bytes(png)


def tell(line: str) -> None:
    """Say on stderr what was made."""
    sys.stderr.write(f"{line}\n")


def write_json(path: Path, content: dict[str, Any]) -> None:
    """Write JSON as it is reviewed: indented, in UTF-8."""
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def build_editions(fonts: Path, folder: Path = FOLDER) -> None:
    """Write both editions, truth-N.json and changes.json."""
    draw_pictures(fonts)
    for number in EDITION_NAMES:
        made = typeset(number, fonts)
        (folder / f"handbook-edition-{number}.pdf").write_bytes(made.pdf)
        write_json(folder / f"truth-{number}.json", made.truth)
        tell(f"edition {number}: {made.truth['pages']} pages, {len(made.truth['practices'])} initiatives")
    write_json(folder / "changes.json", changes())


def variants() -> list[str]:
    """The names of the styles other than the editions' own."""
    return [name for name in read("styles.toml")["style"] if name != "edition"]


def build_variants(fonts: Path, folder: Path) -> None:
    """Write each variant of the first edition with its gold annotation beside it."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in variants():
        made = typeset(1, fonts, name, f"variant-{name}.pdf")
        (folder / f"variant-{name}.pdf").write_bytes(made.pdf)
        write_json(folder / f"variant-{name}.json", made.truth)
        tell(f"{name}: {made.truth['pages']} pages")


def main(arguments: list[str] | None = None) -> None:
    """Build from the command line."""
    parser = argparse.ArgumentParser(prog="python -m corpus.build", description=__doc__)
    parser.add_argument(
        "--variants", metavar="FOLDER", type=Path, help="also set the other styles, into FOLDER"
    )
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as temporary:
        fonts = unpack_fonts(Path(temporary))
        build_editions(fonts)
        if chosen.variants:
            build_variants(fonts, chosen.variants)


if __name__ == "__main__":
    main()

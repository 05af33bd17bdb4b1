"""A handbook as a flat OpenDocument text, as a word processor holds it: styles, pages, and pieces as XML."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape, quoteattr

from corpus.press.binding import Volume
from corpus.press.office_styles import TERRITORY, styles
from corpus.press.paging import Paging
from corpus.press.pieces import Element

SPACES = " ".join(
    f'xmlns:{name}="{address}"'
    for name, address in {
        "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
        "style": "urn:oasis:names:tc:opendocument:xmlns:style:1.0",
        "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
        "table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
        "draw": "urn:oasis:names:tc:opendocument:xmlns:drawing:1.0",
        "fo": "urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0",
        "svg": "urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0",
        "dc": "http://purl.org/dc/elements/1.1/",
        "meta": "urn:oasis:names:tc:opendocument:xmlns:meta:1.0",
        "loext": "urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0",
    }.items()
)
BIG = {"chapter", "annex", "record", "annex label", "annex title"}


class Office:
    """Writes one handbook; the names of its bookmarks are kept with the marks that they stand for."""

    def __init__(self, volume: Volume, paging: Paging) -> None:
        self.volume, self.scheme, self.paging = volume, volume.scheme, paging
        self.names: dict[str, str] = {}
        self._break = ""
        self._tables = 0

    def document(self) -> str:
        """The whole document."""
        body = "".join(self._whole())
        language, country = self.scheme.language, TERRITORY[self.scheme.language]
        meta = f"<dc:title>{escape(self.volume.meta)}</dc:title>" if self.volume.meta else ""
        return (
            f'<?xml version="1.0" encoding="UTF-8"?><office:document {SPACES} office:version="1.3" '
            'office:mimetype="application/vnd.oasis.opendocument.text">'
            f"<office:meta>{meta}<dc:language>{language}-{country}</dc:language></office:meta>"
            f"{styles(self.volume)}<office:body><office:text>{body}</office:text></office:body></office:document>"
        )

    def _whole(self) -> Iterator[str]:
        yield from self._cover()
        if self.scheme.imprint and not self.scheme.imprint_last and self.scheme.cover != "small":
            yield from self._imprint()
        if self.scheme.contents != "none":
            yield from self._contents()
        self._break = "body"
        columns = self.scheme.columns > 1
        pieces = self.volume.pieces[1:] if self.volume.pieces[0]["is"] == "break" else self.volume.pieces
        first, *rest = pieces
        yield self._element(first, extra=self._mark("body"))
        yield '<text:section text:style-name="Columns" text:name="Columns">' if columns else ""
        for piece in rest:
            yield self._element(piece)
        yield "</text:section>" if columns else ""
        if self.scheme.imprint and self.scheme.imprint_last:
            yield from self._imprint()

    def _cover(self) -> Iterator[str]:
        front = self.volume.front
        if front.kicker:
            yield self._par("Kicker", escape(front.kicker))
        yield self._par("Title", escape(front.title))
        if front.subtitle:
            yield self._par("Subtitle", escape(front.subtitle))
        yield self._par("Standard", escape(", ".join(front.authors)))
        yield self._par("Standard", escape(f"{front.publisher}, {front.year}"))
        self._break = "" if self.scheme.cover == "small" else "front"

    def _imprint(self) -> Iterator[str]:
        self._break = self._break or "page"
        for label, value in self.volume.front.imprint:
            yield self._par("Standard", f"{bold(label)}: {escape(value)}")
        yield self._par("Standard", escape(self.volume.front.rights))
        self._break = "page"

    def _contents(self) -> Iterator[str]:
        yield self._par("Contents_20_Heading", escape(self.volume.contents_title))
        yield '<text:table-of-content text:name="Contents"><text:table-of-content-source text:outline-level="2"/>'
        yield "<text:index-body>"
        for level, text, mark in self.volume.contents:
            number = (
                "" if self.scheme.contents == "unnumbered" else f"<text:tab/>{self.paging.of.get(mark, '00')}"
            )
            yield self._par(f"Contents_20_{level}", escape(text) + number)
        yield "</text:index-body></text:table-of-content>"

    def _mark(self, mark: str) -> str:
        if not mark:
            return ""
        name = f"k{len(self.names)}"
        self.names[name] = mark
        return f'<text:bookmark text:name="{name}"/>'

    def _par(self, style: str, inner: str, *, level: int = 0) -> str:
        """A paragraph, or a heading of a level; it takes the page break that is due."""
        if self._break:
            style, self._break = f"{style}_{self._break}", ""
        if level:
            return f'<text:h text:style-name="{style}" text:outline-level="{level}">{inner}</text:h>'
        return f'<text:p text:style-name="{style}">{inner}</text:p>'

    def _element(self, piece: Element, extra: str = "") -> str:
        kind = piece["is"]
        if kind == "break":
            self._break = "page"
            return ""
        if kind == "heading":
            return self._heading(piece, extra)
        if kind == "par":
            return self._paragraph(piece, extra)
        if kind == "bullets":
            return self._bullets(piece)
        if kind in {"pairs", "grid"}:
            return self._pairs(piece) if kind == "pairs" else self._grid(piece)
        if kind == "side":
            return "".join(self._element(p) for p in piece["inner"])
        if kind == "box":
            return "".join(self._paragraph(p, "", "Box") for p in piece["inner"])
        if kind == "beside":
            return self._beside(piece)
        if kind == "plate":
            return self._par("Drawing", "")
        if kind == "figure":
            drawing = self._par("Drawing", "")
            return drawing + self._par("Caption", escape(piece["text"]) + self._mark(piece["end"]))
        return "".join(self._par("Code", spaced(line)) for line in piece["lines"])

    def _heading(self, piece: Element, extra: str) -> str:
        level, scheme = piece["level"], self.scheme
        inner = extra + self._mark(piece["start"]) + escape(piece["text"]).replace("\n", "<text:line-break/>")
        is_heading = scheme.tags != "flat" and (scheme.outline != "titles" or piece["role"] in BIG)
        return self._par(f"Heading_20_{level}", inner, level=level if is_heading else 0)

    def _paragraph(self, piece: Element, extra: str = "", style: str = "") -> str:
        lead = f"{bold(piece['lead'])} " if piece["lead"] else ""
        note = ""
        if piece["note"]:
            note = (
                '<text:note text:note-class="footnote"><text:note-citation>1</text:note-citation><text:note-body>'
                f'<text:p text:style-name="Footnote">{escape(piece["note"])}</text:p></text:note-body></text:note>'
            )
        inner = (
            extra
            + self._mark(piece["start"])
            + lead
            + escape(piece["text"])
            + note
            + self._mark(piece["end"])
        )
        looks = {
            "kicker": "Kicker",
            "byline": "Byline",
            "fact": "Fact",
            "caption": "Caption",
            "lead": "Lead",
            "quote": "Quote",
        }
        if piece["style"].startswith("label"):
            is_heading = self.scheme.outline == "labels" and self.scheme.tags != "flat"
            name = "Label_" + piece["style"].removeprefix("label ")
            return self._par(name, inner, level=piece["level"] if is_heading else 0)
        return self._par(style or looks.get(piece["style"], "Standard"), inner)

    def _bullets(self, piece: Element) -> str:
        kind = "Numbers" if piece["numbered"] else "Bullets"
        items = []
        for number, (lead, text, mark) in enumerate(piece["items"], start=1):
            end = self._mark(piece["end"]) if number == len(piece["items"]) else ""
            inner = self._mark(mark) + (f"{bold(lead)} " if lead else "") + escape(text) + end
            items.append(f"<text:list-item>{self._par('Item', inner)}</text:list-item>")
        return f'<text:list text:style-name="{kind}">{"".join(items)}</text:list>'

    def _pairs(self, piece: Element) -> str:
        rows = []
        for number, (label, value, mark) in enumerate(piece["rows"], start=1):
            end = self._mark(piece["end"]) if number == len(piece["rows"]) else ""
            rows.append([self._mark(mark) + bold(label), escape(value) + end])
        return self._table([], rows, (1, 2.6), ruled=piece["ruled"])

    def _grid(self, piece: Element) -> str:
        rows = []
        for mark, row in zip(piece["marks"], piece["rows"], strict=True):
            cells = [escape(cell) for cell in row]
            cells[0] = self._mark(mark) + cells[0]
            cells[-1] += self._mark(f"{mark}/end") if mark else ""
            rows.append(cells)
        return self._table([bold(head) for head in piece["head"]], rows, piece["widths"], ruled=True)

    def _table(
        self, head: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[float], *, ruled: bool
    ) -> str:
        self._tables += 1
        columns = "".join(f'<table:table-column table:style-name="Wide{round(w)}"/>' for w in widths)
        style = "Ruled" if ruled else "Bare"

        def row(cells: Sequence[str]) -> str:
            inner = "".join(
                f'<table:table-cell table:style-name="{style}" office:value-type="string">'
                f'<text:p text:style-name="Cell">{cell}</text:p></table:table-cell>'
                for cell in cells
            )
            return (
                f'<table:table-row table:style-name="{"Kept" if head else "Split"}">{inner}</table:table-row>'
            )

        top = f"<table:table-header-rows>{row(head)}</table:table-header-rows>" if head else ""
        name = f"Table{self._tables}"
        body = "".join(row(cells) for cells in rows)
        return (
            f'<table:table table:name="{name}" table:style-name="Whole">{columns}{top}{body}</table:table>'
            + self._par("Gap", "")
        )

    def _beside(self, piece: Element) -> str:
        """A frame at the side; its marks stand in the paragraph that it hangs on, as a frame's are not exported."""
        marks = "".join(self._mark(p["start"]) + self._mark(p["end"]) for p in piece["aside"])
        aside = "".join(self._paragraph({**p, "start": "", "end": ""}, "", "Aside") for p in piece["aside"])
        side = "SideLeft" if piece["left"] else "SideRight"
        frame = (
            f'<draw:frame draw:style-name="{side}" draw:name="Side{self._tables}" '
            'text:anchor-type="paragraph" svg:width="4.6cm" draw:z-index="0">'
            f'<draw:text-box fo:min-height="1cm">{aside}</draw:text-box></draw:frame>'
        )
        self._tables += 1
        first, *rest = piece["inner"]
        return self._element(first, extra=frame + marks) + "".join(self._element(p) for p in rest)


def bold(text: str) -> str:
    """Words in bold type."""
    return f"<text:span text:style-name={quoteattr('Strong')}>{escape(text)}</text:span>"


def spaced(line: str) -> str:
    """A line of a listing, whose blanks are kept."""
    indent = len(line) - len(line.lstrip())
    return (f'<text:s text:c="{indent}"/>' if indent else "") + escape(line.lstrip())

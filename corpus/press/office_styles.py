"""The styles of a handbook that a word processor sets: paragraphs, pages with heads and feet, tables, frames, lists."""

from __future__ import annotations

from collections.abc import Iterator
from xml.sax.saxutils import escape

from corpus.press.binding import Volume
from corpus.press.scheme import Scheme

TERRITORY = {
    "en": "GB", "de": "DE", "el": "GR", "es": "ES", "fr": "FR", "it": "IT",
    "ro": "RO", "sv": "SE", "cs": "CZ", "nl": "NL", "pl": "PL", "pt": "PT",
    "da": "DK", "fi": "FI", "hu": "HU",
}  # fmt: skip
FACES = {"Libertinus Serif": "Liberation Serif", "New Computer Modern": "DejaVu Serif"}
PAPERS = {"a4": ("21cm", "29.7cm"), "us-letter": ("21.59cm", "27.94cm"), "a5": ("14.8cm", "21cm")}
HEADINGS = (2.2, 1.3, 0.5, 0.2)
"""Powers of the scheme's ratio: how much larger than the text a heading of each level is."""
BREAKS = {
    "page": 'fo:break-before="page"',
    "front": 'fo:break-before="page"',
    "body": 'fo:break-before="page"',
}


def styles(volume: Volume) -> str:
    """All styles: named ones, those made on the way, and the pages."""
    scheme = volume.scheme
    named = "".join(_named(scheme))
    return (
        f"<office:font-face-decls/><office:styles>{named}{_lists()}</office:styles>"
        f"<office:automatic-styles>{''.join(_automatic(scheme))}</office:automatic-styles>"
        f"<office:master-styles>{''.join(_masters(volume))}</office:master-styles>"
    )


def face(scheme: Scheme, *, title: bool = False) -> str:
    """The typeface of the text or of the headings, as this machine's fonts have it."""
    name = (scheme.title_face if title else "") or scheme.face
    return FACES.get(name, name)


def paragraphs(scheme: Scheme) -> dict[str, tuple[str, str, str]]:
    """Paragraph style -> its parent, its paragraph properties, its text properties."""
    gap = "0.12cm" if scheme.indent else "0.28cm"
    align = 'fo:text-align="justify"' if scheme.justified else ""
    indent = 'fo:text-indent="0.6cm"' if scheme.indent else ""
    tint = 'fo:background-color="#e8eef5" fo:padding="0.2cm"'
    stay = 'fo:keep-with-next="always"'
    size, colour = scheme.size, f'fo:color="{scheme.colour}"'
    found = {
        "Standard": ("", f'fo:margin-bottom="{gap}" {align} {indent}', f'fo:font-size="{size}pt"'),
        "Title": (
            "Plain",
            'fo:margin-top="4cm" fo:margin-bottom="0.6cm"',
            f'fo:font-size="{size * 2.4}pt" {BOLD} {colour}',
        ),
        "Subtitle": ("Plain", 'fo:margin-bottom="2cm"', f'fo:font-size="{size * 1.3}pt"'),
        "Plain": ("", 'fo:margin-bottom="0.2cm"', ""),
        "Kicker": (
            "Plain",
            f'fo:margin-top="0.6cm" fo:margin-bottom="0.1cm" {stay}',
            f'fo:font-size="{size * 0.85}pt" {BOLD} {colour}',
        ),
        "Byline": ("Plain", 'fo:margin-bottom="0.3cm"', 'fo:font-style="italic"'),
        "Fact": ("Plain", 'fo:margin-bottom="0.12cm"', ""),
        "Caption": ("Plain", f'fo:margin-top="0.3cm" {stay}', f'fo:font-size="{size * 0.85}pt"'),
        "Lead": ("Plain", 'fo:margin-bottom="0.3cm"', 'fo:font-style="italic"'),
        "Quote": (
            "Plain",
            'fo:margin="0.6cm 1cm" fo:margin-bottom="0.5cm"',
            f'fo:font-size="{size * 1.25}pt" {colour}',
        ),
        "Drawing": ("Plain", f'fo:padding="1.6cm" fo:background-color="#d5dde6" {stay}', ""),
        "Item": ("Plain", 'fo:margin-bottom="0.1cm"', ""),
        "Cell": ("Plain", 'fo:margin-bottom="0cm"', ""),
        "Gap": ("Plain", 'fo:margin-bottom="0cm"', 'fo:font-size="6pt"'),
        "Box": ("Plain", f'fo:margin-bottom="0cm" {tint}', ""),
        "Aside": ("Plain", 'fo:margin-bottom="0.15cm"', f'fo:font-size="{size * 0.92}pt"'),
        "Code": (
            "Plain",
            'fo:margin-bottom="0cm"',
            f'fo:font-size="{size * 0.85}pt" style:font-name="DejaVu Sans Mono" fo:font-family="\'DejaVu Sans Mono\'"',
        ),
        "Footnote": ("Plain", "", f'fo:font-size="{size * 0.8}pt"'),
        "Running": ("Plain", 'fo:text-align="end"', f'fo:font-size="{max(size * 0.8, 7)}pt"'),
        "Centred": ("Plain", 'fo:text-align="center"', f'fo:font-size="{max(size * 0.8, 7)}pt"'),
        "Contents_20_Heading": ("Heading_20_1", "", ""),
        "Label_line": ("Plain", f'fo:margin-top="0.3cm" fo:margin-bottom="0.1cm" {stay}', BOLD),
        "Label_caps": ("Plain", f'fo:margin-top="0.3cm" fo:margin-bottom="0.1cm" {stay}', ""),
        "Label_colour": (
            "Plain",
            f'fo:margin-top="0.3cm" fo:margin-bottom="0.1cm" {stay}',
            'fo:font-style="italic" fo:color="#1f3d6b"',
        ),
    }
    return found | _headings(scheme)


def _headings(scheme: Scheme) -> dict[str, tuple[str, str, str]]:
    found = {}
    size, colour, stay = scheme.size, f'fo:color="{scheme.colour}"', 'fo:keep-with-next="always"'
    for level, power in enumerate(HEADINGS, start=1):
        weight = BOLD if level > 2 or scheme.weight == "bold" else ""
        tall = f'fo:font-size="{round(size * scheme.ratio**power, 1)}pt" {weight} {colour}'
        looks = f'fo:margin-top="{0.75 - level * 0.1}cm" fo:margin-bottom="{0.4 - level * 0.05}cm" {stay}'
        found[f"Heading_20_{level}"] = (
            "Plain",
            looks,
            f"{tall} fo:font-family=\"'{face(scheme, title=True)}'\"",
        )
    return found


BOLD = 'fo:font-weight="bold"'


def _named(scheme: Scheme) -> Iterator[str]:
    language = f'fo:language="{scheme.language}" fo:country="{TERRITORY[scheme.language]}"'
    yield (
        '<style:default-style style:family="paragraph"><style:text-properties '
        f'fo:font-family="\'{face(scheme)}\'" fo:font-size="{scheme.size}pt" {language}/></style:default-style>'
    )
    yield (
        f'<style:style style:name="Strong" style:family="text"><style:text-properties {BOLD}/></style:style>'
    )
    dots = 'style:leader-style="dotted" style:leader-text="."' if scheme.contents == "dots" else ""
    width = float(PAPERS[scheme.paper][0].removesuffix("cm")) - 4.6
    for level in (1, 2):
        yield (
            f'<style:style style:name="Contents_20_{level}" style:family="paragraph" '
            'style:parent-style-name="Plain">'
            f'<style:paragraph-properties fo:margin-left="{(level - 1) * 0.5}cm" fo:margin-bottom="0.1cm">'
            "<style:tab-stops>"
            f'<style:tab-stop style:position="{width - (level - 1) * 0.5}cm" style:type="right" {dots}/>'
            "</style:tab-stops></style:paragraph-properties></style:style>"
        )
    for name, (parent, looks, letters) in paragraphs(scheme).items():
        outline = ""
        if name.startswith("Heading_") and scheme.tags != "flat":
            outline = f' style:default-outline-level="{name[-1]}"' if scheme.outline != "titles" else ""
        under = f' style:parent-style-name="{parent}"' if parent else ""
        yield (
            f'<style:style style:name="{name}" style:family="paragraph"{under}{outline}>'
            f"<style:paragraph-properties {looks}/><style:text-properties {letters}/></style:style>"
        )


def _automatic(scheme: Scheme) -> Iterator[str]:
    for name in ("Standard", "Kicker", "Contents_20_Heading", *(f"Heading_20_{n}" for n in range(1, 5))):
        for due, looks in BREAKS.items():
            master = {
                "front": ' style:master-page-name="Front"',
                "body": ' style:master-page-name="Body"',
            }.get(due, "")
            number = ' style:page-number="1"' if due == "body" and scheme.numbering != "pdf" else ""
            yield (
                f'<style:style style:name="{name}_{due}" style:family="paragraph" '
                f'style:parent-style-name="{name}"{master}>'
                f"<style:paragraph-properties {looks}{number}/></style:style>"
            )
    yield from _tables()
    yield from _frames()
    width, height = PAPERS[scheme.paper]
    for name, form in (("Page", "1"), ("FrontPage", "i" if scheme.numbering == "roman" else "1")):
        yield (
            f'<style:page-layout style:name="{name}"><style:page-layout-properties fo:page-width="{width}" '
            f'fo:page-height="{height}" fo:margin="1.5cm 2.3cm" fo:margin-top="1.6cm" fo:margin-bottom="1.4cm" '
            f'fo:margin-left="2.3cm" fo:margin-right="2.3cm" style:num-format="{form}"/>'
            '<style:header-style><style:header-footer-properties fo:min-height="0.8cm" '
            'fo:margin-bottom="0.3cm"/></style:header-style>'
            '<style:footer-style><style:header-footer-properties fo:min-height="0.8cm" '
            'fo:margin-top="0.3cm"/></style:footer-style>'
            "</style:page-layout>"
        )


def _tables() -> Iterator[str]:
    for wide in range(1, 6):
        yield (
            f'<style:style style:name="Wide{wide}" style:family="table-column">'
            f'<style:table-column-properties style:column-width="{wide * 1.5}cm" '
            f'style:rel-column-width="{wide * 1000}*"/></style:style>'
        )
    whole = '<style:table-properties style:width="15cm" table:align="margins"/>'
    yield f'<style:style style:name="Whole" style:family="table">{whole}</style:style>'
    for name, together in (("Kept", "always"), ("Split", "auto")):
        yield (
            f'<style:style style:name="{name}" style:family="table-row">'
            f'<style:table-row-properties fo:keep-together="{together}"/></style:style>'
        )
    for name, rule in (("Ruled", "0.5pt solid #999999"), ("Bare", "none")):
        yield (
            f'<style:style style:name="{name}" style:family="table-cell">'
            f'<style:table-cell-properties fo:border="{rule}" fo:padding="0.12cm"/></style:style>'
        )


def _frames() -> Iterator[str]:
    """Boxes at a side, and the section in two columns."""
    for name, side, wrap in (("SideLeft", "left", "right"), ("SideRight", "right", "left")):
        yield (
            f'<style:style style:name="{name}" style:family="graphic"><style:graphic-properties style:wrap="{wrap}" '
            f'style:horizontal-pos="{side}" style:horizontal-rel="paragraph" style:vertical-pos="top" '
            'style:vertical-rel="paragraph" fo:background-color="#e8eef5" fo:padding="0.2cm" fo:border="none" '
            'fo:margin-left="0.4cm" fo:margin-right="0.4cm" fo:margin-bottom="0.3cm" '
            'style:number-wrapped-paragraphs="no-limit"/></style:style>'
        )
    yield (
        '<style:style style:name="Columns" style:family="section">'
        '<style:section-properties text:dont-balance-text-columns="true">'
        '<style:columns fo:column-count="2" fo:column-gap="0.7cm"><style:column style:rel-width="1*"/>'
        '<style:column style:rel-width="1*"/></style:columns></style:section-properties></style:style>'
    )


def _masters(volume: Volume) -> Iterator[str]:
    """The pages: a cover without head and foot, the front, the body."""
    scheme = volume.scheme
    yield '<style:master-page style:name="Standard" style:page-layout-name="FrontPage" style:next-style-name="Front"/>'
    front = _foot(volume) if scheme.numbering != "body" else ""
    yield f'<style:master-page style:name="Front" style:page-layout-name="FrontPage">{front}</style:master-page>'
    title = escape(volume.front.title)
    flat = scheme.tags == "flat"
    chapter = title if flat else '<text:chapter text:display="name" text:outline-level="1"/>'
    words = {"title": (title, title), "chapter": (chapter, chapter), "alternating": (chapter, title)}
    head = ""
    if scheme.running in words:
        odd, even = words[scheme.running]
        head = f"<style:header>{_line('Running', odd)}</style:header>"
        head += f"<style:header-left>{_line('Running', even)}</style:header-left>" if odd != even else ""
    inner = head + _foot(volume)
    yield f'<style:master-page style:name="Body" style:page-layout-name="Page">{inner}</style:master-page>'


def _foot(volume: Volume) -> str:
    number = "<text:page-number/>"
    scheme = volume.scheme
    if scheme.folio == "body":
        return (
            f"<style:footer>{_line('Centred', f'{escape(volume.front.publisher)} – {number}')}</style:footer>"
        )
    style = "Centred" if scheme.folio in {"centre", "of"} else "Running"
    return f"<style:footer>{_line(style, number)}</style:footer>"


def _line(style: str, inner: str) -> str:
    return f'<text:p text:style-name="{style}">{inner}</text:p>'


def _lists() -> str:
    place = '<style:list-level-properties text:space-before="0.3cm" text:min-label-width="0.5cm"/>'
    return (
        '<text:list-style style:name="Bullets"><text:list-level-style-bullet text:level="1" text:bullet-char="•">'
        f"{place}</text:list-level-style-bullet></text:list-style>"
        '<text:list-style style:name="Numbers"><text:list-level-style-number text:level="1" style:num-format="1" '
        f'style:num-suffix=".">{place}</text:list-level-style-number></text:list-style>'
    )

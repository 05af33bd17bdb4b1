"""A handbook as a LaTeX document: preamble, cover, contents, and pieces as macros of its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from corpus.press.binding import Volume
from corpus.press.paging import Paging
from corpus.press.pieces import Element

SPECIAL = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
SPECIAL |= {sign: f"\\{sign}" for sign in "#$%&_{}"}
BIG = {"chapter", "annex", "record", "annex label", "annex title"}
HEADINGS = (2.2, 1.3, 0.5, 0.2)
PAPERS = {"a4": "a4paper", "us-letter": "letterpaper", "a5": "a5paper"}
OPEN_FACES = {"Libertinus Serif": "Liberation Serif", "New Computer Modern": "DejaVu Serif"}
PACKAGED = {
    "Libertinus Serif": r"\usepackage{lmodern}",
    "New Computer Modern": r"\usepackage{lmodern}",
    "DejaVu Sans": r"\usepackage[scaled]{helvet}\renewcommand\familydefault{\sfdefault}",
    "Liberation Sans": r"\usepackage{charter}",
    "Liberation Serif": r"\usepackage{mathptmx}",
}


class Tex:
    """Writes one handbook; marks go to a file of their own with the page that they are shipped out on."""

    def __init__(self, volume: Volume, paging: Paging) -> None:
        self.volume, self.scheme, self.paging = volume, volume.scheme, paging
        self.marks: list[str] = []
        self._bookmarks = 0

    def document(self) -> str:
        """The whole document."""
        parts = [*self._preamble(), r"\begin{document}", *self._cover()]
        if self.scheme.imprint and not self.scheme.imprint_last and self.scheme.cover != "small":
            parts += [*self._imprint(), r"\clearpage"]
        if self.scheme.contents != "none":
            parts += [*self._contents(), r"\clearpage"]
        if self.scheme.columns > 1:
            parts.append(r"\twocolumn")
        parts.append(self._mark("body"))
        pieces = self.volume.pieces
        parts += [self._element(piece) for piece in pieces[pieces[0]["is"] == "break" :]]
        if self.scheme.imprint and self.scheme.imprint_last:
            parts += [r"\clearpage", *self._imprint()]
        return "\n".join([*parts, r"\end{document}", ""])

    def _preamble(self) -> Iterator[str]:
        scheme, kind = self.scheme, self.scheme.tex
        size = 10 if scheme.size < 10.5 else 11 if scheme.size < 12 else 12
        yield rf"\documentclass[{size}pt,{PAPERS[scheme.paper]}]{{article}}"
        margin = "1.7cm" if scheme.paper == "a5" else "2.6cm"
        yield rf"\usepackage[margin={margin}]{{geometry}}\usepackage{{longtable,array,xcolor,fancyhdr}}"
        if kind == "xelatex":
            yield rf"\usepackage{{fontspec}}\setmainfont{{{OPEN_FACES.get(scheme.face, scheme.face)}}}"
        elif kind != "plain accents":
            yield r"\input{glyphtounicode}\pdfgentounicode=1" if kind == "pdflatex" else ""
            yield (
                r"\usepackage[T1]{fontenc}\usepackage[utf8]{inputenc}\usepackage{textcomp}"
                + PACKAGED[scheme.face]
            )
        else:
            yield r"\usepackage[utf8]{inputenc}\usepackage{textcomp}"
        hidden = "bookmarks=false" if scheme.outline == "none" else "bookmarksnumbered=false"
        yield rf"\usepackage[{hidden},hidelinks]{{hyperref}}"
        yield rf"\hypersetup{{pdftitle={{{tex(self.volume.meta)}}}}}"
        yield rf"\definecolor{{ink}}{{HTML}}{{{scheme.colour.lstrip('#').upper()}}}"
        yield r"\newwrite\markfile\immediate\openout\markfile=\jobname.marks"
        yield r"\newcommand\mk[1]{\write\markfile{#1 \the\ReadonlyShipoutCounter}}"
        yield r"\newcommand\strip[1]{\noindent\colorbox{ink!10}{\parbox{\dimexpr\linewidth-2\fboxsep}{#1}}\par\medskip}"
        yield r"\sloppy\setlength\emergencystretch{3em}"
        if scheme.language != "en":
            yield r"\hyphenpenalty=10000"
        if not scheme.justified:
            yield r"\raggedright"
        yield r"\setlength\parindent{%s}\setlength\parskip{%s}" % (
            ("1.3em", "0pt") if scheme.indent else ("0pt", "0.6em")
        )
        yield from self._furniture()

    def _furniture(self) -> Iterator[str]:
        """Heads and feet, page by page, as the pass before counted them."""
        for page, (number, head) in enumerate(
            zip(self.paging.folios, self.paging.heads, strict=True), start=1
        ):
            for letter, words in (("n", number), ("h", tex(head))):
                yield rf"\expandafter\def\csname {letter}{page}\endcsname{{{words}}}"
        at = r"\csname %s\the\numexpr\ReadonlyShipoutCounter+1\relax\endcsname"
        number, head = at % "n", at % "h"
        place = {"centre": r"\fancyfoot[C]", "of": r"\fancyfoot[C]"}.get(self.scheme.folio, r"\fancyfoot[R]")
        yield r"\pagestyle{fancy}\fancyhf{}\renewcommand\headrulewidth{0pt}\setlength\headheight{14pt}"
        yield rf"{place}{{\small {number}}}\fancyhead[R]{{\small {head}}}"
        if self.scheme.folio == "body":
            yield rf"\fancyfoot[L]{{\small {tex(self.volume.front.publisher)}}}"

    def _cover(self) -> Iterator[str]:
        front, size = self.volume.front, self.scheme.size
        tall = rf"\fontsize{{{size * 2.3:.1f}}}{{{size * 2.8:.1f}}}\selectfont"
        title = rf"{{\raggedright\color{{ink}}\bfseries{tall} {tex(front.title)}\par}}"
        people = f"{tex(', '.join(front.authors))}\\par {tex(front.publisher)}, {front.year}\\par"
        under = rf"\bigskip{{\large {tex(front.subtitle)}\par}}" if front.subtitle else ""
        if self.scheme.cover == "small":
            yield rf"\noindent {title}{under}\medskip {people}\bigskip"
            return
        kicker = rf"{{{tex(front.kicker)}\par}}\medskip" if front.kicker else ""
        yield rf"\thispagestyle{{empty}}\null\vspace{{4cm}}\noindent {kicker}{title}{under}\vfill {people}\clearpage"

    def _imprint(self) -> Iterator[str]:
        for label, value in self.volume.front.imprint:
            yield rf"\noindent\textbf{{{tex(label)}}} {tex(value)}\par\medskip"
        yield rf"\noindent {tex(self.volume.front.rights)}\par"

    def _contents(self) -> Iterator[str]:
        yield self._titled(1, tex(self.volume.contents_title))
        fill = {"dots": r"\dotfill ", "plain": r"\hfill "}.get(self.scheme.contents, "")
        for level, text, mark in self.volume.contents:
            number = fill + self.paging.of.get(mark, "00") if fill else ""
            shown = rf"\textbf{{{tex(text)}}}" if level == 1 and self.scheme.ratio > 1.2 else tex(text)
            yield rf"\noindent\hspace*{{{(level - 1) * 1.4}em}}{shown} {number}\par"

    def _mark(self, mark: str) -> str:
        if not mark:
            return ""
        self.marks.append(mark)
        return rf"\leavevmode\mk{{{len(self.marks) - 1}}}"

    def _titled(self, level: int, inner: str, bookmark: str = "") -> str:
        size = self.scheme.size * self.scheme.ratio ** HEADINGS[min(level, 4) - 1]
        weight = r"\bfseries" if level > 2 or self.scheme.weight == "bold" else ""
        face = (
            r"\sffamily" if self.scheme.title_face.endswith("Sans") and self.scheme.tex != "xelatex" else ""
        )
        above = (1.6, 1.3, 0.9, 0.8)[min(level, 4) - 1]
        anchor = ""
        if bookmark and self.scheme.outline != "none":
            self._bookmarks += 1
            anchor = rf"\pdfbookmark[{level}]{{{bookmark}}}{{b{self._bookmarks}}}"
        return (
            rf"\par\addvspace{{{above}em}}{{\raggedright\interlinepenalty10000\noindent\color{{ink}}{weight}{face}"
            rf"\fontsize{{{size:.1f}}}{{{size * 1.2:.1f}}}\selectfont {anchor}{inner}\par}}"
            r"\nobreak\vspace{0.3em}\nobreak"
        )

    def _element(self, piece: Element) -> str:
        kind = piece["is"]
        if kind == "break":
            return r"\clearpage"
        if kind == "heading":
            inner = self._mark(piece["start"]) + tex(piece["text"]).replace("\n", r"\\ ")
            is_shown = self.scheme.outline != "titles" or piece["role"] in BIG
            return self._titled(
                piece["level"], inner, tex(piece["text"].replace("\n", " ")) if is_shown else ""
            )
        if kind == "par":
            return self._paragraph(piece)
        if kind == "bullets":
            return self._bullets(piece)
        if kind in {"pairs", "grid"}:
            return self._pairs(piece) if kind == "pairs" else self._grid(piece)
        if kind == "side":
            return "".join(self._element(p) for p in piece["inner"])
        if kind == "box":
            return rf"\strip{{{''.join(self._paragraph(p) for p in piece['inner'])}}}"
        if kind == "plate":
            return r"\noindent{\color{ink!20}\rule{\linewidth}{0.95\textheight}}\par"
        if kind == "figure":
            drawing = r"\par\medskip\noindent{\color{ink!20}\rule{0.6\linewidth}{3cm}}\par\nobreak"
            return (
                drawing + rf"{{\noindent\small {tex(piece['text'])}{self._mark(piece['end'])}\par}}\medskip"
            )
        return "\\begin{verbatim}\n" + "\n".join(piece["lines"]) + "\n\\end{verbatim}"

    def _paragraph(self, piece: Element) -> str:
        lead = rf"\textbf{{{tex(piece['lead'])}}} " if piece["lead"] else ""
        note = rf"\footnote{{{tex(piece['note'])}}}" if piece["note"] else ""
        inner = self._mark(piece["start"]) + lead + tex(piece["text"]) + note + self._mark(piece["end"])
        style = piece["style"]
        if style.startswith("label"):
            look = {"label line": r"\bfseries", "label colour": r"\itshape\color{blue!60!black}"}.get(
                style, ""
            )
            anchor = ""
            if self.scheme.outline == "labels":
                self._bookmarks += 1
                anchor = rf"\pdfbookmark[{piece['level']}]{{{tex(piece['text'])}}}{{b{self._bookmarks}}}"
            return rf"\par\addvspace{{0.8em}}{{\noindent{look} {anchor}{inner}\par}}\nobreak"
        if style == "kicker":
            return rf"\par\addvspace{{1.5em}}{{\noindent\small\bfseries\color{{ink}} {inner}\par}}\nobreak"
        if style in {"byline", "lead"} and not lead:
            return rf"{{\noindent\itshape {inner}\par}}\medskip"
        if style == "quote":
            return rf"\begin{{quote}}\large\itshape {inner}\end{{quote}}"
        if style == "caption":
            return rf"\par\medskip{{\noindent\small {inner}\par}}\nobreak"
        return rf"\noindent {inner}\par" if style else rf"{inner}\par"

    def _bullets(self, piece: Element) -> str:
        items = []
        for number, (lead, text, mark) in enumerate(piece["items"], start=1):
            end = self._mark(piece["end"]) if number == len(piece["items"]) else ""
            strong = rf"\textbf{{{tex(lead)}}} " if lead else ""
            items.append(rf"\item {self._mark(mark)}{strong}{tex(text)}{end}")
        kind = "enumerate" if piece["numbered"] else "itemize"
        return rf"\begin{{{kind}}}\setlength\itemsep{{0pt}}" + "\n".join(items) + rf"\end{{{kind}}}"

    def _pairs(self, piece: Element) -> str:
        rows = []
        for number, (label, value, mark) in enumerate(piece["rows"], start=1):
            end = self._mark(piece["end"]) if number == len(piece["rows"]) else ""
            rows.append([rf"{self._mark(mark)}\textbf{{{tex(label)}}}", tex(value) + end])
        return self._table([], rows, (26, 66), ruled=piece["ruled"])

    def _grid(self, piece: Element) -> str:
        rows = []
        for mark, row in zip(piece["marks"], piece["rows"], strict=True):
            cells = [tex(cell) for cell in row]
            cells[0] = self._mark(mark) + cells[0]
            cells[-1] += self._mark(f"{mark}/end") if mark else ""
            rows.append(cells)
        room = 96 - 4 * len(piece["widths"])
        widths = [room * w // sum(piece["widths"]) for w in piece["widths"]]
        return self._table([rf"\textbf{{{tex(head)}}}" for head in piece["head"]], rows, widths, ruled=True)

    def _table(
        self, head: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[int], *, ruled: bool
    ) -> str:
        is_long = self.scheme.columns == 1
        bar, rule = ("|", r"\hline") if ruled else ("", "")
        columns = (
            bar + bar.join(rf">{{\raggedright\arraybackslash}}p{{{w / 100}\linewidth}}" for w in widths) + bar
        )
        lines = [" & ".join(row) + r" \\ " + rule + " " for row in rows]
        top = (
            rule
            + " "
            + (" & ".join(head) + r" \\ " + rule + " " + ("\\endhead\n" if is_long else "") if head else "")
        )
        if is_long:
            return rf"\begin{{longtable}}[l]{{{columns}}}{top}" + "\n".join(lines) + r"\end{longtable}"
        return (
            rf"\par\medskip\noindent{{\small\begin{{tabular}}{{{columns}}}{top}"
            + "\n".join(lines)
            + r"\end{tabular}}\par\medskip"
        )


def tex(text: str) -> str:
    """The text with TeX's own signs made plain."""
    plain = "".join(SPECIAL.get(sign, sign) for sign in text)
    return plain.replace(".example.org", r".\allowbreak example.org")

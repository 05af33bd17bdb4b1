"""A whole handbook from its scheme: cover, imprint, contents, chapters, practices, annexes, in their order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from corpus.press.entries import Practices, PracticeTold
from corpus.press.guide import Guide
from corpus.press.pieces import Element, fresh_page, heading, par
from corpus.press.scheme import Scheme
from corpus.press.stock import Stock
from corpus.press.toolbox import Toolbox

NUMBER_FIRST = {"hu"}
"""Languages in which an annex's number stands before its word: "2. melléklet"."""
ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII")


@dataclass(frozen=True, slots=True)
class AnnexTold:
    """An annex as it is printed, and the mark of its heading."""

    label: str
    title: str
    mark: str
    sign: str


@dataclass(frozen=True, slots=True)
class Front:
    """What title page and imprint print."""

    title: str
    subtitle: str
    kicker: str
    publisher: str
    authors: Sequence[str]
    year: int
    imprint: Sequence[tuple[str, str]]
    rights: str


@dataclass(slots=True)
class Volume:
    """A handbook to be set, and all that is true of it but its pages."""

    scheme: Scheme
    front: Front
    pieces: list[Element] = field(default_factory=list)
    contents: list[tuple[int, str, str]] = field(default_factory=list)  # level, text, mark
    contents_title: str = ""
    watermark: str = ""
    annexes: list[AnnexTold] = field(default_factory=list)
    practices: Sequence[PracticeTold] = ()
    tools: dict[str, str] = field(default_factory=dict)
    forms: list[str] = field(default_factory=list)  # annexes that are empty forms

    @property
    def meta(self) -> str:
        """The title that the file's metadata give."""
        return {"title": self.front.title, "none": ""}.get(self.scheme.meta, "Microsoft Word - final_v3.docx")


def bound(scheme: Scheme) -> Volume:
    """Write the handbook of a scheme."""
    return _Binder(scheme).volume()


class _Binder:
    """Puts the parts of one handbook together."""

    def __init__(self, scheme: Scheme) -> None:
        self.scheme = scheme
        self.stock = Stock(scheme.language, scheme.seed)
        self.guide = Guide(scheme, self.stock)
        self.practices = Practices(scheme, self.stock)
        self.toolbox = Toolbox(scheme, self.stock)
        self.bound = Volume(scheme, self._front())
        self.chapters = 0

    def volume(self) -> Volume:
        """All pieces in order, then what is true of them."""
        scheme, made = self.scheme, self.bound
        if scheme.foreword:
            made.pieces += [
                fresh_page(),
                heading(1, self.stock.any("foreword"), "chapter", "f1"),
                *(par(self.stock.prose("general", 3, 6)) for _ in range(3)),
                par(self.stock.person(), "byline"),
            ]
        before = scheme.chapters if scheme.kind != "collection" else min(scheme.chapters, 2)
        for number in range(before):
            title = self.stock["chapters"][0] if number == 0 else self._chapter_title()
            made.pieces += self._chapter(title)
            made.pieces += self.guide.chapter(f"c{self.chapters}")
        made.pieces += self._main()
        made.contents_title = self.stock.any("contents")
        made.watermark = self.stock["draft"]
        made.contents = list(self._entries())
        made.practices = self.practices.told
        made.tools = {**dict.fromkeys(self.practices.tools, ""), **self.toolbox.named}
        return made

    def _main(self) -> Iterator[Element]:
        """The practices where the scheme has them, then the annexes."""
        scheme, stock = self.scheme, self.stock
        has_list = scheme.tools in {"list", "headings", "table"}
        if scheme.kind == "collection":
            yield fresh_page()
            yield from self.practices.pieces(1, "", None)
        elif scheme.kind == "chapter" or (scheme.kind == "table" and scheme.annex_scheme == "none"):
            yield from self._chapter(stock.any("practices_titles"))
            yield par(stock.prose("general", 1, 3))
            yield from self._records(str(self.chapters), None)
        if has_list and scheme.annex_scheme == "none":
            yield from self._chapter(stock.any("tools_titles"))
            yield from self.toolbox.pieces(2)
        if scheme.annex_scheme != "none":
            yield from self._annexes(has_list)

    def _annexes(self, has_list: bool) -> Iterator[Element]:
        scheme, stock = self.scheme, self.stock
        kinds = ["other"] * scheme.other_annexes + ["tools"] * has_list
        if scheme.kind in {"annex", "table"}:
            kinds += ["practices"] * (1 + scheme.split)
        if not kinds:
            kinds.append("other")
        stock.rng.shuffle(kinds)
        word = stock.any("annex")
        for number, kind in enumerate(kinds, start=1):
            is_form = kind == "other" and scheme.forms and not self.bound.forms
            names = {"other": "things" if is_form else "others"}
            title = stock.next(names.get(kind, f"{kind}_titles"))
            told = self._told(word, number, title)
            self.bound.annexes.append(told)
            yield from self._annex_head(told)
            if kind == "practices":
                yield par(stock.prose("general", 1, 3))
                parent = told.sign if scheme.annex_scheme != "bare" else ""
                yield from self._records(parent, told.label)
            elif kind == "tools":
                yield from self.toolbox.pieces(2)
            elif is_form:
                self.bound.forms.append(title)
                yield from self.practices.form()
            else:
                yield from self.guide.annex(told.mark)

    def _records(self, parent: str, annex: str | None) -> Iterator[Element]:
        if self.scheme.kind == "table":
            return self.practices.table(annex)
        count = self.scheme.practices
        if not self.scheme.split:
            return self.practices.pieces(2, parent, annex)
        half = range(1, count // 2 + 1) if not self.practices.told else range(count // 2 + 1, count + 1)
        return self.practices.pieces(2, parent, annex, half)

    def _told(self, word: str, number: int, title: str) -> AnnexTold:
        scheme = self.scheme
        sign = {"1": str(number), "A": chr(ord("A") + number - 1), "I": ROMAN[number - 1]}[
            scheme.annex_number
        ]
        numbered = f"{sign}. {word}" if scheme.language in NUMBER_FIRST else f"{word} {sign}"
        label = {"letter": sign, "bare": word.capitalize()}.get(scheme.annex_scheme, numbered)
        return AnnexTold(label, title, f"a{number}", sign)

    def _annex_head(self, told: AnnexTold) -> Iterator[Element]:
        form = self.scheme.annex_scheme
        if self.scheme.chapter_break or form == "plain":
            yield fresh_page()
        if form == "two blocks":
            yield heading(1, told.label, "annex label", told.mark)
            yield heading(1, told.title, "annex title", f"{told.mark}.title")
        elif form == "two lines":
            yield heading(1, f"{told.label}\n{told.title}", "annex", told.mark)
        elif form == "plain":
            yield par(annex_line(told, form), "plain", start=told.mark)
        else:
            yield heading(1, annex_line(told, form), "annex", told.mark)

    def _chapter(self, title: str) -> Iterator[Element]:
        self.chapters += 1
        number, form = self.chapters, self.scheme.chapter_number
        printed = {
            "1": f"{number} {title}",
            "1.": f"{number}. {title}",
            "word": f"{self.stock['chapter']} {number}\n{title}",
        }
        if self.scheme.chapter_break or number == 1:
            yield fresh_page()
        yield heading(1, printed.get(form, title), "chapter", f"c{number}")
        if self.scheme.dividers:
            yield fresh_page()

    def _chapter_title(self) -> str:
        title = self.stock.next("chapters")
        return title if title != self.stock["chapters"][0] else self.stock.next("chapters")

    def _entries(self) -> Iterator[tuple[int, str, str]]:
        """What the contents page lists: chapters, annexes, practices, and at depth 2 sections."""
        form = self.scheme.annex_scheme
        annexes = {told.mark: told for told in self.bound.annexes}
        for piece in self.bound.pieces:
            if piece["is"] == "par" and piece["style"] == "plain":
                yield 1, piece["text"], piece["start"]
            if piece["is"] != "heading" or piece["role"] in {"label", "annex title"}:
                continue
            told = annexes.get(piece["start"])
            text = annex_line(told, form) if told else piece["text"].replace("\n", ": ")
            if piece["level"] <= self.scheme.contents_depth:
                yield piece["level"], text, piece["start"]

    def _front(self) -> Front:
        stock, rng = self.stock, self.stock.rng
        kind = stock.any("reports" if self.scheme.kind == "control" and rng.random() < 0.6 else "kinds")
        subject = stock.any("subjects")
        title = stock["joined"].format(kind=kind, subject=subject)
        publisher = stock.any("publishers")
        authors = [stock.person() for _ in range(rng.randint(1, 4))]
        year = rng.randint(2015, 2026)
        heads = stock["imprint"]
        isbn = f"978-3-{rng.randint(10, 99)}-{rng.randint(100000, 999999)}-{rng.randint(0, 9)}"
        imprint = [
            (heads[0], publisher),
            (heads[1], ", ".join(authors)),
            (heads[2], f"{year}"),
            (heads[3], stock.person()),
            (heads[4], isbn),
        ]
        subtitle = stock.any("subtitles") if rng.random() < 0.7 else ""
        kicker = stock.any("topics").upper() if self.scheme.cover == "kicker" else ""
        return Front(title, subtitle, kicker, publisher, authors, year, imprint, stock.any("rights"))


def annex_line(told: AnnexTold, form: str) -> str:
    """Label and title in one line, as a heading or an entry of the contents page prints them."""
    signs = {":": ": ", "bare": ": ", "–": " – ", ".": ". ", "letter": ". ", "plain": ". "}
    return f"{told.label}{signs.get(form, ' ')}{told.title}"

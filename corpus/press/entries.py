"""The practices of a handbook: records with a random set of labels, as pieces, and what is true of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from corpus.press.pieces import Element, beside, box, bullets, fresh_page, grid, heading, pairs, par
from corpus.press.scheme import Scheme
from corpus.press.stock import Stock

LONG = {
    "context": "need",
    "objectives": "aims",
    "description": "general",
    "activities": "acts",
    "results": "results",
    "lessons": "lessons",
    "transfer": "general",
}
"""The fields with paragraphs, in the order that most publishers print them, and what their sentences are about."""

SHORT = ("institution", "partners", "duration", "level", "participants", "topic", "cost", "tools", "contact")
LISTED = {"objectives", "activities", "lessons", "results"}
"""The fields that may end in a list."""


@dataclass(frozen=True, slots=True)
class Told:
    """A field as it is printed."""

    name: str
    label: str
    text: str
    items: Sequence[str] = ()
    further: str = ""
    mark: str = ""

    @property
    def whole(self) -> str:
        """The text with all that belongs to it in a line."""
        return " ".join((self.text, *self.items, self.further)).strip()


@dataclass(slots=True)
class PracticeTold:
    """What is true of one practice: everything but its pages."""

    mark: str
    title: str
    also: Sequence[str]
    institution: str | None
    fields: Sequence[Told]
    annex: str | None = None
    optional: Sequence[str] = ()
    bare: bool = False


@dataclass(slots=True)
class Template:
    """The labels that all practices of a handbook share, in their order."""

    facts: Sequence[tuple[str, str]]
    longs: Sequence[tuple[str, str]]
    facts_first: bool
    colon: bool
    kicker: str
    byline: str


def template(scheme: Scheme, stock: Stock) -> Template:
    """Draw the labels of a handbook's records."""
    rng = stock.rng
    names = list(LONG)
    chosen = sorted(rng.sample(names, scheme.fields), key=names.index)
    if rng.random() < 0.25:
        rng.shuffle(chosen)
    shorts = [name for name in SHORT if name not in {"institution", "tools"}]
    facts = rng.sample(shorts, min(scheme.facts, len(shorts)))
    if scheme.facts and scheme.byline == "none" and rng.random() < 0.7:
        facts[0] = "institution"
    if scheme.tools == "field":
        facts.append("tools")
    if rng.random() < 0.6:
        facts.sort(key=SHORT.index)
    word = stock.any("kickers")
    return Template(
        facts=[(name, stock.label(name)) for name in facts],
        longs=[(name, stock.label(name)) for name in chosen],
        facts_first=rng.random() < 0.75,
        colon=rng.random() < 0.5,
        kicker=word.upper() if rng.random() < 0.5 else word,
        byline=stock.label("institution"),
    )


class Practices:
    """Writes the practices of one handbook, one after the other."""

    def __init__(self, scheme: Scheme, stock: Stock) -> None:
        self.scheme, self.stock = scheme, stock
        self.template = template(scheme, stock)
        self.titles = stock.titles()
        self.told: list[PracticeTold] = []
        self.tools: dict[str, str] = {}
        self._names = list(stock.tool_names(12))

    def pieces(self, level: int, parent: str, annex: str | None) -> Iterator[Element]:
        """All practices, their titles as headings of a level; `parent` is the number they are counted under."""
        for number in range(1, self.scheme.practices + 1):
            yield from self._practice(number, level, parent, annex)

    def table(self, annex: str | None) -> Iterator[Element]:
        """All practices as the rows of one table; the first column holds their titles."""
        rng = self.stock.rng
        columns = [("institution", self.stock.label("institution"))] if rng.random() < 0.7 else []
        columns += [(name, self.stock.label(name)) for name in rng.sample(("duration", "level", "topic"), 1)]
        columns += [
            (name, self.stock.label(name)) for name in rng.sample(("objectives", "activities", "results"), 2)
        ]
        head = [self.stock.label("description") if rng.random() < 0.1 else self.stock.any("title_columns")]
        rows, marks = [], []
        for number in range(1, self.scheme.practices + 2):
            mark = f"p{number}"
            fields = [
                Told(n, label, self.stock.sentence(LONG[n]) if n in LONG else self._short(n), (), "", mark)
                for n, label in columns
            ]
            title = next(self.titles)
            self._tell(PracticeTold(mark, title, (), _institution(fields), fields, annex, (head[0],)))
            rows.append([title, *(f.text for f in fields)])
            marks.append(mark)
        widths = [3, *(3 if name in LONG else 2 for name, _ in columns)]
        yield grid([*head, *(label for _, label in columns)], rows, marks, widths)

    def _tell(self, practice: PracticeTold) -> None:
        self.told.append(practice)

    def _practice(self, number: int, level: int, parent: str, annex: str | None) -> Iterator[Element]:
        scheme, rng, mark = self.scheme, self.stock.rng, f"p{number}"
        title = self._title(rng.random())
        own_institution = self.stock.next("universities")
        fields = list(self._fields(mark, own_institution))
        if scheme.record_break and number > 1:
            yield fresh_page()
        printed = self._numbered(title, number, parent)
        head = {
            "none": "",
            "kicker": self.template.kicker,
            "number kicker": f"{self.template.kicker} {number}",
        }
        if head[scheme.head]:
            yield par(head[scheme.head], "kicker", start=mark)
        yield heading(level, printed, "record", f"{mark}.title" if head[scheme.head] else mark)
        institution, optional = _institution(fields), []
        if scheme.byline != "none":
            label, institution = self.template.byline, own_institution
            yield par(own_institution, "byline", lead=f"{label}:" if scheme.byline == "labelled" else "")
            optional.append(label)
        noted = scheme.notes and rng.random() < 0.3
        bare = rng.random() < 0.2
        if bare:
            yield par(self.stock.sentence("general"), "lead")
        yield from self._body(fields, mark, level + 1)
        if noted:
            tip = self.stock.any("example")
            optional.append(tip)
            yield box([par(self.stock.sentence("lessons"), lead=f"{tip}:", end=f"{mark}/end")])
        self._tell(
            PracticeTold(
                mark,
                title,
                (printed,) if printed != title else (),
                institution,
                fields,
                annex,
                optional,
                bare or scheme.byline == "name",
            )
        )

    def _title(self, chance: float) -> str:
        title = next(self.titles)
        if chance < 0.12:
            title = f"{self.stock.next('acronyms')}: {title[0].lower() + title[1:]}"
        return title

    def _numbered(self, title: str, number: int, parent: str) -> str:
        form = self.scheme.record_number
        if form == "1.":
            return f"{number}. {title}"
        if form == "chapter.1" and parent:
            return f"{parent}.{number} {title}"
        return title

    def _fields(self, mark: str, own: str) -> Iterator[Told]:
        rng = self.stock.rng
        facts = [self._fact(name, label, f"{mark}.{name}", own) for name, label in self.template.facts]
        longs = [self._long(name, label, f"{mark}.{name}") for name, label in self.template.longs]
        if len(longs) > 3 and rng.random() < 0.2:
            longs.pop(rng.randrange(len(longs)))
        if len(facts) > 2 and rng.random() < 0.2:
            facts.pop()
        yield from (*facts, *longs) if self.template.facts_first else (*longs, *facts)

    def _fact(self, name: str, label: str, mark: str, own: str) -> Told:
        return Told(name, label, own if name == "institution" else self._short(name), (), "", mark)

    def _short(self, name: str) -> str:
        stock, rng = self.stock, self.stock.rng
        if name == "institution":
            return stock.next("universities")
        if name == "partners":
            return ", ".join(stock.next("universities") for _ in range(rng.randint(1, 3)))
        if name == "participants":
            return stock.filled("{n} ") + stock.any("numbers_of")
        if name == "contact":
            person = stock.person()
            return f"{person}, {person.split()[1].lower()}@example.org" if person.isascii() else person
        if name == "tools":
            used = rng.sample(self._names, rng.randint(1, 3))
            self.tools |= dict.fromkeys(used, "")
            return ", ".join(used)
        return stock.any({"duration": "spans", "level": "levels", "topic": "topics", "cost": "costs"}[name])

    def _long(self, name: str, label: str, mark: str) -> Told:
        stock, rng = self.stock, self.stock.rng
        text = stock.prose(LONG[name], 2, 6)
        items: Sequence[str] = ()
        if name in LISTED and rng.random() < 0.3:
            items = [stock.next("bullets") for _ in range(rng.randint(3, 5))]
        further = stock.prose("general", 1, 3) if rng.random() < 0.25 else ""
        if self.scheme.varied_labels and rng.random() < 0.2:
            label = stock.label(name)
        return Told(name, label, text, items, further, mark)

    def _body(self, fields: Sequence[Told], mark: str, level: int) -> Iterator[Element]:
        """The fields: facts in their own style, the others in theirs."""
        scheme, end = self.scheme, f"{mark}/end"
        facts = [f for f in fields if f.name in SHORT]
        longs = [f for f in fields if f.name not in SHORT]
        as_labels = scheme.fact_style == "as labels"
        if scheme.label_style == "pairs":
            ordered = (*facts, *longs) if self.template.facts_first else (*longs, *facts)
            yield pairs([(self._colon(f.label), f.whole, f.mark) for f in ordered], end=end)
            return
        blocks = [list(self._facts(facts, end))] if facts and not as_labels else []
        if as_labels:
            longs = [*facts, *longs] if self.template.facts_first else [*longs, *facts]
        text = [piece for f in longs for piece in labelled(f, scheme.label_style, level, end)]
        if blocks and scheme.fact_style == "side box":
            yield beside(blocks[0], text, left=self.template.colon)
            return
        first = self.template.facts_first
        for part in (*blocks, text) if first else (text, *blocks):
            yield from part

    def _facts(self, facts: Sequence[Told], end: str) -> Iterator[Element]:
        style = self.scheme.fact_style
        rows = [(self._colon(f.label), f.whole, f.mark) for f in facts]
        lines = [par(f.whole, "fact", lead=f"{f.label}:", start=f.mark, end=end) for f in facts]
        if style == "pairs":
            yield pairs(rows, end=end, ruled=self.template.colon)
        elif style == "box":
            yield box(lines)
        else:
            yield from lines

    def _colon(self, label: str) -> str:
        return f"{label}:" if self.template.colon else label


def labelled(told: Told, style: str, level: int, end: str) -> Iterator[Element]:
    """One field with its label in a style."""
    last = 1 + bool(told.items) + bool(told.further)
    ends = [""] * (last - 1) + [end]
    if style in {"runin", "runin bare"}:
        lead = f"{told.label}:" if style == "runin" else told.label
        yield par(told.text, lead=lead, start=told.mark, end=ends.pop(0))
    else:
        if style == "heading":
            yield heading(level, told.label, "label", told.mark)
        else:
            label = told.label.upper() if style == "caps" else told.label
            yield {**par(label, f"label {style}", start=told.mark), "level": level}
        yield par(told.text, end=ends.pop(0))
    if told.items:
        yield bullets([("", item, "") for item in told.items], end=ends.pop(0))
    if told.further:
        yield par(told.further, end=ends.pop(0))


def _institution(fields: Sequence[Told]) -> str | None:
    return next((f.text for f in fields if f.name == "institution"), None)

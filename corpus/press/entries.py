"""The practices of a handbook: records with a random set of labels, as pieces, and what is true of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from corpus.press.pieces import (
    Element,
    beside,
    box,
    bullets,
    figure,
    fresh_page,
    grid,
    heading,
    on_its_side,
    pairs,
    par,
    plate,
)
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
PER_GROUP = 3  # practices under the heading of one topic
ACRONYMS = 0.12  # share of titles that begin with the short name of a project
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
    sublabel: str = ""
    note: str = ""

    @property
    def whole(self) -> str:
        """The text with all that belongs to it in a line."""
        return " ".join((self.text, *self.items, self.sublabel, self.further)).strip()


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
    is_free = scheme.byline == "none" and scheme.titled != "institutions"
    if scheme.facts and is_free and rng.random() < 0.7:
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
        self._names = list(stock.tool_names(12, software=True))

    def pieces(
        self, level: int, parent: str, annex: str | None, share: range | None = None
    ) -> Iterator[Element]:
        """Practices with titles of a level; `parent` is the number they are counted under, `share` which of all."""
        rng, stock, scheme = self.stock.rng, self.stock, self.scheme
        numbers = share or range(1, scheme.practices + 1)
        named = {number: self._named(rng.random()) for number in numbers}
        if scheme.overview != "none":
            yield from self._overview(level, list(named.values()))
        below = level + scheme.groups
        for number, (title, institution) in named.items():
            opens = scheme.groups and (number - numbers[0]) % PER_GROUP == 0
            if scheme.record_break and self.told:
                yield fresh_page()
            if opens:
                yield heading(level, stock.next("topics"), "section", f"g{number}")
                yield par(stock.prose("general", 1, 2))
            yield from self._practice(number, below, parent, annex, title, institution)

    def _named(self, chance: float) -> tuple[str, str]:
        """A title and an institution, which may be the same."""
        institution = self.stock.next("universities")
        if self.scheme.titled == "institutions":
            return institution, institution
        title = next(self.titles)
        if chance < ACRONYMS:
            title = f"{self.stock.next('acronyms')}: {title[0].lower() + title[1:]}"
        return title, institution

    def _overview(self, level: int, named: Sequence[tuple[str, str]]) -> Iterator[Element]:
        """All titles before the practices themselves: no practice is meant by it."""
        stock = self.stock
        yield heading(level, stock.any("overview"), "section", f"o{len(self.told)}")
        if self.scheme.overview == "list" or self.scheme.titled == "institutions":
            yield bullets([("", title, "") for title, _ in named])
        else:
            rows = [[title, stock.any("topics"), stock.any("spans")] for title, _ in named]
            head = [stock.any("title_columns"), stock.label("topic"), stock.label("duration")]
            yield grid(head, rows, [""] * len(rows), [4, 2, 2])

    def table(self, annex: str | None) -> Iterator[Element]:
        """All practices as the rows of one table; the first column holds their titles."""
        rng = self.stock.rng
        columns = [("institution", self.stock.label("institution"))] if rng.random() < 0.7 else []
        columns += [(name, self.stock.label(name)) for name in rng.sample(("duration", "level", "topic"), 1)]
        columns += [
            (name, self.stock.label(name)) for name in rng.sample(("objectives", "activities", "results"), 2)
        ]
        form, title_head = self.scheme.table_form, self.stock.any("title_columns")
        heads, widths = [label for _, label in columns], [3 if name in LONG else 2 for name, _ in columns]
        place = 1 if form == "institution first" and columns[0][0] == "institution" else 0
        rows, marks = [], []
        for number in range(1, self.scheme.practices + 2):
            mark = f"p{number}"
            fields = [
                Told(n, label, self.stock.sentence(LONG[n]) if n in LONG else self._short(n), (), "", mark)
                for n, label in columns
            ]
            title = next(self.titles)
            self._tell(PracticeTold(mark, title, (), _institution(fields), fields, annex, (title_head, "#")))
            cells = [f.text for f in fields]
            cells.insert(place, title)
            rows.append([str(number), *cells] if form == "numbered" else cells)
            marks.append(mark)
        heads.insert(place, title_head)
        widths.insert(place, 3)
        if form == "numbered":
            heads, widths = ["#", *heads], [1, *widths]
        table = grid(heads, rows, marks, widths)
        yield on_its_side([table]) if self.scheme.landscape else table

    def form(self) -> Iterator[Element]:
        """The practices' own labels with room to write: an empty form is no practice."""
        yield par(self.stock.prose("general", 1, 2))
        rows = [(label, "", "") for _, label in (*self.template.facts, *self.template.longs)]
        if self.stock.rng.random() < 0.5:
            yield pairs([(label, "…" * 30, "") for label, _, _ in rows])
        else:
            for label, _, _ in rows:
                yield par("…" * 60, lead=f"{label}:")

    def _tell(self, practice: PracticeTold) -> None:
        self.told.append(practice)

    def _practice(
        self, number: int, level: int, parent: str, annex: str | None, title: str, own_institution: str
    ) -> Iterator[Element]:
        scheme, rng, mark = self.scheme, self.stock.rng, f"p{number}"
        fields = list(self._fields(mark, own_institution))
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
        if scheme.titled == "institutions":
            institution = own_institution
        if scheme.byline != "none":
            label, institution = self.template.byline, own_institution
            yield par(own_institution, "byline", lead=f"{label}:" if scheme.byline == "labelled" else "")
            optional.append(label)
        noted = scheme.notes and rng.random() < 0.3
        bare = rng.random() < 0.2
        if bare:
            yield par(self.stock.sentence("general"), "lead")
        is_quoted = scheme.quotes and rng.random() < 0.5
        if is_quoted:
            longest = max(fields, key=lambda told: len(told.text))
            yield par(f"“{longest.text.split('. ')[0].rstrip('.')}.”", "quote")
        yield from self._body(fields, mark, level + 1)
        if scheme.figures and rng.random() < 0.4:
            yield figure(f"{self.stock['figure']} {number}: {self.stock.any('topics')}", f"{mark}/end")
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
                bare or is_quoted or scheme.byline == "name",
            )
        )

    def _numbered(self, title: str, number: int, parent: str) -> str:
        form = self.scheme.record_number
        if form == "1.":
            return f"{number}. {title}"
        if form == "word":
            return f"{self.template.kicker} {number}: {title}"
        if form == "chapter.1" and parent:
            return f"{parent}.{number} {title}"
        return title

    def _fields(self, mark: str, own: str) -> Iterator[Told]:
        rng = self.stock.rng
        facts = [self._fact(name, label, f"{mark}.{name}", own) for name, label in self.template.facts]
        longs = [self._long(name, label, f"{mark}.{name}") for name, label in self.template.longs]
        if len(longs) > 3 and rng.random() < 0.2:
            longs.pop(rng.randrange(len(longs)))
        if len(facts) > 2 and rng.random() < 0.2 and facts[-1].name != "tools":
            facts.pop()  # tools once named are true of the handbook, so they are printed
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
        is_parted = (
            self.scheme.sublabels and bool(further) and not self.scheme.label_style.startswith("runin")
        )
        sublabel = f"{stock.any('topics')}:" if is_parted else ""
        note = stock.sentence("general") if self.scheme.footnotes and rng.random() < 0.1 else ""
        return Told(name, label, text, items, further, mark, sublabel, note)

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
        text = self._split([list(labelled(f, scheme.label_style, level, end)) for f in longs])
        if blocks and scheme.fact_style == "side box":
            yield beside(blocks[0], text, left=self.template.colon)
            return
        first = self.template.facts_first
        for part in (*blocks, text) if first else (text, *blocks):
            yield from part

    def _split(self, fields: Sequence[Sequence[Element]]) -> list[Element]:
        """The pieces of the fields; some records go on at a new page, or behind a picture that fills one."""
        rng, form = self.stock.rng, self.scheme.splits
        cut = (
            rng.randrange(1, len(fields)) if form != "none" and len(fields) > 1 and rng.random() < 0.6 else 0
        )
        between = [fresh_page(), plate(), fresh_page()] if form == "plate" else [fresh_page()]
        before, after = ([p for field in part for p in field] for part in (fields[:cut], fields[cut:]))
        return [*before, *between, *after] if cut else after

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
        yield par(told.text, lead=lead, start=told.mark, end=ends.pop(0), note=told.note)
    else:
        if style == "heading":
            yield heading(level, told.label, "label", told.mark)
        else:
            label = told.label.upper() if style == "caps" else told.label
            yield {**par(label, f"label {style}", start=told.mark), "level": level}
        yield par(told.text, end=ends.pop(0), note=told.note)
    if told.items:
        yield bullets([("", item, "") for item in told.items], end=ends.pop(0))
    if told.further:
        yield par(told.further, lead=told.sublabel, end=ends.pop(0))


def _institution(fields: Sequence[Told]) -> str | None:
    return next((f.text for f in fields if f.name == "institution"), None)

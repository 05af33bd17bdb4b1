"""A proposal as a document: its page, put into headings, paragraphs and tables in the reader's language."""

from __future__ import annotations

from collections.abc import Iterator

from web.export import (
    Filled,
    FormKind,
    Paper,
    PaperBlock,
    PaperCell,
    PaperHeading,
    PaperParagraph,
    PaperRun,
    PaperTable,
)
from web.frame import PlaceShown, RecordRef, Refs, language
from web.pages.call_page import FormLineShown, FormShown, ProposalPage, ScoreShown, proposal_page
from web.pages.showing_how import PracticeShown

_ = language.gettext
ngettext, number = language.ngettext, language.number

_LONGEST_SHOWN = 300
"""Characters of an address that is printed; a longer one is a link alone."""
_MOST_COLUMNS = 5
"""Steps of a scale that fit beside each other on a paper; of more only the chosen one is printed."""


def paper_of(refs: Refs, filled: Filled, origin: str) -> Paper:
    """The document of a proposal; `origin` ("https://example.org") goes before each address in it."""
    page = proposal_page(refs, filled, has_practices=True)
    title = page.title or _("My proposal")
    writer = _Writer(page, origin + language.spoken().prefix)
    return Paper(title, language.spoken().language, tuple(writer.blocks(title)), _("Page"))


def place_words(place: PlaceShown) -> str:
    """A page as it is cited: "p. 12 (PDF 14)"."""
    if not place.label:
        return _("PDF %(page)s") % {"page": place.page}
    if place.label == str(place.page):
        return _("p. %(label)s") % {"label": place.label}
    return _("p. %(label)s (PDF %(page)s)") % {"label": place.label, "page": place.page}


def score_words(score: ScoreShown) -> str:
    """What the marks of a grid add up to, in one line."""
    said = _("%(reached)s of %(highest)s") % {
        "reached": number(score.reached),
        "highest": number(score.highest),
    }
    marked = ngettext("%(marked)s of %(num)s line marked", "%(marked)s of %(num)s lines marked", score.lines)
    return f"{said} ({marked % {'marked': score.marked, 'num': score.lines}})"


class _Writer:
    """Makes the parts of one document."""

    def __init__(self, page: ProposalPage, site: str) -> None:
        self.page = page
        self.site = site

    def blocks(self, title: str) -> Iterator[PaperBlock]:
        page = self.page
        yield PaperHeading(1, title)
        if page.notes:
            for part in page.notes.split("\n"):
                if part.strip():
                    yield PaperParagraph((PaperRun(part),))
        for form in page.forms:
            if form.is_chosen:
                yield from self._form(form)
        for book in page.formless:
            yield PaperHeading(2, book.title, book.language)
            yield PaperParagraph(
                (PaperRun(_("No checklist and no evaluation grid was found in this handbook.")),)
            )
        if page.records:
            yield PaperHeading(2, _("Practices on the shortlist"))
            yield PaperTable(
                (_("Practice"), _("In short"), _("Handbook page")),
                tuple(self._listed(record) for record in page.records),
                (4, 5, 2.5),
            )
        yield from self._sources()

    def _form(self, form: FormShown) -> Iterator[PaperBlock]:
        yield PaperHeading(2, form.title, form.language)
        where = PaperRun(place_words(form.place), self.site + form.url)
        yield PaperParagraph(
            (PaperRun(f"{form.handbook.title},", language=form.handbook.language), where), keeps=True
        )
        if form.kind is FormKind.CHECKLIST:
            counted = {"checked": form.checked, "num": form.count}
            said = ngettext(
                "%(checked)s of %(num)s line checked", "%(checked)s of %(num)s lines checked", form.count
            )
            yield PaperParagraph((PaperRun(said % counted),), keeps=True)
        if form.score:
            yield PaperParagraph(
                (PaperRun(score_words(form.score), is_strong=True), *self._how(form.score)), keeps=True
            )
        for group in form.groups:
            if group.heading:
                yield PaperHeading(3, group.heading, form.language)
            yield self._table(form, group.lines)

    def _how(self, score: ScoreShown) -> tuple[PaperRun, ...]:
        if not score.is_weighted:
            return (PaperRun(_("The marks are added up.")),)
        return (
            PaperRun(
                _(
                    "Each mark counts times the weight that the handbook states; it gives no formula of its own."
                )
            ),
        )

    def _table(self, form: FormShown, lines: tuple[FormLineShown, ...]) -> PaperTable:
        steps = lines[0].levels if len(lines[0].levels) <= _MOST_COLUMNS else ()
        has_mark = form.kind is FormKind.GRID and not steps
        head = (
            _("Criterion") if form.kind is FormKind.GRID else _("To check"),
            *(step.label for step in steps),
            *((_("Mark"),) if has_mark else ()),
            _("Own note"),
            _("Page"),
        )
        is_plain = form.kind is FormKind.CHECKLIST and not lines[0].levels
        rows = tuple(self._row(form, line, bool(steps), has_mark, is_plain) for line in lines)
        note, page = (4.0, 2.2) if not steps else (2.2, 1.6)
        return PaperTable(
            head,
            rows,
            (7.0 if not steps else 4.6, *(2.6 for _step in steps), *((2.0,) if has_mark else ()), note, page),
        )

    def _row(
        self, form: FormShown, line: FormLineShown, has_steps: bool, has_mark: bool, is_plain: bool
    ) -> tuple[PaperCell, ...]:
        spoken = form.language
        words = [PaperRun(line.text, is_strong=form.kind is FormKind.GRID, language=spoken)]
        if line.weight is not None:
            words.append(PaperRun(_("Weight: %(weight)s") % {"weight": number(line.weight)}, is_small=True))
        if line.detail:
            words.append(PaperRun(line.detail, is_small=True, language=spoken))
        words += [self._practice(one) for one in line.practices or ()]
        cells = [PaperCell(tuple(words), line.is_checked if is_plain else None)]
        cells += [
            PaperCell((PaperRun(step.text, is_small=True, language=spoken),), step.is_marked, step.is_marked)
            for step in (line.levels if has_steps else ())
        ]
        if has_mark:
            cells.append(PaperCell((PaperRun(_mark(line)),)))
        cells.append(PaperCell((PaperRun(line.note),) if line.note else ()))
        cells.append(PaperCell((PaperRun(place_words(line.place), self.site + line.url, is_small=True),)))
        return tuple(cells)

    def _practice(self, one: PracticeShown) -> PaperRun:
        record = one.record
        told = f"→ {record.title}, {place_words(one.evidence.place)}"
        return PaperRun(told, self.site + record.url, is_small=True, language=record.language)

    def _listed(self, record: RecordRef) -> tuple[PaperCell, ...]:
        title = [PaperRun(record.title, self.site + record.url, is_strong=True, language=record.language)]
        if record.institution:
            title.append(PaperRun(record.institution, is_small=True))
        page = PaperRun(place_words(record.place), self.site + record.place.url, is_small=True)
        book = PaperRun(record.handbook.title, is_small=True, language=record.handbook.language)
        return (
            PaperCell(tuple(title)),
            PaperCell((PaperRun(record.summary, is_small=True, language=record.language),)),
            PaperCell((book, page)),
        )

    def _sources(self) -> Iterator[PaperBlock]:
        chosen = [one.handbook for one in self.page.handbooks if one.is_chosen]
        listed = [record.handbook for record in self.page.records]
        yield PaperHeading(2, _("Sources"))
        for book in dict.fromkeys((*chosen, *listed)):
            edition = _("Edition %(number)s") % {"number": book.edition}
            yield PaperParagraph(
                (
                    PaperRun(f"{book.title}.", language=book.language),
                    PaperRun(f"{edition}."),
                    PaperRun(self.site + book.url, self.site + book.url),
                )
            )
        if self.page.url != "/proposal":
            address = self.site + self.page.url
            shown = address if len(address) <= _LONGEST_SHOWN else _("open it")
            told = PaperRun(_("This proposal, to be filled in further:"))
            yield PaperParagraph((told, PaperRun(shown, address)))


def _mark(line: FormLineShown) -> str:
    if line.mark is None:
        return ""
    chosen = next((level.label for level in line.levels if level.is_marked), "")
    if chosen or line.levels:
        return chosen
    shown = number(line.mark)
    return f"{shown} / {number(line.most)}" if line.most is not None else shown

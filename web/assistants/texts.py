"""What an assistant is told, as text in its language: the same as the structured answer."""

from __future__ import annotations

from collections.abc import Iterable

from kb import Kind
from web.assistants import told
from web.assistants.letter import Letter, label
from web.frame import language, sayings

_, ngettext = language.gettext, language.ngettext


def found(shown: told.FoundTold) -> Letter:
    """The answers to a need."""
    letter = _begun(shown.note, shown.notice)
    if shown.no_match:
        letter.say(_("Nothing in this library answers this; what follows, if anything, is only the nearest."))
    elif shown.is_weak:
        letter.say(_("No answer is near in meaning; these share words with the need."))
    letter.quote(shown.remarks)
    letter.say(
        ngettext("%(num)s answer", "%(num)s answers", shown.total) % {"num": language.number(shown.total)},
        _("page %(page)s of %(pages)s") % {"page": shown.page, "pages": shown.pages}
        if shown.pages > 1
        else "",
    )
    letter.quote(shown.address)  # which repeats values of filters
    for hit in shown.hits:
        letter.gap()
        _hit(letter, hit, f"{hit.rank}.")
    if shown.background:
        letter.gap()
        letter.say(_("Chapters that explain:"))
        for hit in shown.background:
            _hit(letter, hit)
    if shown.narrow:
        letter.gap()
        letter.say(_("Filters that would narrow this, with how many answers each leaves:"))
        for group in shown.narrow:
            letter.quote_list((f"{one.value} ({one.count})" for one in group.values), f"{group.filter}: ")
    return letter


def whole(shown: told.WholeTold) -> Letter:
    """One record."""
    letter = _begun(shown.note, shown.notice)
    if shown.asked != shown.record.id:
        letter.say(_("%(asked)s was merged into this one.") % {"asked": shown.asked})
    _record(letter, shown.record)
    if not shown.is_current:
        letter.say(_("The current edition has it otherwise, or no more."))
    letter.quote(" › ".join(shown.path))
    _values(letter, shown.values)
    for one in shown.fields:
        letter.gap()
        _field(letter, one)
    _listed(letter, _("Tools"), shown.tools)
    _listed(letter, _("Practices"), shown.practices)
    letter.gap()
    letter.say(_("The handbook, to cite it:"), shown.original)
    _values(letter, shown.imprint)
    return letter


def nearest(shown: told.NearestTold) -> Letter:
    """What resembles a record."""
    letter = _begun(shown.note, shown.notice)
    _record(letter, shown.record)
    if not shown.similar:
        letter.say(_("Nothing is known to resemble it."))
    for one in shown.similar:
        letter.gap()
        _record(letter, one.record)
        letter.quote(*one.reasons)
        if one.own_quote:
            letter.say(_("The two sentences in which they come nearest:"), one.near_address)
            letter.quote(one.own_quote, one.near_quote)
    return letter


def sides(shown: told.SidesTold) -> Letter:
    """Records side by side."""
    letter = _begun(shown.note, shown.notice)
    for record in shown.records:
        _record(letter, record)
    letter.say(shown.address)
    for row in shown.rows:
        letter.gap()
        letter.say(
            sayings.facet_name(row.name) if row.name else "", _("the same in all") if row.is_same else ""
        )
        if not row.name:
            letter.quote(row.label)
        for side in row.sides:
            letter.say(f"{side.record}:", _("Not stated in the handbook") if side.is_absent else "")
            _values(letter, side.values)
            for one in side.texts:
                _field(letter, one)
    return letter


def books(shown: told.BooksTold) -> Letter:
    """Every handbook."""
    letter = _begun(shown.note, shown.notice)
    if not shown.handbooks:
        letter.say(_("This library holds no handbook yet."))
    for one in shown.handbooks:
        letter.gap()
        letter.say(
            one.id,
            _("Edition %(number)s") % {"number": one.edition},
            ngettext("%(num)s page", "%(num)s pages", one.pages) % {"num": language.number(one.pages)},
            language.language_name(one.language),
            one.address,
            one.original,
        )
        letter.quote(one.title)
        letter.say(
            ", ".join(f"{kind_name(Kind(kind))}: {count}" for kind, count in one.counts.items() if count)
        )
        _values(letter, one.imprint)
    return letter


def page(shown: told.PageTold) -> Letter:
    """A page."""
    letter = _begun(shown.note, shown.notice)
    letter.say(
        *_place(shown.at), _("PDF %(page)s of %(pages)s") % {"page": shown.at.page, "pages": shown.pages}
    )
    letter.quote(shown.at.handbook_title, shown.text)
    _listed(letter, _("On this page"), shown.records)
    return letter


def kind_name(kind: Kind) -> str:
    """What a kind of record is called."""
    names = {
        Kind.PRACTICE: _("Practice"),
        Kind.TOOL: _("Tool"),
        Kind.ANNEX: _("Annex"),
        Kind.SECTION: _("Section"),
    }
    return names[kind]


def _begun(note: str, notice: str) -> Letter:
    letter = Letter()
    letter.say(note)
    letter.say(notice)
    letter.gap()
    return letter


def _place(at: told.Cited) -> tuple[str, ...]:
    printed = label(at.printed)
    page = (
        _("p. %(label)s (PDF %(page)s)") % {"label": printed, "page": at.page}
        if printed
        else _("PDF p. %(page)s") % {"page": at.page}
    )
    return (
        at.handbook,
        _("Edition %(number)s") % {"number": at.edition},
        page,
        _("Read by OCR") if at.is_ocr else "",
        at.address,
    )


def _record(letter: Letter, record: told.RecordTold, before: str = "") -> None:
    letter.say(
        f"{before} {kind_name(record.kind)} {record.id}",
        record.address,
        _("read with low confidence") if record.is_doubtful else "",
    )
    letter.say(*_place(record.at))
    letter.quote(f"{record.title} ({record.at.handbook_title})")


def _hit(letter: Letter, hit: told.HitTold, before: str = "") -> None:
    _record(letter, hit.record, before)
    _values(letter, hit.values)
    letter.say(_("What answers:"), *_place(hit.quote_at)[2:-1], hit.quote_address)
    letter.quote(f"{hit.label}: {hit.quote}" if hit.label else hit.quote)


def _field(letter: Letter, one: told.FieldTold) -> None:
    letter.say(f"[{one.number}]", _status(one.status), *_place(one.at)[2:-1], one.address)
    letter.quote(one.label, one.text, *one.notes)
    if one.is_cut:
        letter.say(
            _("There is more of it: ask to show field %(number)s of this record.") % {"number": one.number}
        )


def _values(letter: Letter, values: Iterable[told.ValueTold]) -> None:
    absent = []
    for one in values:
        name = sayings.facet_name(one.name)
        if not one.value:
            absent.append(name)
            continue
        where = _("PDF p. %(page)s") % {"page": one.page} if one.page else ""
        said = ", ".join(filter(None, (name, _status(one.status), where)))
        meant = f" (“{one.mapped_from}”)" if one.mapped_from else ""
        letter.quote(f"{said}: {language.term(one.value, one.name)}{meant}")
    if absent:
        letter.say(f"{_('Not stated in the handbook')}: {', '.join(absent)}")


def _status(status: str) -> str:
    names = {
        "stated": _("stated"),
        "mapped": _("stated in other words"),
        "inferred": _("inferred"),
        "corrected": _("corrected in review"),
    }
    return names.get(status, status)


def _listed(letter: Letter, title: str, records: Iterable[told.RecordTold]) -> None:
    rows = tuple(records)
    if rows:
        letter.gap()
        letter.say(title)
        for one in rows:
            _record(letter, one)

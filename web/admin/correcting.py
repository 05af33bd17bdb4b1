"""What those who sign in see on readers' pages: who they are, and a record's corrections."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from starlette.requests import Request

from kb import KbError, Kind, Record
from kb.care import About, ItemId, Sheet, review, things
from kb.editions import Action, Edit, title_likeness
from web.admin import signin
from web.frame import Correcting, EditShown, Owner, Refs, library, links, refs_of, shortened, wants_json

LONGEST_TITLE = 240
MOST_NEAR = 6
MOST_LABELS = 200


def owner(request: Request) -> Owner | None:
    """Who asks, where that is one who signed in; a library that cannot be read takes nobody's bar away."""
    try:
        session = signin.known(request)
    except KbError:
        return None
    if session is None or wants_json(request):
        return None
    return Owner(session.name, signin.csrf(request, session), _to_review(request))


def correcting(request: Request, record: Record) -> Correcting | None:
    """What the page of a record needs so that it can be corrected there; None for those not signed in."""
    session = None if wants_json(request) else signin.known(request)
    if session is None:
        return None
    refs, store = refs_of(request), library(request).store
    sheet = Sheet.of(store, record.handbook)
    served = sheet.reviewed.records
    is_served = any(one.id == record.id for one in served)
    others = tuple(one for one in served if one.id != record.id) if is_served else ()
    edits = edits_of(sheet, record.id)
    labels = dict.fromkeys(field.label for one in served for field in one.fields if field.label)
    return Correcting(
        csrf=signin.csrf(request, session),
        url=links.review(record.id),
        is_served=is_served,
        near=refs.named(near(record, served)) if is_served else (),
        others=refs.named(others),
        kinds=tuple(Kind),
        labels=tuple(labels)[:MOST_LABELS],
        done=done(refs, sheet.edits, request.query_params.get("done", "")),
        edits=shown(refs, edits[::-1]),
    )


def near(record: Record, records: Sequence[Record]) -> list[Record]:
    """Records that one may be the same as: those with titles most like its own, then its neighbours in print."""
    likeness = {one.id: title_likeness(record.title, one.title) for one in records if one.id != record.id}
    alike = [one for one in records if likeness.get(one.id)]
    alike.sort(key=lambda one: -likeness[one.id])  # stable: of equals the first printed
    at = next((n for n, one in enumerate(records) if one.id == record.id), 0)
    beside = [records[n] for n in (at - 1, at + 1) if 0 <= n < len(records)]
    return list({one.id: one for one in (*alike, *beside)}.values())[:MOST_NEAR]


def edits_of(sheet: Sheet, record: str) -> list[Edit]:
    """The edits that a record has to do with, oldest first: its own, and those that made it or merged into it."""
    named = {record, *(edit.made for edit in sheet.edits if edit.record == record and edit.made)}
    return [e for e in sheet.edits if e.record in named or e.made in named or e.value == record]


def shown(refs: Refs, edits: Iterable[Edit]) -> tuple[EditShown, ...]:
    """Edits as they are listed."""
    found = tuple(edits)
    titles = {record.id: record.title for record in refs.everything()} if found else {}
    return tuple(_edit(edit, titles) for edit in found)


def done(refs: Refs, edits: Sequence[Edit], numbers: str) -> tuple[EditShown, ...]:
    """Those of some edits that were just made, by their numbers as an address has them: "3,4"."""
    wanted = set(numbers.split(","))
    return shown(refs, [edit for edit in edits if str(edit.number) in wanted])


def page_of(record: Record, numbers: str) -> str:
    """The address of a record's page, at its corrections; `numbers` are the edits that were just made."""
    return f"{links.record(record.kind, record.id)}?done={numbers}#correct"


def _edit(edit: Edit, titles: Mapping[str, str]) -> EditShown:
    is_item = edit.action is Action.CONFIRM and ItemId.parse(edit.record).about is not About.RECORD
    value = titles.get(edit.value, edit.value) if edit.action is Action.MERGE else edit.value
    return EditShown(
        number=edit.number,
        action=edit.action.value,
        record=edit.record,
        title=titles.get(edit.record, edit.record),
        url="" if is_item else links.review(edit.made or edit.record),
        value=shortened(value, LONGEST_TITLE),
        base=shortened(edit.base, LONGEST_TITLE),
        who=edit.who,
        when=edit.when,
        note=edit.note,
        undone=f"{edit.undone_by}, {edit.undone_at}" if edit.is_undone else "",
    )


def _to_review(request: Request) -> int:
    """How many things there are to review, counted once for what is published."""
    try:
        snapshot = library(request).snapshot()
        return snapshot.once("to review", lambda: len(things(review.items(snapshot.store))))
    except KbError:
        return 0

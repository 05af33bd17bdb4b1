"""Records as extracted + edits -> records as served. Pure: the same edits give the same records."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from kb import Facet, Field, Kind, Origin, Record, Span
from kb.editions.edits import (
    Action,
    Edit,
    EditOutcome,
    EditState,
    FieldPlace,
    Key,
    Reviewed,
    is_same,
    locate,
    place_of,
    three_way,
    whole,
)
from kb.editions.halves import cut_short, joined, split_off, unique

FIELD_ACTIONS = (Action.SET_TEXT, Action.SET_LABEL)


def apply(extracted: Sequence[Record], edits: Sequence[Edit]) -> Reviewed:
    """Correct the records of one edition; an edit that cannot be placed is reported, and changes nothing."""
    desk = _Desk(extracted)
    for edit in desk.in_force(sorted(edits, key=lambda e: e.number)):
        desk.outcomes[edit.number] = desk.take(edit)
    return desk.result()


@dataclass(slots=True)
class _Draft:
    """A record at work: what it holds by key, and what was done to it."""

    record: Record
    parts: list[tuple[Key, Field]]
    done: list[str] = field(default_factory=list)

    def mark(self, action: Action) -> None:
        if action.value not in self.done:
            self.done.append(action.value)


class _Desk:
    def __init__(self, extracted: Sequence[Record]) -> None:
        self.extracted = {r.id: r for r in extracted}
        self.turn = {r.id: n for n, r in enumerate(extracted)}
        self.drafts = {
            r.id: _Draft(r, [((r.id, n), f) for n, f in enumerate(r.fields)]) for r in extracted
        }  # in the order in which they are served
        self.fates: dict[str, str] = {}
        self.outcomes: dict[int, EditOutcome] = {}
        self.confirmed: set[str] = set()
        self.has_splits = False
        self._actions: dict[Action, Callable[[Edit], EditOutcome]] = {
            Action.RETITLE: self._retitle,
            Action.RETYPE: self._retype,
            Action.SET_INSTITUTION: self._set_institution,
            Action.SET_TEXT: self._set_field,
            Action.SET_LABEL: self._set_field,
            Action.SPLIT: self._split,
            Action.MERGE: self._merge,
            Action.DISCARD: self._discard,
            Action.CONFIRM: self._confirm,
        }

    def in_force(self, edits: Sequence[Edit]) -> list[Edit]:
        """The last edit of each thing, in the turn of the first one, so that what built on that still can."""
        turns: dict[tuple[object, ...], Edit] = {}
        for edit in edits:
            if edit.is_undone:
                if edit.action is Action.SPLIT:
                    self.fates[edit.made] = edit.record  # its address leads to where its text is again
                continue
            target = self._target(edit)
            if earlier := turns.get(target):
                self.outcomes[earlier.number] = EditOutcome(earlier, EditState.SUPERSEDED)
            turns[target] = edit
        return list(turns.values())

    def take(self, edit: Edit) -> EditOutcome:
        """Carry one edit out, or say why not."""
        return self._actions[edit.action](edit)

    def result(self) -> Reviewed:
        """The records as they stand now."""
        records = [self._finished(draft) for draft in self.drafts.values()]
        if self.has_splits:
            records = [replace(r, position=n) for n, r in enumerate(records)]
        ends = {gone: self._end(gone) for gone in sorted(self.fates) if gone not in self.drafts}
        fates = {gone: end for gone, end in ends.items() if end is not None}
        sources = {r.id: tuple(key for key, f in self.drafts[r.id].parts if _is_shown(f)) for r in records}
        return Reviewed(
            records=tuple(self._linked(r, fates) for r in records),
            fates=fates,
            outcomes=tuple(self.outcomes[n] for n in sorted(self.outcomes)),
            sources=sources,
            confirmed=frozenset(self.confirmed),
        )

    # what an edit is about

    def _target(self, edit: Edit) -> tuple[object, ...]:
        if edit.action in FIELD_ACTIONS and edit.place is not None:
            return edit.action, self._key(edit.place) or edit.place
        if edit.action is Action.SPLIT:
            return edit.action, edit.made
        return edit.action, edit.record

    def _key(self, place: FieldPlace) -> Key | None:
        if place.record not in self.extracted:
            return None
        if place.nth < 0:
            return place.record, -1
        found = locate(place, self.extracted[place.record].fields)
        return None if found is None else (place.record, found)

    def _holder(self, key: Key) -> tuple[_Draft, int] | None:
        for draft in self.drafts.values():
            for n, (held, _) in enumerate(draft.parts):
                if held == key:
                    return draft, n
        return None

    def _take_title_out(self, edit: Edit) -> None:
        """Leave a title out of the field that it was read into."""
        key = self._key(edit.place) if edit.place is not None else None
        if key is None or (held := self._holder(key)) is None:
            return
        draft, n = held
        shown = draft.parts[n][1]
        first, _, rest = shown.text.partition("\n")
        if is_same(shown.label, edit.value):
            draft.parts[n] = (key, replace(shown, label="", name="", origin=Origin.CORRECTED))
        elif is_same(first, edit.value):
            draft.parts[n] = (key, replace(shown, text=rest.strip(), tables=(), origin=Origin.CORRECTED))

    def _missing(self, edit: Edit) -> EditOutcome:
        """What to say of an edit whose record is not served: review took it away, or the edition did."""
        return EditOutcome(edit, EditState.IDLE if edit.record in self.fates else EditState.GONE)

    # the actions

    def _value(self, edit: Edit, theirs: str) -> EditOutcome:
        return EditOutcome(edit, three_way(edit.base, theirs, edit.value), theirs)

    def _retitle(self, edit: Edit) -> EditOutcome:
        if (draft := self.drafts.get(edit.record)) is None:
            return self._missing(edit)
        found = self._value(edit, self._own(draft).title)
        if found.state is not EditState.AGREED:
            draft.record = replace(draft.record, title=edit.value)
            self._take_title_out(edit)
        return self._marked(draft, found)

    def _retype(self, edit: Edit) -> EditOutcome:
        if (draft := self.drafts.get(edit.record)) is None:
            return self._missing(edit)
        found = self._value(edit, self._own(draft).kind.value)
        if found.state is not EditState.AGREED:
            kind, mentions = Kind(edit.value), draft.record.mentions
            if kind is Kind.TOOL and not mentions:
                mentions = (draft.record.page_start,)
            draft.record = replace(draft.record, kind=kind, mentions=mentions)
        return self._marked(draft, found)

    def _set_institution(self, edit: Edit) -> EditOutcome:
        if (draft := self.drafts.get(edit.record)) is None:
            return self._missing(edit)
        found = self._value(edit, self._own(draft).institution)
        if found.state is not EditState.AGREED:
            facets = [
                f for f in draft.record.facets
                if f.name != "institution" or f.value not in (draft.record.institution, edit.value)
            ]  # fmt: skip
            if edit.value:
                facets.append(Facet("institution", edit.value, Origin.CORRECTED))
            draft.record = replace(draft.record, institution=edit.value, facets=tuple(facets))
        return self._marked(draft, found)

    def _set_field(self, edit: Edit) -> EditOutcome:
        if edit.place is None or (key := self._key(edit.place)) is None:
            return self._missing(edit)
        if (held := self._holder(key)) is None:
            return EditOutcome(edit, EditState.IDLE)
        draft, n = held
        shown = draft.parts[n][1]
        original = self._extracted_field(key) or shown
        is_text = edit.action is Action.SET_TEXT
        found = self._value(edit, original.text if is_text else original.label)
        if found.state is not EditState.AGREED:
            if is_text:
                shown = replace(shown, text=edit.value, origin=Origin.CORRECTED, tables=())
            else:
                shown = replace(shown, label=edit.value, name=edit.name, origin=Origin.CORRECTED)
            draft.parts[n] = (key, shown)
        return self._marked(draft, found)

    def _split(self, edit: Edit) -> EditOutcome:
        if edit.made in self.drafts:
            return EditOutcome(edit, EditState.AGREED)  # the handbook now has it as a record of its own
        if (draft := self.drafts.get(edit.record)) is None:
            self.fates[edit.made] = edit.record
            return self._missing(edit)
        key = self._key(edit.place) if edit.place is not None else None
        at = next((n for n, (held, _) in enumerate(draft.parts) if held == key), 0)
        if not at:  # no such field, or nothing before it
            self.fates[edit.made] = edit.record
            return EditOutcome(edit, EditState.GONE)
        taken, draft.parts = draft.parts[at:], draft.parts[:at]
        if is_same(taken[0][1].label, edit.value):
            taken[0] = (taken[0][0], replace(taken[0][1], label=""))  # it is the title now
        made = _Draft(split_off(draft.record, edit, [f for _, f in taken]), taken, [Action.SPLIT.value])
        draft.record = cut_short(draft.record, [f for _, f in draft.parts], made.record)
        self._share_tools(draft, made)
        draft.mark(Action.SPLIT)
        self._insert_after(edit.record, edit.made, made)
        self.has_splits = True
        return EditOutcome(edit, EditState.APPLIED)

    def _merge(self, edit: Edit) -> EditOutcome:
        if (source := self.drafts.get(edit.record)) is None:
            self.fates.setdefault(edit.record, edit.value)
            return EditOutcome(edit, EditState.AGREED)
        target = self.drafts.get(self._end(edit.value) or "")
        if target is None or target is source:
            return EditOutcome(edit, EditState.GONE)
        del self.drafts[edit.record]
        self.fates[edit.record] = target.record.id
        parts = target.parts + self._titled(source, target.record.title)
        target.parts = sorted(parts, key=lambda part: self._printed(part[0]))
        target.record = joined(target.record, source.record)
        target.mark(Action.MERGE)
        return EditOutcome(edit, EditState.APPLIED)

    def _discard(self, edit: Edit) -> EditOutcome:
        own = self.extracted.get(edit.record)
        if self.drafts.pop(edit.record, None) is None:
            self.fates.setdefault(edit.record, "")
            return EditOutcome(edit, EditState.AGREED)
        self.fates[edit.record] = ""
        theirs = whole(own) if own else edit.base
        return EditOutcome(
            edit, EditState.APPLIED if is_same(edit.base, theirs) else EditState.CHANGED, theirs
        )

    def _confirm(self, edit: Edit) -> EditOutcome:
        own = self.extracted.get(edit.record)
        if own is not None and not is_same(edit.base, whole(own)):
            return EditOutcome(edit, EditState.IDLE, whole(own))  # it reads otherwise now: look again
        self.confirmed.add(edit.record)  # a record, or another item of the list
        if draft := self.drafts.get(edit.record):
            draft.record = replace(draft.record, confidence=1.0)
        return EditOutcome(edit, EditState.APPLIED)

    # helpers

    def _own(self, draft: _Draft) -> Record:
        """A record as extracted; one that a split made is its own source."""
        return self.extracted.get(draft.record.id, draft.record)

    def _extracted_field(self, key: Key) -> Field | None:
        record, n = key
        return self.extracted[record].fields[n] if record in self.extracted and n >= 0 else None

    def _marked(self, draft: _Draft, found: EditOutcome) -> EditOutcome:
        if found.state is not EditState.AGREED:
            draft.mark(found.edit.action)
        return found

    def _titled(self, source: _Draft, title: str) -> list[tuple[Key, Field]]:
        """The fields of a record to merge; its printed title becomes a label, so that no word is lost."""
        parts = list(source.parts)
        own = self.extracted.get(source.record.id)
        if own is None:  # a split made it: its title is printed only where that was a label
            key, first = parts[0]
            printed = self._extracted_field(key)
            if printed is not None and not first.label and first.origin is not Origin.CORRECTED:
                parts[0] = (key, replace(first, label=printed.label))
            return parts
        if is_same(own.title, title) or any(is_same(f.label, own.title) for _, f in parts):
            return parts
        if parts and not parts[0][1].label:
            parts[0] = (parts[0][0], replace(parts[0][1], label=own.title))
            return parts
        return [((own.id, -1), Field("", own.title, (Span(own.page_start),))), *parts]

    def _share_tools(self, *halves: _Draft) -> None:
        """Leave each half of a split record the tools that it names; both, those that neither does."""
        said = [" ".join(f.text for _, f in half.parts).casefold() for half in halves]
        names = {t: self.extracted[t].title.casefold() for t in halves[0].record.tools if t in self.extracted}
        for half, text in zip(halves, said, strict=True):
            kept = [
                t for t in half.record.tools
                if names.get(t, "") in text or not any(names[t] in other for other in said)
            ]  # fmt: skip
            half.record = replace(half.record, tools=tuple(kept))

    def _insert_after(self, before: str, name: str, made: _Draft) -> None:
        ordered: dict[str, _Draft] = {}
        for known, draft in self.drafts.items():
            ordered[known] = draft
            if known == before:
                ordered[name] = made
        self.drafts = ordered
        self.fates.pop(name, None)

    def _printed(self, key: Key) -> tuple[int, int]:
        return self.turn.get(key[0], len(self.turn)), key[1]

    def _end(self, gone: str) -> str | None:
        """Where an address leads now, through all merges: "" for a discarded one, None for an unknown one."""
        seen: set[str] = set()
        while gone not in self.drafts and gone not in seen:
            seen.add(gone)
            if gone not in self.fates:
                return None
            gone = self.fates[gone]
            if not gone:
                return ""
        return gone if gone in self.drafts else None

    def _finished(self, draft: _Draft) -> Record:
        fields = tuple(f for _, f in draft.parts if _is_shown(f))
        return replace(draft.record, fields=fields, corrected=tuple(draft.done))

    def _linked(self, record: Record, fates: Mapping[str, str]) -> Record:
        """Follow merges and discards in what a record refers to."""
        annex, label = record.annex, record.annex_label
        if annex in self.extracted:
            annex, label = self._annex(record, fates)
        tools = unique(fates.get(t, t) for t in record.tools)
        tools = tuple(t for t in tools if t != record.id)
        if (annex, label, tools) == (record.annex, record.annex_label, record.tools):
            return record
        return replace(record, annex=annex, annex_label=label, tools=tools)

    def _annex(self, record: Record, fates: Mapping[str, str]) -> tuple[str, str]:
        annex = fates.get(record.annex, record.annex)
        if annex == record.annex and self.drafts[annex].record.kind is Kind.ANNEX:
            return record.annex, record.annex_label
        if annex in self.drafts and annex != record.id and self.drafts[annex].record.kind is Kind.ANNEX:
            return annex, self.drafts[annex].record.annex_label
        return "", ""


def _is_shown(field: Field) -> bool:
    """A field that review emptied is not."""
    return bool(field.text) or field.origin is not Origin.CORRECTED


def field_place(extracted: Sequence[Record], reviewed: Reviewed, record: str, index: int) -> FieldPlace:
    """The extracted place of a field of a served record, counted from 0 as served."""
    source, n = reviewed.sources[record][index]
    held = next(r for r in extracted if r.id == source)
    return place_of(held, n) if n >= 0 else FieldPlace(source, "", -1, "", held.title)

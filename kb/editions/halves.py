"""What becomes of a whole record where review splits it, or joins it with another. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from kb import Field, Kind, Record
from kb.editions.edits import Edit


def split_off(record: Record, edit: Edit, fields: Sequence[Field]) -> Record:
    """The new record: its own pages, and of what was found about the whole only what stands on them alone."""
    pages = [span.page for f in fields for span in f.spans]
    first = min(pages, default=record.page_start)
    return replace(
        record,
        id=edit.made,
        title=edit.value,
        page_start=first,
        page_end=max([*pages, record.page_end]),
        fields=(),
        institution="",
        facets=tuple(f for f in record.facets if f.page is not None and f.page > first),
        mentions=tuple(p for p in record.mentions if p >= first),
        corrected=(),
    )


def cut_short(record: Record, fields: Sequence[Field], split: Record) -> Record:
    """What is left of a record after a split."""
    pages = [span.page for f in fields for span in f.spans]
    last = max([record.page_start, *pages])
    facets = tuple(f for f in record.facets if f not in split.facets or f.page is None or f.page <= last)
    return replace(record, page_end=min(last, record.page_end), facets=facets)


def joined(target: Record, source: Record) -> Record:
    """The facts of two records that are one."""
    is_tool = target.kind is Kind.TOOL
    first = target.page_start if is_tool else min(target.page_start, source.page_start)
    last = target.page_end if is_tool else max(target.page_end, source.page_end)
    known = {(f.name, f.value) for f in target.facets}
    return replace(
        target,
        page_start=first,
        page_end=last,
        institution=target.institution or source.institution,
        facets=(*target.facets, *(f for f in source.facets if (f.name, f.value) not in known)),
        tools=unique((*target.tools, *source.tools)),
        mentions=tuple(sorted({*target.mentions, *source.mentions})),
    )


def unique(values: Iterable[str]) -> tuple[str, ...]:
    """Each value once, "" left out."""
    return tuple(dict.fromkeys(v for v in values if v))

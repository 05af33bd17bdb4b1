"""What tantivy keeps of passages: the fields of an entry, and indexes put together from the pieces of others."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from tantivy import Document, Index, Schema, SchemaBuilder

from kb import link_file
from kb.words import PLAIN, STEMMERS, analyzer, stems

TEXT_PLAIN = f"text_{PLAIN}"
TEXT_IN_ONE = "text_in_one"  # compounds in one at their place, for phrases, where a text has any
ID, VALUE = "id", "value"
META, MANAGED = "meta.json", ".managed.json"  # tantivy's own: which segments there are, and which files
HEAP_BYTES = 256 * 2**20  # one segment up to about 200 000 passages


@dataclass(frozen=True, slots=True)
class Entry:
    """What one passage says, for the index; `language` is a two-letter code, `values` are what it is filtered by."""

    context: str
    label: str
    text: str
    language: str
    values: tuple[str, ...] = ()


Also = Callable[[Entry, Sequence[stems.Written]], None]


def _register(index: Index) -> None:
    for language in (*STEMMERS, PLAIN):
        index.register_tokenizer(f"kb_{language}", analyzer(language))


def segments(folder: Path) -> list[dict[str, Any]]:
    """The pieces that an index consists of, as its own file lists them."""
    found: list[dict[str, Any]] = json.loads((folder / META).read_text("utf-8"))["segments"]
    return found


def join(folder: Path, parts: Sequence[tuple[Path, Sequence[dict[str, Any]]]]) -> set[Path]:
    """Write an index of the pieces of others, each with the folder it lies in; return the files taken over.

    They are linked, not written: tantivy's segments never change. A search adds up what the segments count, so it
    answers as one of all the entries does, scores included, as long as nothing is deleted in them.

    Raises:
        OSError: the folder cannot be written.
    """
    folder.mkdir(parents=True)
    try:
        Index(schema(), path=str(folder), reuse=False)
    except ValueError as error:
        raise OSError(f"{folder}: {error}") from error
    taken = set()
    for source, pieces in parts:
        for piece in pieces:
            for path in sorted(source.glob(f"{piece['segment_id'].replace('-', '')}.*")):
                taken.add(folder / path.name)
                link_file(path, folder / path.name)
    meta = json.loads((folder / META).read_text("utf-8"))
    meta["segments"] = [piece for _, pieces in parts for piece in pieces]
    (folder / META).write_text(json.dumps(meta), encoding="utf-8")
    names = [META, *sorted(path.name for path in taken)]
    (folder / MANAGED).write_text(json.dumps(names), encoding="utf-8")
    return taken


def filled(index: Index, entries: Sequence[Entry], first: int = 0, also: Also = lambda _, __: None) -> Index:
    """An empty index with the entries in it, marked from `first` on; `also` is told each, with its texts cut.

    Raises:
        ValueError: it cannot be written.
    """
    _register(index)
    writer = index.writer(HEAP_BYTES, 1)  # one thread keeps the order of the ids
    for number, entry in enumerate(entries, first):
        texts = cut(entry)
        writer.add_document(_document(number, entry, texts))
        also(entry, texts)
    writer.commit()
    writer.wait_merging_threads()
    return index


@cache
def schema() -> Schema:
    """The fields of an entry."""
    builder = SchemaBuilder().add_unsigned_field(ID, indexed=True, fast=True)
    builder.add_text_field(VALUE, tokenizer_name="raw", index_option="basic")
    for language in STEMMERS:
        builder.add_text_field(f"text_{language}", tokenizer_name=f"kb_{language}", index_option="freq")
    for field in (TEXT_PLAIN, TEXT_IN_ONE):
        builder.add_text_field(field, tokenizer_name=f"kb_{PLAIN}")
    return builder.build()


def cut(entry: Entry) -> tuple[stems.Written, ...]:
    """The texts of an entry, those that are not empty, cut into words."""
    return tuple(stems.Written.of(text) for text in (entry.context, entry.label, entry.text) if text)


def _document(number: int, entry: Entry, texts: Sequence[stems.Written]) -> Document:
    document = Document()
    document.add_unsigned(ID, number)
    for value in entry.values:
        document.add_text(VALUE, value)
    for written in texts:
        document.add_text(TEXT_PLAIN, written.plain)
        if written.in_one:
            document.add_text(TEXT_IN_ONE, written.in_one)
        if entry.language in STEMMERS:
            document.add_text(f"text_{entry.language}", written.to_stem)
    return document

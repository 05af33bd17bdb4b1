"""The sample handbook's content: facts, sentences and edition changes, joined into what Typst prints."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from kb.words import Vocabulary

FOLDER = Path(__file__).parent / "sample"
TITLE = "Virtual Mobility in Practice: a sample handbook"
EDITION_NAMES = {1: "First edition", 2: "Second edition"}

FACTS = (
    "institution",
    "partners",
    "theme",
    "discipline",
    "level",
    "format",
    "duration",
    "participants",
    "language",
    "ects",
    "tools",
)
"""Short values, printed in this order in tables and boxes. They are taken from facts.json as they are, save
where records.toml says otherwise because the fact's value holds a remark of whoever collected it."""

PROSE = (
    "need",
    "objectives",
    "description",
    "activities",
    "target_group",
    "results",
    "difficulties",
    "lessons",
    "transferability",
    "links",
)
"""Longer fields, printed in this order; all but `links` are sentences of records.toml."""

Book = dict[str, Any]


def read(name: str) -> dict[str, Any]:
    """Read one TOML file of the sample folder."""
    return tomllib.loads((FOLDER / name).read_text(encoding="utf-8"))


def facts() -> dict[str, Any]:
    """Read the public facts, each with the address of the page that states it."""
    loaded: dict[str, Any] = json.loads((FOLDER / "facts.json").read_text(encoding="utf-8"))
    return loaded


def addresses(fact: Mapping[str, Any]) -> list[str]:
    """List the addresses that state a fact, the main one first."""
    return [fact["source"], *fact.get("other_sources", ())]


def printed(text: str) -> str:
    """Set a plain text's apostrophes and the dashes of ranges as a typesetter would."""
    text = re.sub(r"(?<=[\d.])-(?=\d)", "–", text.replace("'", "’").replace(" - ", " – "))
    return re.sub(r"(?<=\d) %", "\u00a0%", text)


def _one_line(value: Any) -> str:
    return printed(", ".join(value) if isinstance(value, list) else str(value))


def _lines(value: str | list[str]) -> str | list[str]:
    return [printed(v) for v in value] if isinstance(value, list) else printed(value)


def stated(fact: Mapping[str, Any], record: Mapping[str, Any]) -> dict[str, str]:
    """Take from a fact what its page states; what was inferred for it has no way through here."""
    when = [part for part in (fact.get("duration"), fact.get("dates")) if part]
    kind = fact["format"] if fact["format"] != "other" else fact["format_note"]
    institution = fact.get("lead", "")
    if institution and fact.get("co_lead"):
        institution += f", with {fact['co_lead']}"
    values = {
        "institution": institution,
        "partners": fact.get("partners", []),
        "theme": fact.get("focus_area", ""),
        "discipline": fact.get("fields_of_study", []),
        "level": fact.get("levels", []),
        "format": kind[:1].upper() + kind[1:],
        "duration": "; ".join(when),
        "participants": "" if "target_group" in record else fact.get("participants", ""),
        "language": fact.get("languages", []),
        "ects": str(fact.get("ects", "")),
        "tools": fact.get("tools", []),
    } | {name: record[name] for name in FACTS if name in record}
    return {name: _one_line(value) for name, value in values.items() if value}


def selection(number: int) -> list[dict[str, Any]]:
    """The records of an edition as written in records.toml, with that edition's changes made."""
    records: list[dict[str, Any]] = read("records.toml")["record"]
    changes = read("editions.toml")["second"]
    if number == 1:
        return [r for r in records if r["id"] not in changes["added"]]
    kept = [r for r in records if r["id"] not in changes["removed"]]
    for record in kept:
        record.update(changes["rewritten"].get(record["id"], {}))
        record["annex"] = changes["moved"].get(record["id"], record["annex"])
        if record["id"] in changes["renamed"]:
            record["title"] = changes["renamed"][record["id"]]
    return kept


def labels(annex: str, lang: str, styles: Mapping[str, Any]) -> dict[str, str]:
    """The printed label of each field: an annex's own in English, the vocabulary's in other languages."""
    own: dict[str, str] = {**styles["labels"]["blended"], **styles["labels"].get(annex, {})}
    if lang == "en":
        return own
    vocabulary = Vocabulary.load()
    shared = {"participants": "target_group"}  # how many took part is told under the label for whom it is
    return {name: vocabulary.display(shared.get(name, name), lang) for name in own}


def _entry(record: Mapping[str, Any], fact: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    values: dict[str, str | list[str]] = {**stated(fact, record)}
    values |= {n: _lines(record[n]) for n in PROSE if n in record}
    values["links"] = fact["source"]

    def part(order: Iterable[str]) -> list[dict[str, Any]]:
        return [{"name": n, "label": names[n], "value": values[n]} for n in order if n in values and names[n]]

    return {
        "id": record["id"],
        "title": printed(record.get("title", fact["title"])),
        "institution": printed(fact.get("lead", "")),
        "short_format": re.split(r"[,;]| \(", str(values["format"]))[0],
        "quote": printed(record.get("quote", "")),
        "facts": part(FACTS),
        "prose": part(PROSE),
    }


def _references(used: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    about: dict[str, list[str]] = {}
    for fact in used:
        for url in addresses(fact):
            names = about.setdefault(url, [])
            name = "The universities" if "city" in fact else printed(fact.get("title") or fact["name"])
            if name not in names:
                names.append(name)
    return [
        {"number": number, "url": url, "about": "; ".join(names)}
        for number, (url, names) in enumerate(about.items(), 1)
    ]


def _annex(
    annex: Mapping[str, Any],
    names: Mapping[str, str],
    initiatives: Mapping[str, Any],
    records: Iterable[Mapping[str, Any]],
) -> dict[str, Any]:
    return {
        "id": annex["id"],
        "title": annex["title"],
        "intro": [printed(p) for p in annex["intro"]],
        "records": [_entry(r, initiatives[r["facts"]], names) for r in records],
    }


def book(number: int, style_name: str = "edition") -> Book:
    """Everything that Typst needs to set one edition in one style."""
    known, styles, tools = facts(), read("styles.toml"), read("tools.toml")
    style = styles["style"]["edition"] | styles["style"][style_name]
    lang = style["lang"]
    words = styles["words"][lang]
    initiatives = {f["title"]: f for f in known["initiatives"]}
    others = {f.get("title") or f["name"]: f for f in known["calls"] + known["tools_and_templates"]}

    chosen = selection(number)
    annexes = [
        {
            **_annex(
                annex, labels(annex["id"], lang, styles), initiatives, [r for r in chosen if r["annex"] == n]
            ),
            "label": f"{words['annex']} {n}",
            "layout": annex["layout"] if style["layout"] == "mixed" else style["layout"],
        }
        for n, annex in enumerate(styles["annex"], 1)
    ]
    listed = [others[t["facts"]] for t in tools["tool"]] + [others[c["facts"]] for c in tools["call"]]
    cited = {key: others[name] for key, name in tools["cited"].items()}
    used = [initiatives[r["facts"]] for r in chosen] + listed + list(cited.values()) + known["universities"]
    references = _references(used)
    numbers = {r["url"]: r["number"] for r in references}

    def sources(fact: Mapping[str, Any]) -> list[int]:
        return [numbers[url] for url in addresses(fact)]

    keys = {f.get("title") or f["name"]: sources(f) for f in listed}
    keys |= {key: sources(fact) for key, fact in cited.items()}
    keys["universities"] = [numbers[known["universities"][0]["source"]]]
    entries = [
        {"name": printed(t["facts"]), "key": t["facts"], "group": t["group"], "text": printed(t["text"])}
        for t in tools["tool"]
    ]
    return {
        "title": TITLE,
        "number": number,
        "edition_name": EDITION_NAMES[number],
        "style": style,
        "words": words,
        "universities": known["universities"],
        "annexes": annexes,
        "references": references,
        "cited": keys,
        "tools": {
            "id": "tools",
            "label": f"{words['annex']} {len(annexes) + 1}",
            "title": styles["tools"]["title"],
        },
        "tool_groups": [
            {"title": g["title"], "tools": [e for e in entries if e["group"] == g["id"]]}
            for g in tools["group"]
        ],
        "calls": [{"name": c["name"], "text": printed(c["text"]), "key": c["facts"]} for c in tools["call"]],
    }


def changes() -> dict[str, Any]:
    """What differs between the editions, by the titles as printed."""
    second = read("editions.toml")["second"]
    old = {r["id"]: (a["label"], r["title"]) for a in book(1)["annexes"] for r in a["records"]}
    new = {r["id"]: (a["label"], r["title"]) for a in book(2)["annexes"] for r in a["records"]}
    return {
        "added": [new[i][1] for i in second["added"]],
        "removed": [old[i][1] for i in second["removed"]],
        "renamed": [{"from": old[i][1], "to": new[i][1]} for i in second["renamed"]],
        "moved": [{"title": new[i][1], "from": old[i][0], "to": new[i][0]} for i in second["moved"]],
        "rewritten": [
            {"title": new[i][1], "fields": list(fields)} for i, fields in second["rewritten"].items()
        ],
    }

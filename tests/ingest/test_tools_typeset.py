"""Tools of small handbooks set by Typst: what is one in tables, lists, chapters and prose, and what only looks so."""

from __future__ import annotations

from pathlib import Path

import pytest
import typst

from ingest import reader
from ingest.reading import Extraction
from kb import Kind

TALK = {
    "en": "Meetings go wrong for many reasons, and most of them can be seen before they start. Those who prepare"
    " well listen more, and those who listen more decide better. In the second year the group tried a new form.",
    "sv": "Möten misslyckas av många skäl, och de flesta syns i förväg. Den som är väl förberedd lyssnar bättre,"
    " och den som lyssnar bättre beslutar klokare. Det andra året prövade gruppen ett nytt sätt att samtala.",
    "pl": "Spotkania nie udają się z wielu powodów i większość widać wcześniej. Kto dobrze się przygotuje, lepiej"
    " słucha. W drugim roku grupa spróbowała nowej formy rozmowy.",
    "de": "Sitzungen misslingen aus vielen Gründen, und die meisten davon sieht man vorher. Wer vorbereitet ist,"
    " hört besser zu, und wer besser zuhört, entscheidet klüger. Im zweiten Jahr versuchte die Gruppe es anders.",
}
HEAD = '#set page(width: 160mm, height: 230mm, margin: 20mm)\n#set text(size: 10pt, lang: "{lang}")\n'

ESSAY = """= Tools to make decisions: an essay
{talk}
== The limits of reason
{talk}
== Applications to data
{talk}
= Digital platforms and democracy
{talk}
== Power and participation
{talk}
= Tools and techniques
{talk}
== Listening first
{talk}
== Silence as a method
{talk}
= Technology
{talk}
== Support desk
{talk}
"""
SWEDISH = """= Så gjorde vi
{talk}

Vi använde följande digitala verktyg:
- Zoom för de första träffarna
- Mötesbanken – ett öppet arkiv för protokoll
- Menti: frågor med svar direkt

Följande personer deltog:
- Anna Berg, rektor
- Erik Lund, lärare
= Mallar
{talk}
== Mall för kallelse
{talk}
== Enkät efter mötet
{talk}
"""
TABLES = """= Useful tools
{talk}
#table(columns: 3, [*Purpose*], [*Tool*], [*Remarks*],
  [Talking], [Zoom, Microsoft Teams], [Needs an account], [Writing], [Etherpad and Overleaf], [Free],
  [Voting], [Pollaris], [Anonymous])
= People
#table(columns: 2, [*Name*], [*Role*], [Anna Reed], [Lead], [Tom Ford], [Trainer], [Maria Silva], [Assessor])
{talk}
"""
POLISH = """= Narzędzia cyfrowe
{talk}
#table(columns: 2, [*Nazwa narzędzia*], [*Do czego służy*], [Terminarz], [szuka wspólnego terminu],
  [Jitsi Meet], [rozmowy wideo], [Ankieta końcowa], [opinie uczestników])
= Wnioski
{talk}
"""
GERMAN = """= Werkzeugkoffer
{talk}
== Digitale Werkzeuge
=== Sitzplan
Eine Webanwendung für Sitzordnungen, die ohne Anmeldung läuft. {talk}
=== BigBlueButton
Videokonferenzen mit geteilten Notizen. {talk}
== Vorlagen
=== Einladungsschreiben
{talk}
=== Checkliste Raum und Technik
{talk}
= Online arbeiten
{talk} Für Umfragen nutzt die Gruppe die Software Fragolin. Werkzeuge wie Padlet, Miro und Notizia helfen beim
Sammeln. Werkzeuge wie Umfragen, Abstimmungen und Karten helfen auch. Eine App braucht Daten.
"""


@pytest.mark.parametrize(
    ("lang", "title", "body", "named"),
    [
        ("en", "A Toolkit for Fair Meetings", ESSAY, []),
        (
            "sv",
            "Handbok för möten",
            SWEDISH,
            ["Enkät efter mötet", "Mall för kallelse", "Menti", "Mötesbanken", "Zoom"],
        ),
        (
            "en",
            "Teaching Together Online",
            TABLES,
            ["Etherpad", "Microsoft Teams", "Overleaf", "Pollaris", "Zoom"],
        ),
        ("pl", "Podręcznik spotkań", POLISH, ["Ankieta końcowa", "Jitsi Meet", "Terminarz"]),
        (
            "de",
            "Gute Sitzungen leiten",
            GERMAN,
            [
                "BigBlueButton",
                "Checkliste Raum und Technik",
                "Einladungsschreiben",
                "Fragolin",
                "Miro",
                "Notizia",
                "Padlet",
                "Sitzplan",
            ],
        ),
    ],
)
def test_tools_are_the_names_that_a_handbook_gives(
    lang: str, title: str, body: str, named: list[str], tmp_path: Path
) -> None:
    source = tmp_path / "handbook.typ"
    opening = f'#text(22pt, weight: "bold")[{title}]\n\n{TALK[lang]}\n\n'
    source.write_text(HEAD.format(lang=lang) + opening + body.format(talk=TALK[lang]), encoding="utf-8")
    request = {"name": "handbook.pdf", "max_pages": 50}
    found = Extraction.of_data(reader.read(request, typst.compile(str(source)), lambda *_: None))
    assert sorted(r.title for r in found.records if r.kind == Kind.TOOL) == named


def test_what_stands_beside_a_list_of_tools_is_none(tmp_path: Path) -> None:
    source = tmp_path / "handbook.typ"
    source.write_text(
        HEAD.format(lang="en")
        + f'#text(22pt, weight: "bold")[Working Apart]\n\n= Work\n{TALK["en"]}\n= Tools\n{TALK["en"]}\n'
        "- *Wallo.* Keeps notes.\n- *Pinto.* Plans meetings.\n- *Risk register.* Names what may fail.\n"
        "#pagebreak()\n*Published by* Office for Learning\n\n*Layout* Martin Weaver\n\n*ISBN* 978-3-61-298944-8\n",
        encoding="utf-8",
    )
    found = Extraction.of_data(
        reader.read({"name": "handbook.pdf", "max_pages": 50}, typst.compile(str(source)), lambda *_: None)
    )
    assert sorted(r.title for r in found.records if r.kind == Kind.TOOL) == [
        "Pinto",
        "Risk register",
        "Wallo",
    ]

"""Whose a handbook is, from imprints as they are set in many languages; the wordings are no sample's."""

from __future__ import annotations

from dataclasses import replace

import pytest
import typst

from ingest.page.pdf import Glyphs
from ingest.page.structure import open_structure
from ingest.parts import imprint
from ingest.tree import sections
from ingest.tree.layout import lay_out
from kb.records import Facet, Kind, Origin, Record
from kb.words.vocabulary import load

VOCABULARY = load()
PROSE = "The mentors of four libraries met every month and wrote down what had helped their newcomers. " * 30
CREATIVE = "Creative Commons"


def facts_of(cover: str, back: str = "", author: str = "", footer: str = "") -> dict[str, list[Facet]]:
    """What is found in a handbook with this title page, an imprint behind it, and three pages of text."""
    foot = f"#set page(footer: [{footer}])" if footer else ""
    parts = [
        '#set text(font: "DejaVu Sans", size: 10pt)',
        f"{cover}\n#pagebreak()",
        f"{back}\n#pagebreak()" if back else "",
        foot,
        *(f'#text(14pt, weight: "bold")[Chapter {n}]\n\n{PROSE}\n#pagebreak(weak: true)' for n in (1, 2, 3)),
    ]
    data = typst.compile("\n".join(parts).encode())
    structure = open_structure(data, "x.pdf", "", 100)
    with Glyphs(data, "x.pdf") as glyphs:
        laid = lay_out(glyphs.pages())
    title = sections.build(laid, (), structure.labels, VOCABULARY, "", author).title
    found: dict[str, list[Facet]] = {}
    for fact in imprint.read(laid, title, author, VOCABULARY):
        found.setdefault(fact.name, []).append(fact)
    return found


def cover(title: str = "Night Libraries", below: str = "") -> str:
    return f'#v(4cm)\n#text(28pt, weight: "bold")[{title}]\n#v(1fr)\n{below}'


def known(found: dict[str, list[Facet]], name: str) -> list[tuple[str, str, int | None]]:
    return [(fact.value, str(fact.origin), fact.page) for fact in found.get(name, [])]


@pytest.mark.parametrize(
    ("publisher", "authors", "and_", "year", "licence"),
    [
        (
            "Published by",
            "Authors",
            "and",
            "Year of publication",
            "Attribution-NonCommercial 4.0 International",
        ),
        (
            "Herausgeber",
            "Autorinnen und Autoren",
            "und",
            "Erscheinungsjahr",
            "Namensnennung - Nicht kommerziell 4.0",
        ),
        ("Εκδότης", "Συγγραφείς", "και", "Έτος έκδοσης", "Αναφορά Δημιουργού - Μη Εμπορική Χρήση 4.0"),
        ("Edita", "Autores", "y", "Año", "Reconocimiento-NoComercial 4.0 Internacional"),
        (
            "Éditeur",
            "Auteurs",
            "et",
            "Date de publication",
            "Attribution - Pas d’Utilisation Commerciale 4.0",
        ),
        (
            "Editore",
            "Autori",
            "e",
            "Anno di pubblicazione",
            "Attribuzione - Non commerciale 4.0 Internazionale",
        ),
        ("Editura", "Autori", "și", "Anul publicării", "Atribuire-Necomercial 4.0 Internațional"),
        ("Utgivare", "Författare", "och", "Utgivningsår", "Erkännande-IckeKommersiell 4.0 Internationell"),
        ("Vydavatel", "Autoři", "a", "Rok vydání", "Uveďte původ-Neužívejte komerčně 4.0"),
        ("Wydawca", "Autorzy", "i", "Rok wydania", "Uznanie autorstwa-Użycie niekomercyjne 4.0"),
        ("Uitgever", "Auteurs", "en", "Jaar", "Naamsvermelding-NietCommercieel 4.0"),
        ("Publicado por", "Autores", "e", "Ano", "Atribuição-NãoComercial 4.0 Internacional"),
    ],
)
@pytest.mark.parametrize("form", ["line", "below", "bold"])
def test_labels_of_each_language_state_whose_it_is(
    publisher: str, authors: str, and_: str, year: str, licence: str, form: str
) -> None:
    joined = ", " if form == "below" or len(and_) < 2 else f" {and_} "
    values = [(publisher, "Bayline Press"), (authors, f"Mina Roy{joined}Jon Berg"), (year, "2019")]
    set_as = {"line": "{0}: {1}\n\n", "below": "*{0}*\\ {1}\n\n", "bold": "*{0}:* {1}\n\n"}[form]
    back = (
        "".join(set_as.format(*pair) for pair in values) + f"{CREATIVE} {licence}\n\nISBN 978-3-16-148410-0"
    )
    found = facts_of(cover(), back)
    assert known(found, "title") == [("Night Libraries", "stated", 1)]
    assert known(found, "publisher") == [("Bayline Press", "stated", 2)]
    assert known(found, "author") == [("Mina Roy", "stated", 2), ("Jon Berg", "stated", 2)]
    assert known(found, "year") == [("2019", "stated", 2)]
    assert known(found, "licence") == [("CC BY-NC 4.0", "mapped", 2)]
    assert known(found, "isbn") == [("978-3-16-148410-0", "stated", 2)]


@pytest.mark.parametrize(
    ("words", "short"),
    [
        ("CC-BY-SA 3.0", "CC BY-SA 3.0"),
        ("CC BY", "CC BY"),
        ("CC0 1.0", "CC0"),
        ("https://creativecommons.org/licenses/by-nd/4.0/", "CC BY-ND 4.0"),
        ("Licensed under the EUPL 1.2", "EUPL 1.2"),
        ("Licence Ouverte 2.0", "Licence Ouverte 2.0"),
        ("© Bayline 2019. All rights reserved.", "All rights reserved"),
        ("Alle Rechte vorbehalten", "Alle Rechte vorbehalten"),
    ],
)
def test_licences_have_their_short_name(words: str, short: str) -> None:
    licence = known(facts_of(cover(), words.replace("//", "\\/\\/")), "licence")
    assert licence == [(short, "mapped" if "://" in words else "stated", 2)]


def test_licence_may_stand_in_the_running_foot() -> None:
    found = facts_of(cover(), footer="© 2021 Bayline GmbH – Licensed under CC BY-NC-SA 4.0")
    assert [value for value, *_ in known(found, "licence")] == ["CC BY-NC-SA 4.0"]
    assert [fact[:2] for fact in known(found, "publisher")] == [("Bayline GmbH", "inferred")]
    assert [value for value, *_ in known(found, "year")] == ["2021"]


def test_holder_of_the_copyright_is_only_inferred_to_be_the_publisher() -> None:
    found = facts_of(cover(), "© 2016–2019 Isle Housing Trust. Licensed CC BY")
    assert known(found, "publisher") == [("Isle Housing Trust", "inferred", 2)]
    assert known(found, "year") == [("2019", "stated", 2)]
    people = facts_of(cover(), "Copyright © 2014 Mina Roy\n\nCopyright © 2017 Jon Berg")
    assert (known(people, "publisher"), known(people, "year")) == ([], [("2017", "stated", 2)])


def test_cover_signs_with_people_publisher_and_year() -> None:
    found = facts_of(cover(below="Mina Roy, Jon Berg\n\nBayline Press, 2018"))
    assert known(found, "author") == [("Mina Roy", "inferred", 1), ("Jon Berg", "inferred", 1)]
    assert known(found, "publisher") == [("Bayline Press", "inferred", 1)]
    assert known(found, "year") == [("2018", "stated", 1)]


def test_metadata_are_stated_where_they_are_printed_and_inferred_where_not() -> None:
    assert known(facts_of(cover(below="Mina Roy"), author="Mina Roy"), "author") == [
        ("Mina Roy", "stated", 1)
    ]
    assert known(facts_of(cover(), author="Mina Roy"), "author") == [("Mina Roy", "inferred", None)]
    assert known(facts_of(cover(), author="mroy"), "author") == []
    assert known(facts_of(cover(), author="Ulster University"), "publisher") == [
        ("Ulster University", "inferred", None)
    ]


def test_doi_is_read_where_it_is_said_to_be_one() -> None:
    assert known(facts_of(cover(), "DOI: 10.5281/zenodo.123456."), "doi") == [
        ("10.5281/zenodo.123456", "stated", 2)
    ]
    assert "doi" not in facts_of(cover(), "Version 10.5281/7")


def test_country_of_the_publisher_is_inferred_from_its_address() -> None:
    found = facts_of(cover(), "Publisher: Bayline Press\n\n12 Pier Road, Galway, Ireland")
    assert known(found, "country") == [("Ireland", "inferred", 2)]
    assert "country" not in facts_of(cover(), "Publisher: Bayline Press of Ireland")


def test_text_alone_says_nothing_of_whose_it_is() -> None:
    assert set(facts_of(cover())) == {"title"}


def test_publishers_country_is_a_default_for_what_names_no_other() -> None:
    land = Facet("country", "Ireland", Origin.INFERRED, 2, "Bayline Press")
    facts = (Facet("publisher", "Bayline Press", Origin.STATED, 2), land)
    plain = Record("p", Kind.PRACTICE, "Evening classes", "", 0, 0, 1, 1)
    default = imprint.with_country(plain, facts).facets
    assert default == (Facet("country", "Ireland", Origin.INFERRED, None, "Bayline Press"),)
    other = replace(plain, institution="Ulster University")
    assert imprint.with_country(other, facts) == other
    own = replace(plain, facets=(Facet("country", "Spain", Origin.STATED, 3),))
    assert imprint.with_country(own, facts) == own
    tool = replace(plain, kind=Kind.TOOL)
    assert imprint.with_country(tool, facts) == tool

"""The vocabularies that come with the software, and how labels, names and terms are recognised."""

from __future__ import annotations

import json
import re
import shutil
import tomllib
from collections.abc import Callable
from importlib import import_module, resources
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.errors import InputError
from kb.records import Facet, Origin
from kb.words import cues
from kb.words.facets import FILES, values_of
from kb.words.folding import label_key
from kb.words.languages import LANGUAGES
from kb.words.phrases import Form, Phrases
from kb.words.vocabulary import Institution, Vocabulary, load, read
from tests.factories import a_record
from tests.house import MODULES

FOLDER = Path(str(resources.files("corpus"))) / "vocabulary"
VOCABULARY = load()
ALL_LABELS = [
    (name, text)
    for name, entry in tomllib.loads((FOLDER / "fields.toml").read_text(encoding="utf-8")).items()
    for text in (
        *entry["label"].values(),
        *(variant for listed in entry["also"].values() for variant in listed),
    )
]
ASKED_FIELDS = (
    "need objectives description activities target_group level discipline theme format duration language ects"
    " tools resources results difficulties lessons transferability contact links institution partners country"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the vocabulary folder that a test may spoil."""
    return Path(shutil.copytree(FOLDER, tmp_path / "vocabulary"))


def spoil(file: Path, change: Callable[[str], str]) -> None:
    file.write_text(change(file.read_text(encoding="utf-8")), encoding="utf-8")


def names(found: tuple[tuple[str, int, int], ...]) -> list[str]:
    return [name for name, _, _ in found]


# ---- fields


def test_the_fields_that_practices_need_are_known() -> None:
    assert set(ASKED_FIELDS.split()) <= set(VOCABULARY.field_names)


@pytest.mark.parametrize("name", VOCABULARY.field_names)
def test_every_field_has_a_label_and_variants_in_every_language(name: str) -> None:
    entry = tomllib.loads((FOLDER / "fields.toml").read_text(encoding="utf-8"))[name]
    assert set(VOCABULARY.fields[name].labels) == set(LANGUAGES)
    assert set(entry["also"]) >= set(LANGUAGES)


def test_no_variant_belongs_to_two_fields() -> None:
    owners: dict[str, set[str]] = {}
    for name, text in ALL_LABELS:
        owners.setdefault(label_key(text), set()).add(name)
    assert {key: found for key, found in owners.items() if len(found) > 1} == {}


def test_every_listed_label_leads_to_its_field() -> None:
    assert [(name, text) for name, text in ALL_LABELS if VOCABULARY.canonical(text) != name] == []


@given(
    listed=st.sampled_from(ALL_LABELS),
    before=st.sampled_from(["", "1. ", "1.2 ", "3 ", "a) ", "(b) ", "IV. ", "β) ", "• ", "– "]),
    after=st.sampled_from(["", ":", " :", "?", " ", ".", "…", "\u00a0:"]),
    change=st.sampled_from([str, str.upper, str.lower, "\u200b".join]),
)
def test_case_numbering_signs_and_invisible_characters_do_not_change_a_label(
    listed: tuple[str, str], before: str, after: str, change: Callable[[str], str]
) -> None:
    name, text = listed
    assert VOCABULARY.canonical(before + change(text) + after) == name


@given(name=st.sampled_from(VOCABULARY.field_names), lang=st.sampled_from(LANGUAGES))
def test_a_shown_label_leads_back_to_its_field(name: str, lang: str) -> None:
    assert VOCABULARY.canonical(VOCABULARY.display(name, lang)) == name


@pytest.mark.parametrize(
    ("printed", "name"),
    [
        ("The Challenge", "need"),
        ("Challenge", "need"),
        ("Challenges", "difficulties"),
        ("What has changed?", "results"),
        ("Why was the change undertaken?", "need"),
        ("ΣΤΟΧΟΙ", "objectives"),
        ("Résultats", "results"),
        ("RESULTATS", "results"),
        ("Ţară", "country"),  # the cedilla of older fonts
        ("Teilnehmer:innen", "target_group"),
        ("Étudiant·e·s", "target_group"),
        ("Host(s)", "institution"),
        ("Tools (max. 300 words)", "tools"),
        ("Our objectives", "objectives"),
        ("L’objectif", "objectives"),
        ("Lan\u00adguage", "language"),
        ("Needs", "need"),
        ("Οﬃcial need", ""),
        ("", ""),
        ("12", ""),
        ("?!", ""),
        ("A description of what we did in Rome", ""),
    ],
)
def test_labels_as_handbooks_print_them(printed: str, name: str) -> None:
    assert VOCABULARY.canonical(printed) == name


@pytest.mark.parametrize(
    ("printed", "name"),
    [
        ("Aims & results", "objectives"),
        ("Objectives, activities and results", "objectives"),
        ("Besoins / objectifs", "need"),
        ("Ziele und Zielgruppe", "objectives"),
        ("Objectives and gardening", ""),
        ("and", ""),
    ],
)
def test_a_label_of_known_parts_belongs_to_the_first(printed: str, name: str) -> None:
    assert VOCABULARY.canonical(printed) == name


def test_labels_are_shown_in_the_language_asked_for() -> None:
    assert VOCABULARY.display("target_group", "de") == "Zielgruppe"
    assert VOCABULARY.display("target_group") == "Target group"
    assert VOCABULARY.display("target_group", "cs") == "Target group"
    assert VOCABULARY.display("someone_else") == "Someone else"


def test_annex_words_cover_the_languages_with_and_without_accents() -> None:
    asked = "annex appendix annexe anhang παράρτημα παραρτημα allegato anexo apéndice anexă bilaga příloha"
    assert set(asked.split()) <= set(VOCABULARY.annex_words)
    assert all(word == word.lower() for word in VOCABULARY.annex_words)
    lengths = [len(word) for word in VOCABULARY.annex_words]
    assert lengths == sorted(lengths, reverse=True)


# ---- institutions


def test_the_institutions_are_those_of_the_facts() -> None:
    facts = json.loads((FOLDER.parent / "sample" / "facts.json").read_text(encoding="utf-8"))
    asked = [(u["name"], u["short"], u["country"], u["role"]) for u in facts["universities"]]
    assert [(i.name, i.short, i.country, i.role) for i in VOCABULARY.institutions] == asked


@pytest.mark.parametrize("institution", VOCABULARY.institutions, ids=lambda institution: institution.short)
def test_every_alias_and_short_form_alone_names_its_institution(institution: Institution) -> None:
    for text in (institution.name, *institution.aliases, institution.short):
        assert VOCABULARY.institution(text) == institution.name, text


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("L’Université d’Aix‑Marseille", ["Aix-Marseille Université"]),
        ("Aix–Marseille\nUniversité", ["Aix-Marseille Université"]),
        ("Universităţii din Bucureşti", ["University of Bucharest"]),
        ("ΕΘΝΙΚΟ ΚΑΙ ΚΑΠΟΔΙΣΤΡΙΑΚΟ ΠΑΝΕΠΙΣΤΗΜΙΟ ΑΘΗΝΩΝ", ["National and Kapodistrian University of Athens"]),
        ("the University of Rome “La Sapienza”,", ["Sapienza Università di Roma"]),
        ("University of Tuebingen's", ["Eberhard Karls Universität Tübingen"]),
        ("University\u00a0of Glasgow", ["University of Glasgow"]),
        ("Stock\u00adholm Uni\u200bversity", ["Stockholm University"]),
        ("in Stockholm. University of Bucharest", ["University of Bucharest"]),
        ("Lausanne\n\nUniversity of Glasgow", ["University of Glasgow"]),
        ("the University\n\nof Glasgow", []),
        ("Technical University of Athens", []),
        ("Stockholm University of the Arts", []),
        ("Universities of Glasgow", []),
        ("", []),
    ],
)
def test_institutions_in_running_text(text: str, found: list[str]) -> None:
    assert names(VOCABULARY.find_institutions(text)) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Contact the SU for help", []),
        ("su madre y su padre, ub y ulb", []),
        ("SU", ["Stockholm University"]),
        ("(SU)", ["Stockholm University"]),
        ("AMU, UB, SU", ["Aix-Marseille Université", "University of Bucharest", "Stockholm University"]),
        ("AMU UB SU", ["Aix-Marseille Université", "University of Bucharest", "Stockholm University"]),
        ("UB and the University of Glasgow", ["University of Bucharest", "University of Glasgow"]),
        ("CIVIS staff at UB", ["University of Bucharest"]),
        ("LA SU EXPERIENCIA CON CIVIS", []),
        ("a plus for CIVIS", []),
        ("PLUS joined CIVIS", ["Paris Lodron University of Salzburg"]),
        ("The Free University of Brussels has two heirs", []),
        ("CIVIS: Free University of Brussels", ["Université libre de Bruxelles"]),
        ("Free University of Brussels (ULB)", ["Université libre de Bruxelles"]),
        ("CIVIS and the Vrije Universiteit Brussel", []),
        ("CIVIS and the Free University of Brussels (VUB)", []),
    ],
)
def test_ambiguous_short_forms_need_capitals_and_company(text: str, found: list[str]) -> None:
    assert names(VOCABULARY.find_institutions(text)) == found


def test_a_find_gives_the_characters_it_stands_on() -> None:
    text = "At the “Sapienza Univer\u200bsità di Roma” and Stockholms universitet."
    spans = [text[start:end] for _, start, end in VOCABULARY.find_institutions(text)]
    assert spans == ["Sapienza Univer\u200bsità di Roma", "Stockholms universitet"]


# ---- countries


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_country_is_known_by_its_name_in_every_language(lang: str) -> None:
    for nation in VOCABULARY.nations:
        label = nation.labels[lang]
        assert VOCABULARY.country(label) == nation.name
        assert VOCABULARY.countries[label.lower()] == nation.name
        assert names(VOCABULARY.find_countries(label, lang)) == [nation.name]


def test_the_countries_of_all_institutions_are_listed() -> None:
    known = {nation.name for nation in VOCABULARY.nations}
    assert {institution.country for institution in VOCABULARY.institutions} <= known


@pytest.mark.parametrize(
    ("text", "lang", "found"),
    [
        ("Italy/France and the UK", "", ["Italy", "France", "United Kingdom"]),
        ("της Ελλάδας και της Ιταλίας", "el", ["Greece", "Italy"]),
        ("România, Franței și Suediei", "ro", ["Romania", "France", "Sweden"]),
        ("Northern Ireland", "en", ["United Kingdom"]),
        ("South Africa", "en", ["South Africa"]),
        ("Bosnia & Herzegovina", "en", ["Bosnia and Herzegovina"]),
        ("France’s universities", "en", ["France"]),
        ("fine china, a turkey, and us", "en", []),
        ("CONTACT US TODAY in Italy", "en", ["Italy"]),
        ("Tell us about Italy, not the US", "en", ["Italy", "United States"]),
        ("US", "", ["United States"]),
        ("taught in French and Greek", "en", []),
        ("Michael Jordan in New England", "en", []),
        ("New South Wales and New Mexico", "en", []),
        ("Jordan wrote this", "en", []),
        ("Jordan and Lebanon", "en", ["Jordan", "Lebanon"]),
        ("Georgia Tech", "en", []),
        ("Armenia and Georgia", "en", ["Armenia", "Georgia"]),
        ("Rhode Island and the Island", "en", []),
        ("die Universität von Island", "de", ["Iceland"]),
        ("die Universität von Island", "", []),
        ("Columbia University in British Columbia", "", []),
        ("University of Macedonia", "en", []),
        ("North Macedonia", "en", ["North Macedonia"]),
        ("Monaco di Baviera", "it", []),
        ("Swedenborg", "en", []),
    ],
)
def test_countries_in_running_text(text: str, lang: str, found: list[str]) -> None:
    assert names(VOCABULARY.find_countries(text, lang)) == found


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        ("uk", "United Kingdom"),
        ("Greek", "Greece"),
        ("suede", "Sweden"),
        ("Czech Republic", "Czechia"),
        ("x", ""),
    ],
)
def test_a_country_is_known_by_short_forms_and_adjectives_when_asked_for(asked: str, name: str) -> None:
    assert VOCABULARY.country(asked) == name


# ---- terms


@pytest.mark.parametrize("kind", FILES)
def test_every_term_is_known_by_its_label_in_every_language(kind: str) -> None:
    for term in VOCABULARY.terms[kind]:
        for lang in LANGUAGES:
            assert VOCABULARY.term(term.labels[lang], kind, lang) == term.name, term.labels[lang]
            assert VOCABULARY.term_label(kind, term.name, lang) == term.labels[lang]


def test_the_themes_are_the_focus_areas_of_the_facts() -> None:
    facts = json.loads((FOLDER.parent / "sample" / "facts.json").read_text(encoding="utf-8"))
    assert [theme.name for theme in VOCABULARY.terms["theme"]] == [
        area["name"] for area in facts["focus_areas"]
    ]


def test_the_disciplines_are_the_eleven_broad_fields() -> None:
    assert len(VOCABULARY.terms["discipline"]) == 11


@pytest.mark.parametrize(
    ("kind", "lang", "text", "found"),
    [
        ("format", "en", "A BIP and two MOOCs", ["blended intensive programme", "MOOC"]),
        ("format", "en", "blended intensive\nprogrammes", ["blended intensive programme"]),
        ("format", "en", "a bip, in the course of the year", []),
        ("format", "ro", "o școală de vară", ["summer or winter school"]),
        ("format", "en", "taller buildings", []),
        ("format", "es", "un taller", ["workshop"]),
        ("level", "en", "Master’s and PhD students", ["master", "doctorate"]),
        ("level", "en", "Creative Commons Licence", []),
        ("level", "en", "a personal matter", []),
        ("level", "de", "Personal", ["staff"]),
        ("tool_type", "en", "a letter of intent, in the form of a form", ["agreement", "form"]),
        ("tool_type", "en", "a shopping mall", []),
        ("theme", "en", "Climate, Environment and Energy", ["Climate, Environment, Energy"]),
        ("theme", "en", "Climate, Environment, Energy", ["Climate, Environment, Energy"]),
        ("discipline", "en", "Law; History", ["Business, administration and law", "Arts and humanities"]),
        ("target_group", "el", "Φοιτητές και διδάσκοντες", ["students", "teaching staff"]),
    ],
)
def test_terms_in_running_text(kind: str, lang: str, text: str, found: list[str]) -> None:
    assert names(VOCABULARY.find_terms(text, kind, lang)) == found


def test_an_unknown_value_is_its_own_label() -> None:
    assert VOCABULARY.term_label("format", "treasure hunt", "sv") == "treasure hunt"
    assert VOCABULARY.term_label("country", "Sweden", "fr") == "Suède"
    assert VOCABULARY.term_label("colour", "blue") == "blue"


# ---- phrases


WORDS = st.lists(st.sampled_from(["red", "green", "Blue", "tea", "pot"]), min_size=1, max_size=3)


@given(forms=st.lists(WORDS, min_size=1, max_size=6), text=st.lists(WORDS, max_size=4))
def test_phrases_are_found_as_the_slow_way_finds_them(forms: list[list[str]], text: list[list[str]]) -> None:
    listed = {" ".join(words).lower() for words in forms}
    words = [word for part in text for word in part]
    expected, at = [], 0
    while at < len(words):
        longest = next((n for n in (3, 2, 1) if " ".join(words[at : at + n]).lower() in listed), 0)
        if longest:
            expected.append(" ".join(words[at : at + longest]))
        at += longest or 1
    line = " ".join(words)
    finder = Phrases.of(Form(text, text) for text in sorted(listed))
    assert [line[start:end] for _, start, end in finder.find(line)] == expected


@given(st.text())
def test_no_text_upsets_the_lookups(text: str) -> None:
    VOCABULARY.canonical(text)
    for _, start, end in (*VOCABULARY.find_institutions(text), *VOCABULARY.find_countries(text)):
        assert 0 <= start < end <= len(text)


# ---- files


def test_the_vocabularies_are_read_once() -> None:
    assert load() is load() is Vocabulary.load()


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("fields.toml", 'sv = "Behov"\n', "", r"fields\.toml: \[need\] label: .* sv"),
        ("fields.toml", '"Needs", ', '"Needs", "Costs", ', r"fields\.toml: \[costs\]: 'costs' .* \[need\]"),
        ("fields.toml", "[need.also]\nen = [", "[need.also]\nxx = [", r"fields\.toml: \[need\] also\.xx: "),
        ("fields.toml", "[need]", "[need", r"fields\.toml: not readable as TOML"),
        ("formats.toml", "only_in = {", "only_for = {", r"formats\.toml: \[.*\] only_for: not a known key"),
        (
            "countries.toml",
            'adjective = ["Albanian"]',
            'adjective = "A"',
            r"\[Albania\] adjective: not a list",
        ),
        (
            "institutions.toml",
            'country = "France"',
            'country = "Gaul"',
            r"\[Aix-Marseille .*\] country: 'Gaul'",
        ),
        ("institutions.toml", 'short = "NKUA"\n', "", r"institutions\.toml: \[National .*\] short: missing"),
        (
            "institutions.toml",
            'weak = ["UB"]',
            'weak = ["SU"]',
            r"institutions\.toml: .*'SU' already belongs",
        ),
        ("themes.toml", "[theme.", "[topic.", r"themes\.toml: \[theme\]: missing"),
        ("annexes.toml", 'en = ["Annex"', 'en = [3, "Annex"', r"annexes\.toml: \[words\] en: not a list"),
        ("cues.toml", '"week(s)"', "3", r"cues\.toml: \[unit\.week\] en: not a list of texts"),
        (
            "cues.toml",
            '"week(s)"',
            '"week(s"',
            r"cues\.toml: \[unit\.week\] en: 'week\(s': a bracket without",
        ),
        ("cues.toml", '"week(s)"', '"(-)"', r"cues\.toml: \[unit\.week\] en: '-': no word"),
        (
            "cues.toml",
            "[unit.week]\nen",
            "[unit.week]\nEnglish",
            r"cues\.toml: \[unit\.week\] English: no lang",
        ),
        ("cues.toml", "[deadline]", "[deadline]\n[x]", r"cues\.toml: \[deadline\]: no list of words"),
    ],
)
def test_a_broken_file_is_refused_with_its_place(
    folder: Path, file: str, old: str, new: str, message: str
) -> None:
    assert old in (folder / file).read_text(encoding="utf-8")
    spoil(folder / file, lambda text: text.replace(old, new))
    with pytest.raises(InputError, match=message):
        read(folder)


def test_every_pattern_of_the_reader_finds_its_words() -> None:
    patterns = [
        value
        for name in MODULES
        if name.startswith("ingest.")
        for value in vars(import_module(name)).values()
        if isinstance(value, cues.Pattern)
    ]
    assert len(patterns) >= 30
    for pattern in patterns:
        assert "<<" not in pattern.compiled.pattern


def test_a_pattern_with_a_word_list_that_is_not_there_says_so() -> None:
    with pytest.raises(InputError, match=r"cues\.toml: \[unit\.century\]: missing"):
        cues.Pattern("<<unit.century>>").search("a hundred years")


@pytest.mark.parametrize(
    ("entry", "yes", "no"),
    [
        ("week(s)", ["week", "WEEKS"], ["weekss", "wee"]),
        ("settiman[a|e]", ["settimana", "settimane"], ["settiman"]),
        ("[organised|run] (jointly )by", ["organised by", "run jointly\nby"], ["jointly by"]),
        ("taught … in", ["taught in", "taught entirely in"], ["taught only once in"]),
        ("διοργανώ*", ["διοργανώνεται", "διοργανώ"], ["οργανώνεται"]),
        ("d'", ["d'", "d’"], ["d"]),
        ("p.", ["p."], ["px"]),
    ],
)
def test_an_entry_stands_for_all_its_ways_of_writing(entry: str, yes: list[str], no: list[str]) -> None:
    choice = re.compile(cues.read("cues.toml", {"here": {"en": [entry]}}).choice("here"), re.IGNORECASE)
    assert [text for text in yes if not choice.fullmatch(text)] == []
    assert [text for text in no if choice.fullmatch(text)] == []


def test_what_stands_in_curly_brackets_is_no_part_of_the_word() -> None:
    found = cues.read("cues.toml", {"here": {"sv": ["{en }termin"]}}).choice("here")
    assert [m[0] for m in re.finditer(found, "en termin, 1 termin")] == ["termin"]


def test_a_missing_file_is_named(folder: Path) -> None:
    (folder / "themes.toml").unlink()
    with pytest.raises(InputError, match=r"themes\.toml: cannot be read"):
        read(folder)


def test_an_added_label_is_understood(folder: Path) -> None:
    spoil(
        folder / "fields.toml",
        lambda text: text.replace('"Needs", ', '"Needs", "Why we rolled up our sleeves", '),
    )
    assert read(folder).canonical("WHY WE ROLLED UP OUR SLEEVES?") == "need"


@pytest.mark.parametrize(
    ("kind", "name", "printed", "words"),
    [
        ("discipline", "Services", "Sports science", "Sports science"),
        ("country", "United Kingdom", "Scotland", "Scotland"),
        ("country", "Germany", "Deutschland", ""),
        ("format", "workshop", "Workshops", ""),
        ("theme", "no such theme", "no such theme", ""),
        ("institution", "University of Glasgow", "", ""),
    ],
)
def test_a_value_read_from_other_words_than_its_own_says_from_which(
    kind: str, name: str, printed: str, words: str
) -> None:
    assert VOCABULARY.mapped_from(kind, name, printed) == words


@pytest.mark.parametrize(
    ("origins", "found"),
    [
        ((), ("stated",)),
        ((Origin.STATED,), ("stated",)),
        ((Origin.STATED, Origin.MAPPED), ("inferred",)),
        ((Origin.INFERRED,), ("inferred",)),
        ((Origin.CORRECTED,), ("stated", "corrected")),
    ],
)
def test_only_a_record_whose_values_are_all_printed_counts_as_stated(
    origins: tuple[Origin, ...], found: tuple[str, ...]
) -> None:
    facets = tuple(Facet("theme", f"theme {n}", origin) for n, origin in enumerate(origins))
    assert values_of(a_record(facets=facets), "origin", {}) == found

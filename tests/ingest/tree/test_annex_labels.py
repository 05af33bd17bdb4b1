"""What heads an annex, in many languages and grammars, and what only looks so."""

from __future__ import annotations

import pytest

from ingest.tree.annex_labels import is_plain, parse
from kb.words.vocabulary import Vocabulary


@pytest.mark.parametrize(
    ("heading", "label", "title"),
    [
        ("Appendix A: Questions to ask", "Appendix A", "Questions to ask"),
        ("APPENDIX E : IDENTITY , ACCESS", "APPENDIX E", "IDENTITY , ACCESS"),
        ("Annexe 2 – Outils", "Annexe 2", "Outils"),
        ("Anhang B Werkzeuge", "Anhang B", "Werkzeuge"),
        ("Παράρτημα Α: Εργαλεία", "Παράρτημα Α", "Εργαλεία"),
        ("ΠΑΡΑΡΤΗΜΑ Β΄ Πρακτικές", "ΠΑΡΑΡΤΗΜΑ Β΄", "Πρακτικές"),
        ("Allegato 3. Buone pratiche", "Allegato 3", "Buone pratiche"),
        ("Anexo IV: Herramientas", "Anexo IV", "Herramientas"),
        ("Anexa 1 - Inițiative", "Anexa 1", "Inițiative"),
        ("Bilaga 2 Verktyg", "Bilaga 2", "Verktyg"),
        ("Příloha č. 1: Nástroje", "Příloha č. 1", "Nástroje"),
        ("Annex 1", "Annex 1", ""),
        ("Bijlage 4: Hulpmiddelen", "Bijlage 4", "Hulpmiddelen"),
        ("Apêndice B – Ferramentas", "Apêndice B", "Ferramentas"),
        ("Bilag 2. Værktøjer", "Bilag 2", "Værktøjer"),
        ("Liite 3 Työkalut", "Liite 3", "Työkalut"),
        ("2. melléklet: Eszközök", "2. melléklet", "Eszközök"),
        ("Załącznik nr 3. Narzędzia", "Załącznik nr 3", "Narzędzia"),
        ("Annex A1: Forms", "Annex A1", "Forms"),
        ("Appendix: Agency case studies", "Appendix", "Agency case studies"),
        ("7 Appendix: Agency case studies", "Appendix", "Agency case studies"),
        ("Anhang – Praxisbeispiele", "Anhang", "Praxisbeispiele"),
        ("Appendix", "Appendix", ""),
        ("Annexes", "Annexes", ""),
    ],
)
def test_annexes_are_known_in_many_languages(heading: str, label: str, title: str) -> None:
    assert parse(heading, Vocabulary.load()) == (label, title)


@pytest.mark.parametrize(
    "heading",
    [
        "Appendix to the note",
        "The annex holds tools",
        "Annex a is short",
        "Anexo y documentos",
        "Appendice e Allegati",
        "Annexes to the contract",
        "Appendix of forms",
        "2. Annexed documents",
    ],
)
def test_a_word_that_only_looks_like_an_annex_is_none(heading: str) -> None:
    assert parse(heading, Vocabulary.load()) is None


@pytest.mark.parametrize(
    ("text", "opens"),
    [
        ("Annex 2: Letters and forms", True),
        ("Anhang B", True),
        ("Annex 2 holds letters and forms that were used.", False),
        ("Appendix D of another standard says more", False),
        ("Appendix", False),
    ],
)
def test_in_plain_type_only_a_number_and_a_title_open_an_annex(text: str, opens: bool) -> None:
    assert is_plain(text, Vocabulary.load()) == opens

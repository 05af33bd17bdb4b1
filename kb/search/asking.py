"""Asking in another language than the model reads: recognise it, say so in it, and help out with translations."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING

from kb.model import Encoder, ModelId
from kb.words import LANGUAGES, fold, matching_ranges, vocabulary

if TYPE_CHECKING:
    from lingua import LanguageDetector

ENGLISH = "en"
ENGLISH_ONLY = frozenset({"all-MiniLM-L6-v2"})
"""Models that find almost nothing across languages: nDCG@10 of 0.05 on judged needs."""
LEAST_WORDS = 4
LEAST_LETTERS = 20
SURE = 0.7  # of the detector's confidence; names and cognates lower it (0.76 for a clear Swedish question)
LONGEST_NAME = 3  # words of a field's name
SHORTEST_WORD = 5  # of one that is looked for among the field names: shorter ones are everyday words

SAID = {
    "en": "This library's model reads English only. For answers across languages run: {command}",
    "de": "Das Sprachmodell dieser Bibliothek versteht nur Englisch. Gesucht wurde mit Ihren Wörtern und mit den"
    " englischen Fachbegriffen dazu; Antworten über Sprachgrenzen hinweg gibt die Voreinstellung „multilingual“."
    " Wer die Bibliothek betreibt, schaltet sie so ein: {command}",
    "el": "Το γλωσσικό μοντέλο αυτής της βιβλιοθήκης καταλαβαίνει μόνο αγγλικά. Η αναζήτηση έγινε με τις λέξεις"
    " σας και με τους αντίστοιχους όρους των λεξιλογίων· για απαντήσεις μεταξύ διαφορετικών γλωσσών χρειάζεται η"
    " προεπιλογή «multilingual». Όποιος διαχειρίζεται τη βιβλιοθήκη την ενεργοποιεί με: {command}",
    "es": "El modelo de esta biblioteca solo entiende inglés. Se ha buscado con sus palabras y con los términos"
    " equivalentes de los vocabularios; para obtener respuestas en otros idiomas hace falta la opción"
    " «multilingual». Quien administra la biblioteca la activa así: {command}",
    "fr": "Le modèle de cette bibliothèque ne comprend que l’anglais. La recherche a porté sur vos mots et sur les"
    " termes équivalents des vocabulaires ; pour des réponses d’une langue à l’autre, il faut le réglage"
    " « multilingual ». La personne qui gère la bibliothèque l’active ainsi : {command}",
    "it": "Il modello di questa biblioteca capisce solo l’inglese. La ricerca ha usato le sue parole e i termini"
    " corrispondenti dei vocabolari; per avere risposte tra lingue diverse serve l’impostazione «multilingual»."
    " Chi gestisce la biblioteca la attiva così: {command}",
    "ro": "Modelul acestei biblioteci înțelege numai limba engleză. S-a căutat după cuvintele dumneavoastră și după"
    " termenii corespunzători din vocabulare; pentru răspunsuri între limbi diferite este nevoie de opțiunea"
    " „multilingual”. Cine administrează biblioteca o activează astfel: {command}",
    "sv": "Bibliotekets språkmodell förstår bara engelska. Sökningen gjordes med dina ord och med motsvarande"
    " termer ur ordlistorna; för svar mellan olika språk behövs inställningen ”multilingual”. Den som sköter"
    " biblioteket slår på den så här: {command}",
}
"""What the page says, by language."""
COMMAND = "kb model use multilingual"


def reads_only_english(encoder: Encoder | None) -> bool:
    """Whether what is asked in another language needs help: by an English model, or by none."""
    return encoder is None or ModelId.parse(encoder.id).name in ENGLISH_ONLY


def language_of(text: str) -> str:
    """The language of the alliance that a text is surely written in, "" where it is too short to tell.

    Beside the detector's word a text needs letters that English has not, or more function words of its own
    language than English ones: names and terms that all languages share deceive the detector.
    """
    words = text.split()
    if sum(c.isalpha() for c in text) < LEAST_LETTERS or len(words) < LEAST_WORDS:
        return ""
    best = _detector().compute_language_confidence_values(text)[0]
    code = best.language.iso_code_639_1.name.lower()
    if best.value < SURE:
        return ""
    if code == ENGLISH or not text.isascii() or _function_words(text, code) > _function_words(text, ENGLISH):
        return code
    return ""


def translations(text: str, language: str, wanted: Iterable[str]) -> tuple[str, ...]:
    """The words that the vocabularies have in the wanted languages for what a text names, each once.

    Themes, disciplines, formats, levels, kinds of tools, languages, countries and names of fields count.
    """
    words = vocabulary.load()
    targets = [lang for lang in dict.fromkeys(wanted) if lang in LANGUAGES and lang != language]
    terms = {
        (kind, found.name) for kind in vocabulary.KINDS for found in words.find_terms(text, kind, language)
    }
    terms |= {("country", found.name) for found in words.find_countries(text, language)}
    labels = [words.term_label(kind, name, lang) for kind, name in sorted(terms) for lang in targets]
    labels += [words.display(name, lang) for name in _fields(text) for lang in targets]
    known = fold(text)
    return tuple(label for label in dict.fromkeys(labels) if fold(label) not in known)


def said(language: str) -> str:
    """What the page says to someone who asks in a language, in it."""
    return SAID[language].format(command=COMMAND)


def _fields(text: str) -> list[str]:
    """The fields that words of a text name, in its order."""
    words = text.split()
    found = []
    for size in range(LONGEST_NAME, 0, -1):
        for at in range(len(words) - size + 1):
            name = " ".join(words[at : at + size]).strip(" ?!.,;:")
            if len(name) >= SHORTEST_WORD and (field := vocabulary.load().canonical(name)):
                found.append(field)
    return list(dict.fromkeys(found))


def _function_words(text: str, language: str) -> int:
    return -len(matching_ranges(text, text, language))  # those that are none, of equally many words


@cache
def _detector() -> LanguageDetector:
    # heavy: a third of a second and 20 MB, for a question in whole words only
    from lingua import IsoCode639_1, LanguageDetectorBuilder  # noqa: PLC0415

    codes = [getattr(IsoCode639_1, code.upper()) for code in LANGUAGES]
    return LanguageDetectorBuilder.from_iso_codes_639_1(*codes).with_low_accuracy_mode().build()

"""The languages that the software knows: one table, from which all that differs by language is taken.

How one is added stands in docs/how-to/extending.md.
"""

from __future__ import annotations

from dataclasses import dataclass

# Words too common to search by, where tantivy has no list of its own or too short a one; lower case.
# English and those below: what people put around a need when they ask; tantivy's lists have none of these.
_ENGLISH = """
    about after all also am any anybody anyone aren because been before being between both can could
    couldn did didn do does doesn doing don done each else ever from get gets getting give given go goes
    going got had has have having he her here him his how i if isn its just let like ll made make makes
    making many me more most much might must my need needed needs no not now off once one only other others our
    ours out over own please re s same shall she should shouldn so some somebody someone something still
    such t take tell than them then there these they thing things this those through too try under until
    up us use used using ve very want wanted wants was wasn way ways we were weren what when where whether
    which while who whom whose why will with within without would wouldn you your yours
"""

_GERMAN = """
    beim bitte brauche brauchen brauchst braucht darf dass gibt möchte möchten müssen sollen wann warum wer
    weshalb wieso worüber wozu wurde wurden
"""

_SPANISH = """
    cuál cuáles cuándo cómo debe deben dónde haber hacer menos pueden puede quién quiénes ser si tener u unas
"""

_FRENCH = """
    aussi avoir chez comme comment doit doivent dont elles entre est être faire fait faut où peut peuvent
    pourquoi quand quoi si sous tous tout toute toutes très ça
"""

_ITALIAN = """
    avere bisogna cos cosa d deve devono essere fa fare fra molto od possono può quali quando
"""

_SWEDISH = """
    bara behöver bör finns inget måste också ska skall vill
"""

_GREEK = """
    ο η το οι τα του της των τον την τους τις στο στον στη στην στους στις στα και κι ή είτε ούτε αλλά
    όμως ενώ αν όταν όπως επειδή διότι γιατί ότι πως που ποιος ποια ποιο ποιοι ποιες πώς πού πότε τι να θα
    ας δεν μην μη με σε από για προς κατά μετά παρά αντί χωρίς έως ως μέχρι μεταξύ υπό περί ένας μια μία
    ένα είναι ήταν είμαι είμαστε έχει έχουν έχουμε είχε εγώ εσύ αυτός αυτή αυτό αυτοί αυτές αυτά εμείς μας
    σας μου σου τότε εδώ εκεί πολύ πιο κάθε κάποιος κάποια κάποιο όλα όλοι όλες άλλα άλλοι άλλες επίσης
    μόνο μπορεί μπορούμε μπορούν πρέπει κάτι εσείς
"""

_ROMANIAN = """
    a al ale ai ar are aș au am ați acest această acestea acesta aceasta aceste acești acel acea acele
    acei asta ca că care ce cel cea cei cele cine cînd când cum cu cât câte de din dacă dar deci despre
    după e ea ei el ele era este eu ești fi fie fost fără i îi îl își în între într îmi îți îl la le li
    lor lui mai mea mei mele meu mult multe mulți mă ne nici niște noi noastră nostru noștri nu o ori
    orice oricare pe pentru peste poate pot prin printr sa sale sau se si și sînt sunt să său spre sub
    suntem sunteți te toate tot toți tu un una unde unei unii unor unui unul unele vă voi vor vom va avem
    ale alte alți altă alt avea trebuie tău foarte doar
"""

_HOMOGRAPHS = """
    care come die dies dove era eras hay man men min mine peste per sea seas siete sin son sur war
"""


@dataclass(frozen=True, slots=True)
class Language:
    """A language that documents may be in, told by its ISO 639-1 code.

    `own` is its name in itself, `tesseract` the name of its data for OCR (ISO 639-2), `stemmer` tantivy's name for
    it; without one its words are indexed and sought plainly. `has_stop_list` says that tantivy knows words of it
    that are too common to search by, `stop_words` are further ones. An interface language is one that the web
    speaks and that every label of the vocabularies is in; its numbers and dates are written as in `locale`.
    """

    code: str
    own: str
    tesseract: str
    stemmer: str = ""
    has_stop_list: bool = False
    stop_words: tuple[str, ...] = ()
    is_interface: bool = False
    locale: str = ""


def _spoken(
    code: str,
    own: str,
    tesseract: str,
    stemmer: str,
    *,
    has_stop_list: bool = False,
    stop_words: str = "",
    locale: str = "",
) -> Language:
    """A language of the interface."""
    words = tuple(stop_words.split())
    return Language(code, own, tesseract, stemmer, has_stop_list, words, True, locale or code)


def _both_cedillas(words: str) -> str:
    """Both ways of writing ș and ț: with a comma below, and the older cedilla."""
    return " ".join(w for word in words.split() for w in {word, word.replace("ș", "ş").replace("ț", "ţ")})


KNOWN = (
    _spoken("en", "English", "eng", "english", has_stop_list=True, stop_words=_ENGLISH, locale="en_GB"),
    _spoken("de", "Deutsch", "deu", "german", has_stop_list=True, stop_words=_GERMAN),
    _spoken("el", "Ελληνικά", "ell", "greek", stop_words=_GREEK),
    _spoken("es", "Español", "spa", "spanish", has_stop_list=True, stop_words=_SPANISH),
    _spoken("fr", "Français", "fra", "french", has_stop_list=True, stop_words=_FRENCH),
    _spoken("it", "Italiano", "ita", "italian", has_stop_list=True, stop_words=_ITALIAN),
    _spoken("ro", "Română", "ron", "romanian", stop_words=_both_cedillas(_ROMANIAN)),
    _spoken("sv", "Svenska", "swe", "swedish", has_stop_list=True, stop_words=_SWEDISH),
    Language("cs", "Čeština", "ces"),
    Language("pl", "Polski", "pol"),
    Language("pt", "Português", "por"),
    Language("nl", "Nederlands", "nld"),
    Language("da", "Dansk", "dan"),
    Language("fi", "Suomi", "fin"),
    Language("hu", "Magyar", "hun"),
    Language("ca", "Català", "cat"),
)
"""The languages of the interface first, in the order in which they are shown."""
BY_CODE = {language.code: language for language in KNOWN}
CODES = tuple(BY_CODE)
"""Of all languages that a document may be in, ISO 639-1."""
LANGUAGES = tuple(language.code for language in KNOWN if language.is_interface)
"""Codes of the interface's languages."""
HOMOGRAPHS = frozenset(_HOMOGRAPHS.split())
"""Stop words of one language that are a need of their own in another: "care" (Romanian "which")."""
STEMMERS = {code: BY_CODE[code].stemmer for code in sorted(CODES) if BY_CODE[code].stemmer}

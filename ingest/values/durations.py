"""How long something takes, in the words of eight languages. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ingest.values.amounts import AND, BETWEEN, COUNT, TO, Amount, number, once

_MOST_OF_A_UNIT = 1000
_LONGEST_VALUE = 200  # characters above which a field is prose, and only its first sentence is its value

# Units from the shortest to the longest: a longer one's words may hold a shorter one's ("academic year").
_UNITS: dict[str, str] = {
    "minute": "minutes? mins? Minuten? λεπτά λεπτών minutos? minuti minuto minutul minuter",
    "hour": "hours? hrs? h Stunden? Std ώρα ώρες ώρας ωρών horas? heures? ora ore oră timme timmar tim",
    "day": "days? Tage?n? ημέρας? ημέρες ημερών μέρα μέρες días? jours? journées? giorn[oi] giornat[ae]"
    " zile? zi dag dagar",
    "week": "weeks? wks? Wochen? εβδομάδας? εβδομάδες εβδομάδων semanas? semaines? settiman[ae]"
    " săptămân[iaă] veck[ao]r?",
    "month": "months? Monate?n? μήνας? μήνες μηνών mes meses mois mese mesi lun[iaă] månad månader",
    "trimester": "trimesters? trimestern τρίμηνο τρίμηνα trimestres? trimestr[eiu]",
    "semester": r"semesters? semestern εξάμηνο εξάμηνα εξαμήνων semestres? semestr[eiu] (?<=en\s)termin terminer",
    "year": "years? Jahre?n? έτος έτη ετών χρόνια χρόνος años? ans? années? ann[oi] ani år",
    "academic year": r"academic\syears? Studienjahre? ακαδημαϊκ[όά]\sέτ[οςη]+ cursos?\sacadémicos?"
    r" années?\suniversitaires? années?\sacadémiques? ann[oi]\saccademic[oi] ani?\suniversitar[i]? läsår",
}
_FULL = (
    r"(?:full|whole|working|consecutive|contact|teaching|calendar|intensive|volle|aufeinanderfolgende|συνεχόμενες"
    r"|hela|de|d['’])\s+"
)


def _unit_words() -> str:
    groups = []
    for name, words in reversed(_UNITS.items()):
        groups.append(rf"(?P<{name.replace(' ', '_')}>{'|'.join(words.split())})")
    return "|".join(groups)


_DURATION = re.compile(
    rf"(?<![\w.,/:-]){BETWEEN}(?P<low>{COUNT})(?:(?(between){AND}|{TO})(?P<high>{COUNT}))?"
    rf"(?P<gap>\s*[-‑–]\s*|\s+(?:{_FULL})?|['’]?)"
    rf"(?:{_unit_words()})\b(?!\s*[=’'])",
    re.IGNORECASE,
)
_RATE_AFTER = re.compile(
    r"\.?\s*(?:/|\b(?:a|an|per|each|every|pro|je|par|por|al?|alla|pe|i|την|ανά|om)\b\s*(?:l[ae]\s)?)\s*"
    r"(?:days?|weeks?|month|semester|year|tag|woche|monat|ημέρα|εβδομάδα|μήνα|día|semana|mes|jour|semaine|mois|giorno"
    r"|settimana|mese|zi|săptămână|lună|dagen?|veckan?|månaden?|session|sitzung|séance|sesión|sessione|sesiune)\b"
    r"|\s*(?:weekly|daily|monthly|wöchentlich|täglich|hebdomadaires?|semanal(?:es)?|settimanal[ei]|săptămânal"
    r"|εβδομαδιαίως)\b",
    re.IGNORECASE,
)
_PART_BEFORE = re.compile(
    r"(?:[x×*]|\b(?:je|jeweils|à|chacune?|each|ciascun[oa])|\b(?:sessions?|meetings?|workshops?|lectures?"
    r"|class(?:es)?|seminars?|modules?|events?|Sitzung(?:en)?"
    r"|Terminen?|Einheiten|Treffen|séances?|réunions?|sesiones|sesión|reuniones|clases|sessioni|incontri|lezioni"
    r"|sesiuni|întâlniri|sessioner|träffar|möten|συνεδρίες|συναντήσεις|διαλέξεις|μαθήματα)"
    r"(?:,?\s(?:of|à|á|von|mit\sje|je|zu|de|da|di|på|om|των|της|lasting|each))?)\s*$",
    re.IGNORECASE,
)
_AND_A_HALF = re.compile(
    r"\s+(?:and\sa\shalf|et\sdemie?|y\smedi[oa]|e\smezz[oa]|și\sjumătate|och\sen\shalv|και\sμισή?|½)\b",
    re.IGNORECASE,
)
_PLUS = re.compile(r"\s(?:\+|plus|sowie|más|più|συν)\s|\+", re.IGNORECASE)


def durations(text: str) -> tuple[Amount, ...]:
    """How long something takes, from the value of a field for it: "1 week online + 1 week on site".

    Amounts joined by a plus are one duration. How long each session is and hours a week are none, and a
    compound ("a 5-day school") counts only where nothing else does.
    """
    found: list[Amount] = []
    compounds: list[Amount] = []
    for piece in _pieces(text):
        amounts = [(m, _length(m)) for m in _DURATION.finditer(piece) if not _is_part(piece, m)]
        apart = [value for m, value in amounts if not _is_compound(m)]
        if len(_PLUS.split(piece)) > 1:
            sides = [[v for m, v in _amounts(side) if not _is_compound(m)] for side in _PLUS.split(piece)]
            if all(sides):
                found.append(Amount(" + ".join(side[0] for side in sides), piece))
            continue
        found.extend(Amount(value, piece) for value in apart)
        compounds.extend(Amount(value, piece) for m, value in amounts if _is_compound(m))
    return once(found or compounds)


def compound_durations(text: str) -> tuple[Amount, ...]:
    """Durations in a title: "A three-week summer school", "24-hour hackathon"."""
    return once(Amount(_length(m), m[0]) for m in _DURATION.finditer(text) if _is_compound(m))


def _pieces(text: str) -> Iterator[str]:
    """The parts of a value that stand for themselves, apart by semicolons and lines."""
    if len(text) > _LONGEST_VALUE:
        text = re.split(r"(?<=[.!?])\s|\n", text, maxsplit=1)[0]
    for piece in re.split(r"[;\n]", text):
        if piece := piece.strip(" \t•·"):
            yield piece


def _amounts(piece: str) -> Iterator[tuple[re.Match[str], str]]:
    for match in _DURATION.finditer(piece):
        if not _is_part(piece, match):
            yield match, _length(match)


def _is_part(text: str, match: re.Match[str]) -> bool:
    """It is the length of one session among several, a rate, or no number that makes sense."""
    return bool(
        _RATE_AFTER.match(text, match.end())
        or _AND_A_HALF.match(text, match.end())
        or _PART_BEFORE.search(text[: match.start()])
        or not 0 < number(match["high"] or match["low"]) <= _MOST_OF_A_UNIT
        or 0 < number(match["high"]) <= number(match["low"])
    )


def _is_compound(match: re.Match[str]) -> bool:
    return match["gap"].strip() != "" and match["gap"].strip() in "-‑–"


def _length(match: re.Match[str]) -> str:
    unit = next(name for name in _UNITS if match[name.replace(" ", "_")])
    low, high = _shown(match["low"]), _shown(match["high"])
    return f"{low}–{high} {unit}s" if high else f"{low} {unit}{'' if low == '1' else 's'}"


def _shown(text: str | None) -> str:
    return f"{number(text):g}" if text else ""

"""Amounts in the words of eight languages: credits, durations, years. Pure.

Each function returns what it read as a normalised value beside its printed wording, in printed order.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from kb.phrases import plain


class Amount(NamedTuple):
    """A normalised value ("10 weeks", "2+5", "2024") and the printed words that it stands for."""

    value: str
    printed: str


_FIRST_YEAR, _LAST_YEAR = 1985, 2049  # Erasmus began in 1987; later "years" are targets and page counts
_LONGEST_RANGE = 10  # years that a range may span and still name each of them
_MOST_CREDITS = 240
_MOST_OF_A_UNIT = 1000
_LONGEST_VALUE = 200  # characters above which a field is prose, and only its first sentence is its value

# Units from the shortest to the longest: a longer one's words may hold a shorter one's ("academic year").
_UNITS: Mapping[str, str] = {
    "minute": "minutes? mins? Minuten? λεπτά λεπτών minutos? minuti minuto minutul minuter",
    "hour": "hours? hrs? h Stunden? Std ώρα ώρες ώρας ωρών horas? heures? ora ore oră timme timmar tim",
    "day": "days? Tage?n? ημέρας? ημέρες ημερών μέρα μέρες días? jours? journées? giorn[oi] giornat[ae] zile? zi dag dagar",
    "week": "weeks? wks? Wochen? εβδομάδας? εβδομάδες εβδομάδων semanas? semaines? settiman[ae] săptămân[iaă] veck[ao]r?",
    "month": "months? Monate?n? μήνας? μήνες μηνών mes meses mois mese mesi lun[iaă] månad månader",
    "trimester": "trimesters? trimestern τρίμηνο τρίμηνα trimestres? trimestr[eiu]",
    "semester": r"semesters? semestern εξάμηνο εξάμηνα εξαμήνων semestres? semestr[eiu] (?<=en\s)termin terminer",
    "year": "years? Jahre?n? έτος έτη ετών χρόνια χρόνος años? ans? années? ann[oi] ani år",
    "academic year": r"academic\syears? Studienjahre? ακαδημαϊκ[όά]\sέτ[οςη]+ cursos?\sacadémicos?"
    r" années?\suniversitaires? années?\sacadémiques? ann[oi]\saccademic[oi] ani?\suniversitar[i]? läsår",
}
# fmt: off
_NUMBER_WORDS: Mapping[int, str] = {
    1: "one single ein eine einen einem eines ένα ένας μία μια uno una un une o en ett",
    2: "two zwei δύο δυο dos deux due doi două två",
    3: "three drei τρεις τρία tres trois tre trei",
    4: "four vier τέσσερις τέσσερα cuatro quatre quattro patru fyra",
    5: "five fünf πέντε cinco cinq cinque cinci fem",
    6: "six sechs έξι seis sei șase sex",
    7: "seven sieben επτά εφτά siete sept sette șapte sju",
    8: "eight acht οκτώ οχτώ ocho huit otto opt åtta",
    9: "nine neun εννέα nueve neuf nove nouă nio",
    10: "ten zehn δέκα diez dix dieci zece tio",
    11: "eleven elf έντεκα once onze undici unsprezece elva",
    12: "twelve zwölf δώδεκα doce douze dodici doisprezece tolv",
}
# fmt: on
_WORDS = {plain(w): n for n, words in _NUMBER_WORDS.items() for w in words.split()}
_DIGITS = r"\d{1,4}(?:[.,]\d{1,2})?"
_TO = r"(?:\s*[-–—‑]\s*|\s+(?:to|bis|έως|ως|με|a|à|până\sla|till)\s+)"
_BETWEEN_TWO = r"(?P<between>\b(?:between|zwischen|entre|tra|fra|între|mellan|μεταξύ)\s+)?"
_AND = r"\s+(?:and|und|y|et|e|și|och|και)\s+"
_SPELT = "|".join(sorted((w for words in _NUMBER_WORDS.values() for w in words.split()), key=len, reverse=True))
_COUNT = rf"(?:{_DIGITS}|\b(?:{_SPELT})\b)"
_BETWEEN = (
    r"(?:full|whole|working|consecutive|contact|teaching|calendar|intensive|volle|aufeinanderfolgende|συνεχόμενες"
    r"|hela|de|d['’])\s+"
)


def _unit_words() -> str:
    groups = []
    for name, words in reversed(_UNITS.items()):
        groups.append(rf"(?P<{name.replace(' ', '_')}>{'|'.join(words.split())})")
    return "|".join(groups)


_DURATION = re.compile(
    rf"(?<![\w.,/:-]){_BETWEEN_TWO}(?P<low>{_COUNT})(?:(?(between){_AND}|{_TO})(?P<high>{_COUNT}))?"
    rf"(?P<gap>\s*[-‑–]\s*|\s+(?:{_BETWEEN})?|['’]?)"
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
    r"(?:[x×*]|\b(?:je|jeweils|à|chacune?|each|ciascun[oa])|\b(?:sessions?|meetings?|workshops?|lectures?|class(?:es)?|seminars?|modules?|events?|Sitzung(?:en)?"
    r"|Terminen?|Einheiten|Treffen|séances?|réunions?|sesiones|sesión|reuniones|clases|sessioni|incontri|lezioni"
    r"|sesiuni|întâlniri|sessioner|träffar|möten|συνεδρίες|συναντήσεις|διαλέξεις|μαθήματα)"
    r"(?:,?\s(?:of|à|á|von|mit\sje|je|zu|de|da|di|på|om|των|της|lasting|each))?)\s*$",
    re.IGNORECASE,
)
_AND_A_HALF = re.compile(
    r"\s+(?:and\sa\shalf|et\sdemie?|y\smedi[oa]|e\smezz[oa]|și\sjumătate|och\sen\shalv|και\sμισή?|½)\b", re.IGNORECASE
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
    return _once(found or compounds)


def compound_durations(text: str) -> tuple[Amount, ...]:
    """Durations in a title: "A three-week summer school", "24-hour hackathon"."""
    return _once(Amount(_length(m), m[0]) for m in _DURATION.finditer(text) if _is_compound(m))


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
        or not 0 < _number(match["high"] or match["low"]) <= _MOST_OF_A_UNIT
        or 0 < _number(match["high"]) <= _number(match["low"])
    )


def _is_compound(match: re.Match[str]) -> bool:
    return match["gap"].strip() != "" and match["gap"].strip() in "-‑–"


def _length(match: re.Match[str]) -> str:
    unit = next(name for name in _UNITS if match[name.replace(" ", "_")])
    low, high = _shown(match["low"]), _shown(match["high"])
    return f"{low}–{high} {unit}s" if high else f"{low} {unit}{'' if low == '1' else 's'}"


def _number(text: str | None) -> float:
    if not text:
        return 0.0
    return float(_WORDS.get(plain(text), 0) or text.replace(",", "."))


def _shown(text: str | None) -> str:
    return f"{_number(text):g}" if text else ""


# ---- credits

_ECTS = (
    r"ECTS(?:[-\s](?:credits?|points?|Punkten?|Leistungspunkten?|Credits|créditos|crédits|crediti|credite|poäng|μονάδες))?"
    r"|(?:credits?|créditos|crédits|crediti|credite|points?|puncte|(?:πιστωτικές\s)?μονάδες|π\.?μ\.?)\s\(?ECTS\)?"
    r"|CFU|Leistungspunkten?|Kreditpunkten?|högskolepoäng|hp|πιστωτικ(?:ές|ών)\sμονάδ(?:ες|ων)"
)
_CREDIT = r"(?:academic\s)?credits?(?:\spoints?)?|Credits|créditos|crédits|crediti|credite|puncte(?:\sde\scredit)?|poäng|LP|KP"
_CREDITS = (
    rf"{_BETWEEN_TWO}(?P<low>{_DIGITS})(?P<more>(?(between){_AND}{_DIGITS}|(?:(?:\s*\+\s*{_DIGITS})+|{_TO}{_DIGITS})))?"
)
_BEFORE_UNIT = re.compile(rf"(?<![\w.,/+-]){_CREDITS}\s*[-‑]?\s*(?:(?P<ects>{_ECTS})|(?P<other>{_CREDIT}))\b", re.IGNORECASE)
_AFTER_UNIT = re.compile(rf"\b(?P<ects>{_ECTS})\s*[:(]?\s*{_CREDITS}\b(?!\s*(?:[=%]|hours?|h\b))", re.IGNORECASE)
_BARE = re.compile(rf"{_CREDITS}(?=\s*(?:$|[;(\n/]|,\s))")
_UP_TO = re.compile(
    r"\b(?:up\sto|at\smost|max(?:imum|\.)?|bis\szu|höchstens|jusqu['’]à|hasta|máximo|fino\sa|massimo|până\sla|maxim"
    r"|upp\still|högst|έως|μέχρι)\s+$",
    re.IGNORECASE,
)
_NOT_AWARDED = re.compile(
    r"\b(?:at\sleast|minimum(?:\sof)?|already|completed|mindestens|au\smoins|al\smenos|almeno|cel\spuțin|minst|τουλάχιστον)"
    r"\s+$",
    re.IGNORECASE,
)
_DEFINES = re.compile(r"\s*(?:=|equals?\b|corresponds?\b|per\b|entspr|équiva|equival|motsvarar|αντιστοιχ)", re.IGNORECASE)
_OTHER_SYSTEM = re.compile(r"\b(?:UK|CATS|SCQF|US)\s+$")


def stated_credits(text: str) -> tuple[Amount, ...]:
    """Credits from the value of a field for them: "3", "2+5", "6 ECTS credits"; of two systems only ECTS."""
    if bare := _BARE.match(text.strip()):
        return _once(_credit(bare))
    matches = [m for pattern in (_BEFORE_UNIT, _AFTER_UNIT) for m in pattern.finditer(text)]
    matches = [m for m in matches if not _is_other(text, m)]
    matches = [m for m in matches if m["ects"]] or matches
    return _once(a for m in sorted(matches, key=lambda m: m.start()) for a in _credit(m, text))


def ects(text: str) -> tuple[Amount, ...]:
    """Credits that running text awards in so many ECTS; demands ("at least 60") and definitions aside."""
    return _once(
        amount
        for pattern in (_BEFORE_UNIT, _AFTER_UNIT)
        for m in pattern.finditer(text)
        if m["ects"] and "ECTS" in m["ects"].upper() and not _is_other(text, m)
        for amount in _credit(m, text)
    )


def _is_other(text: str, match: re.Match[str]) -> bool:
    before = text[: match.start()]
    return bool(_NOT_AWARDED.search(before) or _OTHER_SYSTEM.search(before) or _DEFINES.match(text, match.end()))


def _credit(match: re.Match[str], text: str = "") -> Iterator[Amount]:
    numbers = [float(n.replace(",", ".")) for n in re.findall(_DIGITS, match["low"] + " " + (match["more"] or ""))]
    is_sum = "+" in (match["more"] or "")
    if not 0 < numbers[0] or max(numbers) > _MOST_CREDITS or (len(numbers) == 2 and not is_sum and numbers[1] <= numbers[0]):
        return
    value = ("+" if is_sum else "–").join(f"{n:g}" for n in numbers)
    limit = _UP_TO.search(text[: match.start()])
    yield Amount(f"up to {value}" if limit else value, f"{limit[0] if limit else ''}{match[0]}".strip())


# ---- years

_YEAR = r"(?:19[89]\d|20[0-4]\d)"
_YEARS = re.compile(rf"(?<![\w.,/-]){_YEAR}(?:\s*[-–—‑/]\s*(?P<end>{_YEAR}|\d\d)(?!\d|-\d))?(?![\d%€]|[.,]\d)")
_DATED = re.compile(rf"(?<=\d[./-])(?P<year>{_YEAR})(?!\d)")
_COUNTED = re.compile(
    r"\s*(?:€|EUR|\$|£|h\b|hours?|students?|participants?|people|Stunden|Studierende|Teilnehmende|Personen|étudiants?"
    r"|heures|estudiantes|horas|studenti|ore|studenter|timmar|φοιτητές|ώρες|words|Wörter|mots)",
    re.IGNORECASE,
)
_NAMED = re.compile(r"(?:Horizon|Horizont|Horizonte|Orizzonte|Agenda|Europe|Europa|Vision|Strategy|ISO|DIN|EN)[\s-]*$", re.IGNORECASE)

_OF_AN_ISSUE = re.compile(r"\b(?:newsletter|bulletin|magazine?|revista|rivista|revue|Zeitschrift)\b[^;\n]*$", re.IGNORECASE)


def years(text: str) -> tuple[Amount, ...]:
    """The years that dates and periods name; "2021/22" names both, "2019–2022" all four, "Agenda 2030" none."""
    found: list[tuple[int, Amount]] = []
    for match in _YEARS.finditer(text):
        if _COUNTED.match(text, match.end()) or _is_named(text[: match.start()]):
            continue
        first = int(match[0][:4])
        last = _last(first, match["end"])
        named = range(first, last + 1) if last - first <= _LONGEST_RANGE else (first, last)
        printed = match[0] if last > first else match[0][:4]
        found.extend((match.start(), Amount(str(year), printed)) for year in named)
    found.extend((m.start(), Amount(m["year"], m["year"])) for m in _DATED.finditer(text) if not _is_named(text[: m.start()]))
    kept = (amount for _, amount in sorted(found, key=lambda f: (f[0], f[1].value)))
    return _once(a for a in kept if _FIRST_YEAR <= int(a.value) <= _LAST_YEAR)


def title_year(text: str) -> tuple[Amount, ...]:
    """The one year that a title names; a period in a title is mostly what the initiative is about."""
    found = years(text)
    return found if len(found) == 1 else ()


def _is_named(before: str) -> bool:
    return bool(_NAMED.search(before) or _OF_AN_ISSUE.search(before))


def _last(first: int, end: str | None) -> int:
    if not end:
        return first
    last = int(end) if len(end) == 4 else first - first % 100 + int(end)
    return max(first, last)


def _once(amounts: Iterable[Amount]) -> tuple[Amount, ...]:
    kept: dict[str, Amount] = {}
    for amount in amounts:
        kept.setdefault(amount.value, amount)
    return tuple(kept.values())

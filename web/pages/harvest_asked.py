"""What a harvester asks by OAI-PMH 2.0, checked as the protocol says. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from kb import Kind
from kb.store import Wanted
from web.export import HARVEST_FORMATS
from web.pages.harvest_tokens import LASTS, ResumptionToken, now_s

HANDBOOK, KIND = "handbook", "kind"
"""What sets are made by; each is a set of its own, of all records."""
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_SECOND = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
_SET = re.compile(r"[A-Za-z0-9\-_.!~*'()]+(?::[A-Za-z0-9\-_.!~*'()]+)*")
_MOST_NAMED = 60  # characters of what was sent that a message repeats


class OaiCode(StrEnum):
    """The errors of the protocol; of them `noSetHierarchy` never occurs here, and `noMetadataFormats` neither."""

    BAD_ARGUMENT = "badArgument"
    BAD_TOKEN = "badResumptionToken"
    BAD_VERB = "badVerb"
    NO_FORMAT = "cannotDisseminateFormat"
    NO_IDENTIFIER = "idDoesNotExist"
    NO_RECORDS = "noRecordsMatch"


class OaiVerb(StrEnum):
    """The requests of the protocol."""

    IDENTIFY = "Identify"
    LIST_FORMATS = "ListMetadataFormats"
    LIST_SETS = "ListSets"
    LIST_IDENTIFIERS = "ListIdentifiers"
    LIST_RECORDS = "ListRecords"
    GET_RECORD = "GetRecord"


_SELECTIVE = ("from", "until", "set")
ARGUMENTS: dict[OaiVerb, tuple[tuple[str, ...], tuple[str, ...]]] = {
    OaiVerb.IDENTIFY: ((), ()),
    OaiVerb.LIST_FORMATS: ((), ("identifier",)),
    OaiVerb.LIST_SETS: ((), ()),
    OaiVerb.LIST_IDENTIFIERS: (("metadataPrefix",), _SELECTIVE),
    OaiVerb.LIST_RECORDS: (("metadataPrefix",), _SELECTIVE),
    OaiVerb.GET_RECORD: (("identifier", "metadataPrefix"), ()),
}
"""What each verb must have, and what it may."""
RESUMED = (OaiVerb.LIST_SETS, OaiVerb.LIST_IDENTIFIERS, OaiVerb.LIST_RECORDS)


class OaiError(Exception):
    """A request that the protocol has an error for; `is_echoed` says whether the answer repeats its arguments."""

    def __init__(self, code: OaiCode, text: str) -> None:
        super().__init__(text)
        self.code = code
        self.text = text
        self.is_echoed = code not in (OaiCode.BAD_VERB, OaiCode.BAD_ARGUMENT)


@dataclass(frozen=True, slots=True)
class OaiAsked:
    """A request that is as the protocol wants it; `given` are its arguments, as they were sent."""

    verb: OaiVerb
    given: dict[str, str]
    token: ResumptionToken | None = None

    @property
    def prefix(self) -> str:
        """The format asked for."""
        return self.token.prefix if self.token else self.given.get("metadataPrefix", "")

    def wanted(self) -> Wanted | None:
        """The entries of a list; None where no set has the name asked for."""
        if self.token is not None:
            chosen, since, until = self.token.chosen, self.token.since, self.token.until
        else:
            chosen = self.given.get("set", "")
            since = _moment(self.given.get("from", ""), "T00:00:00Z")
            until = _moment(self.given.get("until", ""), "T23:59:59Z")
        by, colon, name = chosen.partition(":")
        if not chosen or (by in (HANDBOOK, KIND) and not colon):
            return Wanted(since, until)
        if by == HANDBOOK and name:
            return Wanted(since, until, handbook=name)
        if by == KIND and name in {kind.value for kind in Kind}:
            return Wanted(since, until, kind=Kind(name))
        return None

    def resumed(self, wanted: Wanted, last: tuple[str, str], cursor: int) -> ResumptionToken:
        """The token to go on with after the last entry (its stamp and id); `cursor` were given by then."""
        chosen = self.token.chosen if self.token else self.given.get("set", "")
        expires = now_s() + int(LASTS.total_seconds())
        return ResumptionToken(
            self.verb, self.prefix, chosen, wanted.since, wanted.until, *last, cursor, expires
        )


def oai_asked(pairs: Iterable[tuple[str, str]]) -> OaiAsked:
    """Read a request.

    Raises:
        OaiError: it is not as the protocol wants it.
    """
    given: dict[str, str] = {}
    repeated = []
    for name, value in pairs:
        repeated += [name] if name in given else []
        given[name] = value
    if "verb" in repeated or given.get("verb") not in set(OaiVerb):
        known = ", ".join(OaiVerb)
        raise OaiError(OaiCode.BAD_VERB, f"verb={_named(given.get('verb', ''))}: give one, once, of {known}")
    verb = OaiVerb(given.pop("verb"))
    if repeated:
        raise OaiError(OaiCode.BAD_ARGUMENT, f"{_named(repeated[0])}: given twice; give it once")
    if verb in RESUMED and "resumptionToken" in given:
        return OaiAsked(verb, given, _token(verb, given))
    needed, allowed = ARGUMENTS[verb]
    if stray := [name for name in given if name not in (*needed, *allowed)]:
        raise OaiError(
            OaiCode.BAD_ARGUMENT, f"{_named(stray[0])}: {verb} takes no such argument; leave it out"
        )
    if missing := [name for name in needed if not given.get(name)]:
        raise OaiError(OaiCode.BAD_ARGUMENT, f"{missing[0]}: {verb} needs it; add it")
    _check_times(given)
    if "set" in given and not _SET.fullmatch(given["set"]):
        raise OaiError(OaiCode.BAD_ARGUMENT, f"set={_named(given['set'])}: no set is named so; see ListSets")
    prefix = given.get("metadataPrefix", "")
    if prefix and prefix not in HARVEST_FORMATS:
        known = ", ".join(HARVEST_FORMATS)
        raise OaiError(OaiCode.NO_FORMAT, f"metadataPrefix={_named(prefix)}: give one of {known}")
    return OaiAsked(verb, given)


def _token(verb: OaiVerb, given: dict[str, str]) -> ResumptionToken:
    if len(given) > 1:
        other = next(name for name in given if name != "resumptionToken")
        raise OaiError(
            OaiCode.BAD_ARGUMENT, f"{_named(other)}: a resumptionToken is given alone; leave it out"
        )
    token = ResumptionToken.read(given["resumptionToken"])
    formats = ("",) if verb is OaiVerb.LIST_SETS else tuple(HARVEST_FORMATS)
    if token is None or token.verb != verb or token.prefix not in formats:
        raise OaiError(
            OaiCode.BAD_TOKEN,
            f"resumptionToken: not one of {verb}, or older than a day; ask for the list anew",
        )
    return token


def _check_times(given: dict[str, str]) -> None:
    bounds = {name: given[name] for name in ("from", "until") if name in given}
    for name, text in bounds.items():
        if not _is_time(text):
            raise OaiError(
                OaiCode.BAD_ARGUMENT,
                f"{name}={_named(text)}: not a time; give it as 2026-11-30 or 2026-11-30T09:00:00Z",
            )
    if len({len(text) for text in bounds.values()}) > 1:
        raise OaiError(OaiCode.BAD_ARGUMENT, "from, until: give both as days, or both to the second")
    if len(bounds) > 1 and bounds["from"] > bounds["until"]:
        raise OaiError(OaiCode.BAD_ARGUMENT, "from, until: from is later than until; exchange them")


def _is_time(text: str) -> bool:
    form = "%Y-%m-%d" if _DAY.fullmatch(text) else "%Y-%m-%dT%H:%M:%SZ" if _SECOND.fullmatch(text) else ""
    try:
        return bool(form) and datetime.strptime(text, form) is not None  # noqa: DTZ007
    except ValueError:  # 30 February
        return False


def _moment(text: str, of_day: str) -> str:
    return text + of_day if _DAY.fullmatch(text) else text


def _named(text: str) -> str:
    """What was sent, for a message: short, and without what XML cannot hold."""
    return "".join(c if c.isprintable() else " " for c in text[:_MOST_NAMED])

"""OAI-PMH asked by an independent harvester (sickle), over HTTP, and each answer held to the protocol's text."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from lxml import etree
from sickle import Sickle
from sickle.oaiexceptions import NoRecordsMatch

from ingest import pipeline
from kb.care import Wish, changes, review, shelf
from kb.editions import Action
from kb.index import generation as index
from kb.model.passages import cut
from kb.records import Facet, Kind, Origin, Record
from kb.store import Store
from tests import browsing, web_library
from tests.house import ROOT
from tests.web.pages.test_web_editions import second_edition
from tests.web_library import EXCHANGE, LABELS, RECORDS
from web.app import create_app
from web.pages import harvest_routes

HERE = Path(__file__).parent
SAMPLE = ROOT / "corpus" / "sample" / "handbook-edition-1.pdf"
OAI = {"o": "http://www.openarchives.org/OAI/2.0/", "d": "http://purl.org/dc/elements/1.1/"}
LOM = {"l": "http://ltsc.ieee.org/xsd/LOM"}
ALL = {r.id for r in RECORDS} | {"guide.cours"}
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:sickle")


def grammar(name: str) -> etree.RelaxNG:
    return etree.RelaxNG(etree.parse(HERE / f"{name}.rng"))


PROTOCOL, DUBLIN_CORE = grammar("oai_pmh"), grammar("oai_dc")


@dataclass(frozen=True, slots=True)
class Repository:
    """A served library, as a harvester sees it and as its owner has it."""

    url: str
    folder: Path

    def ask(self, query: str) -> Any:
        """An answer, whole, which is as the protocol says."""
        got = httpx.get(f"{self.url}/oai?{query}")
        assert (got.status_code, got.headers["content-type"]) == (200, "text/xml; charset=utf-8")
        root = etree.fromstring(got.content)
        assert PROTOCOL.validate(root), PROTOCOL.error_log
        for found in root.iter("{http://www.openarchives.org/OAI/2.0/oai_dc/}dc"):
            assert DUBLIN_CORE.validate(found), DUBLIN_CORE.error_log
        return root

    def code(self, query: str) -> str:
        """The code of the error that a request gets."""
        (error,) = self.ask(query).findall("o:error", OAI)
        assert error.text
        return str(error.get("code"))

    def harvest(self, **asked: str) -> dict[str, bool]:
        """What a harvester gets of a list: the ids of records, and whether each is there; none more than once."""
        found = list(Sickle(f"{self.url}/oai").ListRecords(**{"metadataPrefix": "oai_dc"} | asked))
        ids = [one.header.identifier.rpartition(":")[2] for one in found]
        assert len(ids) == len(set(ids))
        return {name: not one.deleted for name, one in zip(ids, found, strict=True)}

    def later(self) -> str:
        """A moment after all that was published, for the next harvest to begin with."""
        with Store.open(self.folder, readonly=True) as store:
            newest = max(row[5] for row in store.harvest_rows())
        while (now := time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())) <= newest:
            time.sleep(0.1)
        return now

    def publish(self, number: int, records: tuple[Record, ...], **changes: Any) -> None:
        """Publish an edition of the handbook of exchange."""
        with Store.open(self.folder) as store:
            content = web_library.pdf(f"Handbook of exchange, {number}", 6)
            staged = web_library.edition(EXCHANGE, "Handbook of exchange", content, LABELS, "en")
            edition = replace(staged, number=number, **changes)
            own = tuple(replace(r, edition=number) for r in records)
            store.stage(edition, own, [p for r in own for p in cut(r)], content)
            served = {**store.current_editions(), EXCHANGE: number}
            store.publish(served, index.build(store, served))


@pytest.fixture
def repository(tmp_path: Path) -> Iterator[Repository]:
    with browsing.running(create_app(web_library.fill(tmp_path))) as url:
        yield Repository(url, tmp_path)


@pytest.fixture(scope="module")
def unchanged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Repository]:
    """One that nobody publishes to."""
    folder = tmp_path_factory.mktemp("library")
    with browsing.running(create_app(web_library.fill(folder))) as url:
        yield Repository(url, folder)


def test_a_whole_harvest_gets_every_record_once_in_either_format(unchanged: Repository) -> None:
    for prefix in ("oai_dc", "oai_lom"):
        assert unchanged.harvest(metadataPrefix=prefix) == dict.fromkeys(ALL, True)


def test_a_list_goes_on_over_pages_and_says_how_long_it_is(
    unchanged: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(harvest_routes, "PAGE", 2)
    assert unchanged.harvest() == dict.fromkeys(ALL, True)
    asked, cursors, sizes = "verb=ListIdentifiers&metadataPrefix=oai_dc", [], []
    while asked:
        (token,) = unchanged.ask(asked).findall(".//o:resumptionToken", OAI)
        cursors.append(int(token.get("cursor")))
        sizes.append(int(token.get("completeListSize")))
        asked = f"verb=ListIdentifiers&resumptionToken={token.text}" if token.text else ""
    assert cursors == list(range(0, len(ALL), 2))
    assert set(sizes) == {len(ALL)}
    assert len(list(Sickle(f"{unchanged.url}/oai").ListSets())) == 6 + 2


def test_a_token_asked_twice_gives_the_same(unchanged: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(harvest_routes, "PAGE", 2)
    token = unchanged.ask("verb=ListRecords&metadataPrefix=oai_dc").findtext(
        ".//o:resumptionToken", namespaces=OAI
    )
    first, second = (unchanged.ask(f"verb=ListRecords&resumptionToken={token}") for _ in range(2))
    assert [h.text for h in first.iterfind(".//o:identifier", OAI)] == [
        h.text for h in second.iterfind(".//o:identifier", OAI)
    ]


def test_an_incremental_harvest_over_an_edition_gets_what_is_new_changed_and_gone(
    repository: Repository,
) -> None:
    assert repository.harvest() == dict.fromkeys(ALL, True)
    since = repository.later()
    with pytest.raises(NoRecordsMatch):
        repository.harvest(**{"from": since})
    repository.publish(2, second_edition())
    changed = {"exchange.credit": True, "exchange.fresh": True, "exchange.tandem": False}
    assert repository.harvest(**{"from": since}) == changed
    assert repository.harvest(**{"from": since, "set": "kind:practice"}) == changed
    with pytest.raises(NoRecordsMatch):
        repository.harvest(**{"from": since, "set": "handbook:guide"})
    assert repository.harvest() == dict.fromkeys(ALL, True) | changed, "what is gone is told for ever"


@pytest.mark.slow
def test_the_samples_second_edition_is_harvested_as_its_changes_are_known(tmp_path: Path) -> None:
    settings = web_library.settings(tmp_path)
    pipeline.ingest(settings, SAMPLE)
    with browsing.running(create_app(settings)) as url:
        repository = Repository(url, tmp_path)
        first, since = repository.harvest(), repository.later()
        report = pipeline.ingest(settings, SAMPLE.with_name("handbook-edition-2.pdf"))
        changed = repository.harvest(**{"from": since})
    with Store.open(tmp_path, readonly=True) as store:
        book = report.handbook
        found = changes.between(store, book, 1, 2)
    added, removed = ({name for name, _ in part} for part in (found.added, found.removed))
    assert {name for name, is_there in changed.items() if not is_there} == removed
    assert added <= changed.keys()
    assert {one.id for one in found.renamed} | {one.id for one in found.rewritten} <= changed.keys()
    assert len(first.keys() - changed.keys()) >= found.unchanged, "what reads as before is not told again"


def test_corrections_and_what_the_owner_states_are_harvested(repository: Repository) -> None:
    since = repository.later()
    with Store.open(repository.folder) as store:
        review.correct(store, EXCHANGE, [Wish(Action.RETITLE, "exchange.why", "Better")], None)
        review.correct(store, EXCHANGE, [Wish(Action.DISCARD, "exchange.tandem")], None)
    assert repository.harvest(**{"from": since}) == {"exchange.why": True, "exchange.tandem": False}
    since = repository.later()
    with Store.open(repository.folder) as store:
        store.set_details("guide", licence="CC BY-SA 4.0")
    assert repository.harvest(**{"from": since}) == {"guide.cours": True}
    asked = "verb=GetRecord&metadataPrefix=oai_dc&identifier=oai:127.0.0.1:guide.cours"
    rights = [one.text for one in repository.ask(asked).iterfind(".//d:rights", OAI)]
    assert rights == ["CC BY-SA 4.0", "https://creativecommons.org/licenses/by-sa/4.0/"]


def test_records_of_a_removed_handbook_are_deleted_and_come_back(repository: Repository) -> None:
    since = repository.later()
    with Store.open(repository.folder) as store:
        shelf.remove(store, EXCHANGE, None)
    assert repository.harvest(**{"from": since}) == dict.fromkeys((r.id for r in RECORDS), False)
    assert "handbook:exchange" in {one.setSpec for one in Sickle(f"{repository.url}/oai").ListSets()}
    since = repository.later()
    with Store.open(repository.folder) as store:
        shelf.put_back(store, EXCHANGE, None)
    assert repository.harvest(**{"from": since}) == dict.fromkeys((r.id for r in RECORDS), True)


def test_a_list_that_an_edition_is_published_into_loses_nothing(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(harvest_routes, "PAGE", 2)
    repository.later()
    going = Sickle(f"{repository.url}/oai").ListRecords(metadataPrefix="oai_dc")
    found = [next(going), next(going)]
    repository.publish(2, second_edition())
    found += list(going)
    last = {one.header.identifier.rpartition(":")[2]: not one.deleted for one in found}
    assert last == dict.fromkeys(ALL, True) | {"exchange.fresh": True, "exchange.tandem": False}


def test_sets_are_handbooks_and_kinds(unchanged: Repository) -> None:
    of_exchange = dict.fromkeys((r.id for r in RECORDS), True)
    assert unchanged.harvest(set="handbook:exchange") == of_exchange
    assert unchanged.harvest(set="handbook") == unchanged.harvest(set="kind") == dict.fromkeys(ALL, True)
    assert unchanged.harvest(set="kind:tool") == {"exchange.agreement": True}
    sets = {one.setSpec: one.setName for one in Sickle(f"{unchanged.url}/oai").ListSets()}
    assert sets["handbook:guide"] == "Guide des échanges"
    assert sets["kind:practice"] == "Practices"
    root = unchanged.ask("verb=ListIdentifiers&metadataPrefix=oai_dc&set=kind:tool")
    specs = [one.text for one in root.iterfind(".//o:header/o:setSpec", OAI)]
    assert specs == ["handbook:exchange", "kind:tool"]


def test_the_repository_says_what_it_is(unchanged: Repository) -> None:
    said = Sickle(f"{unchanged.url}/oai").Identify()
    assert (said.protocolVersion, said.deletedRecord) == ("2.0", "persistent")
    assert said.baseURL == f"{unchanged.url}/oai"
    assert said.earliestDatestamp <= time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    unchanged.ask("verb=Identify")
    formats = {one.metadataPrefix for one in Sickle(f"{unchanged.url}/oai").ListMetadataFormats()}
    assert formats == {"oai_dc", "oai_lom"}


TOKEN = "verb=ListRecords&resumptionToken="


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("", "badVerb"),
        ("verb=", "badVerb"),
        ("verb=Nothing", "badVerb"),
        ("verb=identify", "badVerb"),
        ("verb=Identify&verb=Identify", "badVerb"),
        ("verb=Identify&set=kind", "badArgument"),
        ("verb=ListRecords", "badArgument"),
        ("verb=ListRecords&metadataPrefix=", "badArgument"),
        ("verb=ListRecords&metadataPrefix=oai_dc&metadataPrefix=oai_dc", "badArgument"),
        ("verb=ListRecords&metadataPrefix=oai_dc&from=yesterday", "badArgument"),
        ("verb=ListRecords&metadataPrefix=oai_dc&from=2026-02-30", "badArgument"),
        ("verb=ListRecords&metadataPrefix=oai_dc&from=2026-02-01T10:00Z", "badArgument"),
        ("verb=ListRecords&metadataPrefix=oai_dc&from=2026-02-01&until=2026-01-01", "badArgument"),
        ("verb=ListRecords&metadataPrefix=oai_dc&from=2026-02-01&until=2026-02-01T10:00:00Z", "badArgument"),
        ("verb=ListRecords&metadataPrefix=oai_dc&set=%00", "badArgument"),
        ("verb=ListRecords&metadataPrefix=oai_dc&resumptionToken=x", "badArgument"),
        ("verb=GetRecord&metadataPrefix=oai_dc", "badArgument"),
        ("verb=GetRecord&identifier=oai:127.0.0.1:exchange.credit", "badArgument"),
        ("verb=ListSets&metadataPrefix=oai_dc", "badArgument"),
        ("&".join(f"a{n}=1" for n in range(30)), "badArgument"),
        ("verb=ListRecords&metadataPrefix=marc21", "cannotDisseminateFormat"),
        ("verb=GetRecord&metadataPrefix=marc21&identifier=oai:127.0.0.1:exchange.credit", "cannotDisseminateFormat"),
        ("verb=GetRecord&metadataPrefix=oai_dc&identifier=oai:127.0.0.1:nothing", "idDoesNotExist"),
        ("verb=GetRecord&metadataPrefix=oai_dc&identifier=oai:elsewhere.org:exchange.credit", "idDoesNotExist"),
        ("verb=GetRecord&metadataPrefix=oai_dc&identifier=%00%ff", "idDoesNotExist"),
        ("verb=ListMetadataFormats&identifier=nothing", "idDoesNotExist"),
        ("verb=ListRecords&metadataPrefix=oai_dc&until=2001-01-01", "noRecordsMatch"),
        ("verb=ListRecords&metadataPrefix=oai_dc&from=2999-01-01T00:00:00Z", "noRecordsMatch"),
        ("verb=ListIdentifiers&metadataPrefix=oai_dc&set=handbook:nothing", "noRecordsMatch"),
        ("verb=ListIdentifiers&metadataPrefix=oai_dc&set=kind:nothing", "noRecordsMatch"),
        ("verb=ListIdentifiers&metadataPrefix=oai_dc&set=nothing", "noRecordsMatch"),
        (TOKEN, "badResumptionToken"),
        (f"{TOKEN}x", "badResumptionToken"),
        (f"{TOKEN}%00%ff", "badResumptionToken"),
        (f"{TOKEN}{'A' * 5000}", "badResumptionToken"),
    ],
)  # fmt: skip
def test_every_error_of_the_protocol_is_said_by_its_code(
    unchanged: Repository, query: str, code: str
) -> None:
    assert unchanged.code(query) == code


def test_a_token_that_was_altered_is_of_another_verb_or_too_old_is_refused(
    unchanged: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(harvest_routes, "PAGE", 2)
    token = unchanged.ask("verb=ListRecords&metadataPrefix=oai_dc").findtext(
        ".//o:resumptionToken", namespaces=OAI
    )
    assert unchanged.code(f"verb=ListIdentifiers&resumptionToken={token}") == "badResumptionToken"
    assert unchanged.code(f"verb=ListSets&resumptionToken={token}") == "badResumptionToken"
    for at in range(0, len(token), 7):
        other = token[:at] + ("A" if token[at] != "A" else "B") + token[at + 1 :]
        assert unchanged.code(f"{TOKEN}{other}") == "badResumptionToken"
    monkeypatch.setattr("web.pages.harvest_tokens.now_s", lambda: int(time.time()) + 86_500)
    assert unchanged.code(f"{TOKEN}{token}") == "badResumptionToken"


def test_arguments_are_repeated_unless_they_are_wrong(unchanged: Repository) -> None:
    asked = unchanged.ask("verb=ListRecords&metadataPrefix=marc21").find("o:request", OAI)
    assert dict(asked.attrib) == {"verb": "ListRecords", "metadataPrefix": "marc21"}
    assert dict(unchanged.ask("verb=ListRecords&x=1").find("o:request", OAI).attrib) == {}


def test_a_form_is_answered_as_an_address_is(unchanged: Repository) -> None:
    asked = {"verb": "GetRecord", "metadataPrefix": "oai_dc", "identifier": "oai:127.0.0.1:exchange.credit"}
    got, posted = (
        httpx.get(f"{unchanged.url}/oai", params=asked),
        httpx.post(f"{unchanged.url}/oai", data=asked),
    )
    one, other = (etree.fromstring(answer.content).find("o:GetRecord", OAI) for answer in (got, posted))
    assert etree.tostring(one) == etree.tostring(other)
    assert httpx.post(f"{unchanged.url}/oai", content=b"verb=" + b"x" * 30_000).status_code == 413
    assert list(Sickle(f"{unchanged.url}/oai", http_method="POST").ListSets())


def test_days_bound_a_list_as_seconds_do(unchanged: Repository) -> None:
    today = time.strftime("%Y-%m-%d", time.gmtime())
    assert len(unchanged.harvest(**{"from": "2020-01-01", "until": today})) >= 0
    assert unchanged.harvest(**{"from": "2020-01-01", "until": "2999-12-31"}) == dict.fromkeys(ALL, True)


def test_dublin_core_has_what_is_stated_and_nothing_inferred(repository: Repository) -> None:
    credit = next(r for r in RECORDS if r.id == "exchange.credit")
    told = (
        Facet("theme", "assessment"),
        Facet("level", "master", Origin.INFERRED),
        Facet("institution", "Stockholm University", Origin.INFERRED),
    )
    noisy = replace(credit, title="Bad\x00 \x1btitle\ufffe", facets=(*credit.facets, *told))
    repository.publish(2, (noisy,))
    asked = "verb=GetRecord&identifier=oai:127.0.0.1:exchange.credit&metadataPrefix="
    found = repository.ask(f"{asked}oai_dc").find(".//o:metadata", OAI)
    held = [(etree.QName(one).localname, one.text) for one in found[0]]
    assert ("title", "Bad title") in held
    assert ("creator", "University of Bucharest") in held
    assert [text for name, text in held if name == "coverage"] == []
    assert [text for name, text in held if name == "publisher"] == []
    assert [text for name, text in held if name == "subject"] == ["assessment"]
    assert ("date", "2019") in held
    assert ("relation", f"{repository.url}/tools/exchange.agreement") in held
    assert ("identifier", f"{repository.url}/practices/exchange.credit") in held
    assert "Stockholm University" not in dict(held).values()
    title = found[0].find("d:title", OAI)
    assert title.get("{http://www.w3.org/XML/1998/namespace}lang") == "en"
    lom = repository.ask(f"{asked}oai_lom").find(".//o:metadata", OAI)[0]
    marked = {
        (
            one.findtext(".//l:source/l:string", namespaces=LOM),
            one.findtext(".//l:entry/l:string", namespaces=LOM),
        )
        for one in lom.iterfind("l:classification", LOM)
    }
    assert len(marked) == 2
    assert {entry for source, entry in marked if "inferred" in source} == {"Master"}
    assert [etree.QName(one).localname for one in lom] == [
        "general", "lifeCycle", "metaMetadata", "technical", "rights", "relation", "relation",
        "classification", "classification",
    ]  # fmt: skip


def test_identifiers_begin_with_the_name_that_the_server_was_given(tmp_path: Path) -> None:
    settings = replace(web_library.fill(tmp_path), hosts=("kb.example.org",))
    with browsing.running(create_app(settings)) as url:
        root = Repository(url, tmp_path).ask("verb=Identify")
        assert root.findtext(".//o:adminEmail", namespaces=OAI) == "postmaster@kb.example.org"
        assert "kb.example.org" in [one.text for one in root.iter("{*}repositoryIdentifier")]
        identifier = "oai:kb.example.org:exchange.credit"
        found = Repository(url, tmp_path).ask(f"verb=GetRecord&metadataPrefix=oai_dc&identifier={identifier}")
        assert found.findtext(".//o:identifier", namespaces=OAI) == identifier


def test_an_empty_library_says_what_it_is_and_that_nothing_matches(tmp_path: Path) -> None:
    Store.open(tmp_path).close()
    with browsing.running(create_app(web_library.settings(tmp_path))) as url:
        empty = Repository(url, tmp_path)
        empty.ask("verb=Identify")
        empty.ask("verb=ListSets")
        assert empty.code("verb=ListRecords&metadataPrefix=oai_dc") == "noRecordsMatch"


def test_every_kind_has_a_set() -> None:
    assert set(harvest_routes.KINDS) == set(Kind)

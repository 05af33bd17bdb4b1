"""Tools are named once, however they are written; what is no tool stays out."""

from __future__ import annotations

import pytest

from ingest.parts.tool_names import key, opening
from ingest.parts.tools import Tools
from kb.records import Field, Span
from kb.words.vocabulary import Vocabulary


def tools() -> Tools:
    return Tools(Vocabulary.load(), frozenset())


def named(text: str) -> list[str]:
    found = tools()
    found.read_text(text, {1: text}, "d0001")
    return [d.name for d in found.found()]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("The class met on Zoom and worked in Moodle.", ["Moodle", "Zoom"]),
        ("Direct the vendor to use the Open Review Checklist (ORC).", ["Open Review Checklist (ORC)"]),
        ("They check it with JSDoc, using Pa11y and SonarQube.", ["Pa11y", "SonarQube"]),
        ("They will rely on the Example Service’s Digital Services Playbook.", ["Digital Services Playbook"]),
        ("Die Gruppe arbeitete mit BigBlueButton.", ["BigBlueButton"]),
        ("Wallo is a free platform for shared notes.", ["Wallo"]),
        ("Tools such as Pinto, Wallo or CSV Lint check them.", ["CSV Lint", "Pinto", "Wallo"]),
        (
            "Des interfaces d’annotation comme Lanno, Webino et Grand Outil existent.",
            ["Grand Outil", "Lanno", "Webino"],
        ),
        ("The data go through one maker’s tool (Esno ArcMap).", ["Esno ArcMap"]),
        ("Le géocodeur Addino trouve les rues.", ["Addino"]),
        ("Le site dessin.exemple.fr en garde la liste.", ["dessin.exemple.fr"]),
        ("Η πλατφόρμα Wallo είναι ανοικτή.", ["Wallo"]),
        ("La plataforma Wallo y otras.", ["Wallo"]),
        ("Finally, software is updated by the Software Foundation.", []),
        ("Historically, the tools were made here.", []),
        ("This is a platform. It is an app.", []),
        ("A zoom into the miro of daily life.", []),
        ("The University of Glasgow used its own System.", []),
        ("Heads of School met the RFPs and PVCs.", []),
    ],
)
def test_software_and_named_tools_are_found_in_running_text(text: str, names: list[str]) -> None:
    assert named(text) == names


def test_one_tool_is_one_record_whatever_its_spelling() -> None:
    found = tools()
    for name, page in (("CIVIS Passport", 3), ("the CIVIS Passport", 5), ("CIVIS  passport", 9)):
        found.add(name, page)
    (draft,) = found.found()
    assert draft.name == "CIVIS Passport"
    assert draft.pages == {3, 5, 9}


def test_an_abbreviation_in_brackets_is_no_other_tool() -> None:
    assert key("Web Design System (WDS)") == key("the Web Design System")


def test_a_field_of_tools_is_read_item_by_item() -> None:
    found = tools()
    found.read_field(Field("Tools", "Moodle, Miro and an e-mail list; Padlet", (Span(4),), "tools"), "d0001")
    drafts = found.found()
    assert [d.name for d in drafts] == ["Miro", "Moodle", "Padlet"]
    assert all(d.users == {"d0001"} for d in drafts)


@pytest.mark.parametrize(
    ("item", "name"),
    [
        ("• “Ethics & algorithms toolkit”, Some University, 2018", "Ethics & algorithms toolkit"),
        ("« 5 pistes d’innovation », Fing", "5 pistes d’innovation"),
        ("Course planner – a table for ten weeks", "Course planner"),
        ("Letter of intent: signed by the dean", "Letter of intent"),
        ("which nobody would take for a name", ""),
        ("Is this a tool?", ""),
    ],
)
def test_the_name_that_a_list_item_opens_with(item: str, name: str) -> None:
    assert opening(item) == name


def test_an_unknown_label_that_means_tools_holds_some() -> None:
    found = tools()
    found.read_field(Field("Werkzeuge im Einsatz", "Moodle, Padlet", (Span(4),), ""), "d0001")
    found.read_field(Field("Remarks", "Etherpad, Zoom", (Span(4),), ""), "d0001")
    assert [d.name for d in found.found()] == ["Moodle", "Padlet"]

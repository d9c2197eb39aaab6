"""What the built-in model finds in meetings, and what it rather leaves out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from footnoted.llm.brain_tasks import (
    EntitiesAnswer,
    EntitiesTask,
    EntityBrief,
    GlossaryEntry,
    ImproveAnswer,
    ImproveTask,
    PointBrief,
    RelateAnswer,
    RelateTask,
    SummarizeAnswer,
    SummarizeTask,
)
from footnoted.llm.extractive import answer_task
from footnoted.model.transcript import TranscriptOrigin
from footnoted.transcripts.captions import read_transcript
from tests.fakes.brain import cues_of

if TYPE_CHECKING:
    from pathlib import Path

TYPES = ("person", "organization", "place", "product", "event", "term", "date", "money", "other")
KINDS = ("decision", "action", "question", "statement")


def _entities(*lines: str, language: str | None = "en") -> dict[str, str]:
    task = EntitiesTask(language=language, topic="talk", cues=cues_of(*lines), types=TYPES)
    answer = answer_task(task)
    assert isinstance(answer, EntitiesAnswer)
    return {entity.name: entity.type for entity in answer.entities}


def _related(*lines: str, named: tuple[tuple[str, str], ...] = ()) -> RelateAnswer:
    entities = tuple(
        EntityBrief(index=index, name=name, type=of) for index, (name, of) in enumerate(named)
    )
    answer = answer_task(
        RelateTask(
            language="en", topic="talk", cues=cues_of(*lines), entities=entities, point_kinds=KINDS
        )
    )
    assert isinstance(answer, RelateAnswer)
    return answer


def test_names_are_told_from_words_that_only_begin_a_sentence() -> None:
    """A capital inside a sentence is evidence; one that opens it is not."""
    found = _entities(
        "Thanks everybody. Progress on the port is good, and Maria Sousa from Northwind Labs",
        "agrees. Progress was slow in Lisbon. However we met at the Harbour Conference.",
    )
    assert found == {
        "Maria Sousa": "person",
        "Northwind Labs": "organization",
        "Lisbon": "place",
        "Harbour Conference": "event",
    }


def test_what_nothing_tells_more_about_is_other() -> None:
    """No type is guessed."""
    found = _entities("We moved everything to Quillfeather because the old thing was slow")
    assert found == {"Quillfeather": "other"}


def test_several_of_an_abbreviation_are_one_name() -> None:
    """`EIP` and `EIPs` are one thing, and so are `GPUs` where nobody says `GPU`."""
    found = _entities("We moved the EIP to the list of EIPs because the old GPUs were slow")
    assert found == {"EIP": "other", "GPU": "other"}


def test_dates_and_money_are_found_in_full_only() -> None:
    """`Next week`, `a lot of money` and `may` are left out; what is said in full is not."""
    found = _entities(
        "they may pay $1,500 or even 2.5 million euros by March 14th, 2026 or next week",
        "and on 2026-03-14 it is a lot of money in Q3 2026",
    )
    assert found == {
        "$1,500": "money",
        "2.5 million euros": "money",
        "March 14th, 2026": "date",
        "2026-03-14": "date",
        "Q3 2026": "date",
    }


@pytest.mark.parametrize(
    ("lines", "language"),
    [
        (("so we met maria from northwind labs in lisbon and it was good", "we did"), "en"),
        (("Der Hansetag war in der alten Stadt und die Kaufleute kamen", "mit Schiffen"), "de"),
        (("EVERYTHING IS SHOUTED HERE AND NOBODY KNOWS WHAT MARIA SAID TO US", "YES"), "en"),
    ],
)
def test_capitals_that_tell_nothing_give_no_names(
    lines: tuple[str, ...], language: str | None
) -> None:
    """No capitals, a capital for every noun, capitals everywhere: left empty, not guessed."""
    assert _entities(*lines, language=language) == {}


def test_points_are_told_by_their_phrases() -> None:
    """A decision, a promise with who and when, a request, a question that wants an answer."""
    answer = _related(
        "Ada: So we decided to ship the second design of the harbour port this autumn.",
        "Bo: I will send the drawings of the harbour port to the printers by Friday.",
        "Ada: Bo, can you review the licence text of the editor before the release?",
        "Cleo: What do we do about the old licence servers after the release?",
        named=(("Ada", "person"), ("Bo", "person")),
    )
    marked = [(each.kind, each.who, each.due) for each in answer.points if each.kind != "statement"]
    assert marked == [
        ("decision", None, None),
        ("action", "Bo", "by Friday"),
        ("action", "Bo", None),
        ("question", None, None),
    ]


@pytest.mark.parametrize(
    "line",
    [
        "Can everybody hear me and see the slides about the harbour port now?",
        "I will share my screen with the slides about the harbour port now.",
        "Does anybody have any other questions about the harbour port today?",
        "I'll add one more thing about the slides of the harbour port here.",
        "Please go ahead with your question about the harbour port, your line is open.",
        "As always please leave a like on the harbour port video and I'll see you on the next one.",
        "Comment harbour port and I'll send you the whole breakdown of the port.",
        "The next steps of the harbour port are what I briefly wanted to touch upon.",
        "You sign the harbour port licence and say hey I'm going to send this to Tim.",
        "The harbour port that we'll look at has both of these coordinates.",
        "Let's keep moving through the list of the harbour port today.",
        "We welcome the clients telling us why they chose the harbour port.",
    ],
)
def test_what_only_keeps_a_meeting_going_is_no_point(line: str) -> None:
    """Screens, microphones and calls for questions are not minuted."""
    assert [each.kind for each in _related(line).points if each.kind != "statement"] == []


def test_relations_are_what_stands_between_two_names() -> None:
    """A listed phrase and nothing else between them, or what a speaker says of himself."""
    answer = _related(
        "Bo: Maria Sousa works at Northwind Labs and Northwind Labs is based in Lisbon.",
        "Bo: I work for Northwind Labs. Maria Sousa does not like what Lisbon costs.",
        named=(
            ("Bo", "person"),
            ("Maria Sousa", "person"),
            ("Northwind Labs", "organization"),
            ("Lisbon", "place"),
        ),
    )
    assert [(each.source, each.predicate, each.target) for each in answer.relations] == [
        (1, "works at", 2),
        (2, "is located in", 3),
        (0, "works at", 2),
    ]


def test_only_the_glossary_corrects() -> None:
    """Whole words, in any case; what stands alone in it corrects nothing."""
    glossary = (
        GlossaryEntry(written="FOCIL", heard=("fossil", "focal")),
        GlossaryEntry(written="Kubernetes"),
    )
    task = ImproveTask(
        language="en",
        cues=cues_of("Fossil is not fossilised", "cooper netties is not on the list"),
        glossary=glossary,
    )
    answer = answer_task(task)
    assert isinstance(answer, ImproveAnswer)
    assert [(each.cue, each.before, each.after) for each in answer.fixes] == [
        (0, "Fossil", "FOCIL")
    ]


def test_a_summary_is_points_word_for_word_and_never_questions() -> None:
    """Decisions first; what says the same again is left out; the order is that of the talk."""
    texts = (
        ("statement", "The harbour port costs forty thousand this year."),
        ("question", "What does the harbour port cost?"),
        ("statement", "The harbour port costs forty thousand this year, they say."),
        ("decision", "The second design of the port is shipped in autumn."),
    )
    points = tuple(
        PointBrief(index=index, kind=kind, topic="port", text=text)
        for index, (kind, text) in enumerate(texts)
    )
    answer = answer_task(SummarizeTask(language="en", points=points, most=3))
    assert isinstance(answer, SummarizeAnswer)
    chosen = [each.points[0] for each in answer.sentences]
    assert chosen in ([0, 3], [2, 3])
    assert [each.text for each in answer.sentences] == [texts[index][1] for index in chosen]


def test_what_is_agreed_and_read_back_is_minuted(project_root: Path) -> None:
    """The sample's own meeting: who does what, and what was agreed, each decision once."""
    path = project_root / "samples" / "ferry-app-release-planning.vtt"
    said = read_transcript(path.read_bytes(), path.name, origin=TranscriptOrigin.IMPORTED)
    answer = answer_task(
        RelateTask(language="en", topic="planning", cues=said.cues, entities=(), point_kinds=KINDS)
    )
    assert isinstance(answer, RelateAnswer)
    texts = {kind: [each for each in answer.points if each.kind == kind] for kind in KINDS}
    assert [(each.who, each.text) for each in texts["action"]] == [
        ("Tomasz", "Tomasz writes the backfill job."),
        ("Malik", "Malik, will you add that to the checklist?"),
        ("Tomasz", "Tomasz fixes the clock test, and Priya sets up the quarantine."),
    ]
    assert [each.text.split(",")[0] for each in texts["decision"]] == [
        "Tomasz fixes the clock test",
        "One",
        "Two",
        "Three",
        "Four",
    ]
    assert texts["decision"][0].quote.startswith("Okay, agreed. Tomasz fixes the clock test")

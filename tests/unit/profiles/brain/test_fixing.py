"""What a correction may be."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from footnoted.llm.brain_tasks import GlossaryEntry, ImproveAnswer, WordFix
from footnoted.profiles.brain.fixing import bind_fixes
from footnoted.profiles.brain.overlay import Overlay
from tests.fakes.brain import cues_of, given_words

if TYPE_CHECKING:
    from footnoted.profiles.brain.types import ImproveOutput

LINES = (
    "so we moved it to cooper netties last um last week",
    "and Fossil is, is the headliner of the next upgrade",
    "it costs 400 dollars and we can not pay that",
)
GLOSSARY = (GlossaryEntry(written="FOCIL", heard=("fossil",)),)


def _bound(*fixes: tuple[int, str, str]) -> ImproveOutput:
    given = given_words(*LINES, glossary=GLOSSARY)
    answer = ImproveAnswer(
        fixes=tuple(
            WordFix(cue=cue, before=before, after=after, reason="test")
            for cue, before, after in fixes
        )
    )
    return bind_fixes(given, [answer], 1 / 3)


def test_a_misheard_word_is_corrected_at_its_place_and_the_cue_stays() -> None:
    """The fix says which characters of which cue; times and numbers of cues are untouched."""
    out = _bound((0, "cooper netties", "Kubernetes"), (1, "Fossil", "FOCIL"))
    read = Overlay(cues_of(*LINES), out.fixes).cues
    assert [(fix.cue, fix.start_char, fix.before, fix.after) for fix in out.fixes] == [
        (0, 18, "cooper netties", "Kubernetes"),
        (1, 4, "Fossil", "FOCIL"),
    ]
    assert [cue.text for cue in read[:2]] == [
        "so we moved it to Kubernetes last um last week",
        "and FOCIL is, is the headliner of the next upgrade",
    ]
    assert [cue[:3] for cue in read] == [cue[:3] for cue in cues_of(*LINES)]


@pytest.mark.parametrize(
    ("fix", "reason"),
    [
        ((0, "Cooper nettles", "Kubernetes"), "unheard"),
        ((0, "last week", "tomorrow night"), "unlike"),
        ((2, "400", "4000"), "number"),
        ((2, "can not", "can"), "negation"),
        ((2, "can", "can"), "nothing"),
        ((0, "cooper netties", ""), "nothing"),
    ],
)
def test_what_is_more_than_a_correction_is_refused(fix: tuple[int, str, str], reason: str) -> None:
    """Words that are not there, that sound otherwise, or that change what was meant."""
    out = _bound(fix)
    assert out.fixes == ()
    assert out.counts == {"fixes": 0, f"rejected_{reason}": 1}


def test_a_cue_changes_by_a_bounded_share_of_its_letters() -> None:
    """The first corrections fit; the one that would make it more than a third is refused."""
    line = "barnabis and terrance and mikal and potus agreed"
    given = given_words(line)
    names = [("barnabis", "Barnabas"), ("terrance", "Terence")]
    more = [("mikal", "Mikhail Kalinin"), ("potus agreed", "Potuz has agreed entirely")]
    answer = ImproveAnswer(
        fixes=tuple(
            WordFix(cue=0, before=before, after=after, reason="") for before, after in names + more
        )
    )
    out = bind_fixes(given, [answer], 1 / 10)
    assert [fix.after for fix in out.fixes] == ["Barnabas", "Terence", "Mikhail Kalinin"]
    assert out.counts["rejected_too_much"] == 1


def test_a_cue_number_that_is_a_little_off_is_put_right_and_times_stay() -> None:
    """Lines of a prompt hold several cues; the words say which."""
    assert [fix.cue for fix in _bound((1, "cooper netties", "Kubernetes")).fixes] == [0]


def test_two_corrections_of_the_same_words_are_one() -> None:
    """The first stands; the second finds its words taken."""
    out = _bound((1, "Fossil", "FOCIL"), (1, "Fossil is", "Fossils"))
    assert [fix.after for fix in out.fixes] == ["FOCIL"]
    assert out.counts["rejected_overlapping"] == 1

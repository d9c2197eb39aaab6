"""Uniting drafts of one page without putting a footnote under words it does not support."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from footnoted.knowledge.pages.composed import (
    ComposedClaim,
    ComposedPage,
    Grounds,
    Support,
    unite_claims,
)
from footnoted.model.identity import deterministic_id


def _support(number: int) -> Support:
    return Support(
        moment_id=deterministic_id("m", number), evidence_id=deterministic_id("e", number)
    )


def _claim(text: str, *numbers: int, heading: str = "H") -> ComposedClaim:
    return ComposedClaim(heading=heading, text=text, support=tuple(map(_support, numbers)))


def test_claims_that_differ_only_in_writing_are_one_with_all_support() -> None:
    """Case, punctuation and articles make no other claim; support is united once each."""
    (claim,) = unite_claims([_claim("Salt the water.", 1, 2), _claim("salt water", 2, 3)])
    assert claim.text == "Salt the water."
    assert claim.support == (_support(1), _support(2), _support(3))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Cut at 200 Hz.", "Cut at 300 Hz."),
        ("Compress before the reverb.", "Reverb before the compress."),
        ("Always salt it.", "Never salt it."),
        ("Turn it from 3 to 5.", "Turn it to 3 from 5."),
        ("Cut 20 percent.", "Cut 20."),
        ("The a.", "The an."),
    ],
)
def test_claims_that_say_something_else_stay_apart(one: str, other: str) -> None:
    """Near is not equal: the evidence of one is none of the other."""
    assert len(unite_claims([_claim(one, 1), _claim(other, 2)])) == 2


def test_claims_of_a_heading_stand_together() -> None:
    """In the order in which headings first came."""
    claims = unite_claims([_claim("One.", 1), _claim("Two.", 2, heading="I"), _claim("Three.", 3)])
    assert [claim.text for claim in claims] == ["One.", "Three.", "Two."]


def test_a_summary_rests_on_the_evidence_of_claims() -> None:
    """What no claim of the page cites can carry nothing on it."""
    stranger = Grounds(summary=(_support(9).evidence_id,))
    with pytest.raises(ValidationError, match="rest on the evidence of its claims"):
        ComposedPage(
            slug="a",
            title="A",
            summary="S",
            tags=(),
            tools=(),
            claims=(_claim("One.", 1),),
            grounds=stranger,
        )

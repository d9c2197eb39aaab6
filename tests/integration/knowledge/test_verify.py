"""The audit finds what was tampered with, whatever the matcher once said."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.fakes.workshop import Recording

if TYPE_CHECKING:
    from tests.fakes.workshop import Workshop

LINES = ("Let the bread rise until it has doubled", "Salt the bread dough at the very end")

TAMPERINGS = {
    "the second": "UPDATE evidence SET start_ms = start_ms + 1000 WHERE first_cue = 1",
    "the cues": "UPDATE evidence SET first_cue = 0 WHERE first_cue = 1",
    "cues that do not exist": "UPDATE evidence SET last_cue = 7 WHERE first_cue = 1",
    "the text": "UPDATE evidence SET text = 'Salt it whenever you like' WHERE first_cue = 1",
    "the quote": "UPDATE evidence SET quote = 'never salt any bread dough' WHERE first_cue = 1",
    "the transcript": """UPDATE transcripts SET cues = jsonb_set(cues, '{1,3}', '"Buy my book"')""",
}


@pytest.mark.parametrize("what", TAMPERINGS)
async def test_evidence_that_does_not_hold_is_an_offender(workshop: Workshop, what: str) -> None:
    """With it the moment and the claim that rest on it."""
    await workshop.process(await workshop.add(Recording("bread", LINES)))
    await workshop.compose()
    before = await workshop.verify()
    await workshop.rows(TAMPERINGS[what] + " RETURNING id")
    after = await workshop.verify()
    assert before.holds
    assert (before.claims, before.moments, before.evidence) == (2, 2, 2)
    assert sorted(item.what for item in after.offenders) == ["claim", "evidence", "moment"]


async def test_a_claim_without_evidence_is_an_offender(workshop: Workshop) -> None:
    """Nothing is published on nothing."""
    await workshop.process(await workshop.add(Recording("bread", LINES)))
    await workshop.compose()
    await workshop.rows("DELETE FROM claim_evidence RETURNING claim_id")
    report = await workshop.verify()
    assert [(item.what, item.why) for item in report.offenders] == [
        ("claim", "it has no evidence"),
        ("claim", "it has no evidence"),
    ]

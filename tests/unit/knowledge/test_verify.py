"""The audit's own eyes."""

from __future__ import annotations

import pytest

from footnoted.knowledge.audit.store import AuditedEvidence, StoredCue
from footnoted.knowledge.verify import fault_of
from footnoted.model.citation import MatchKind
from footnoted.model.identity import deterministic_id

CUES = [
    StoredCue(0, 0, 2000, "So we cut five percent", None, "speech"),
    StoredCue(1, 2000, 3000, "[Music]", None, "sound"),
    StoredCue(2, 3000, 5000, "of the café's budget.", None, "speech"),
]
GOOD = AuditedEvidence(
    id=deterministic_id("e", 1),
    video_id=1,
    quote="cut 5% of the cafe's budget",
    match=MatchKind.FUZZY,
    score=0.9,
    first_cue=0,
    last_cue=2,
    start_ms=0,
    end_ms=5000,
    text="cut five percent of the café's budget.",
    url="https://video.example/watch?v=1",
)
EXACT = GOOD._replace(
    match=MatchKind.EXACT, score=1.0, quote="Cut five percent of the cafe's budget"
)


def _cues_for(item: AuditedEvidence) -> list[StoredCue]:
    """Return the cues, with one more that says what the item claims if it is at cue 3 alone."""
    said = StoredCue(3, 5000, 5000, item.text, None, "speech")
    return [*CUES, said] if item.first_cue == 3 else CUES


def _said(quote: str, text: str) -> AuditedEvidence:
    """Return evidence that calls `quote` exact where `text` was said, at a cue of its own."""
    return EXACT._replace(quote=quote, text=text, first_cue=3, last_cue=3, start_ms=5000)


@pytest.mark.parametrize(
    "item",
    [
        GOOD,
        EXACT,
        EXACT._replace(start_ms=0, url=None),
        EXACT._replace(url="file:///talk.mp4"),
        EXACT._replace(quote="cut five % of the cafe's budget"),
        _said("cut 1,000.50 & more", "cut 1000.5 and more"),
        _said("at minus 6 dB", "at -6 dB"),
    ],
)
def test_what_can_be_heard_has_no_fault(item: AuditedEvidence) -> None:
    """Writing is no difference, and a sound between the words is none."""
    assert fault_of(item, _cues_for(item)) is None


@pytest.mark.parametrize(
    ("item", "fault"),
    [
        (_said("at 6 dB", "at -6 dB"), "word for word"),
        (_said("take 2.5", "take 2.05"), "word for word"),
        (_said("take 20", "take 2"), "word for word"),
        (GOOD._replace(last_cue=3), "do not exist"),
        (GOOD._replace(first_cue=2, last_cue=0), "do not exist"),
        (GOOD._replace(start_ms=1), "times"),
        (GOOD._replace(end_ms=None), "times"),
        (GOOD._replace(text="cut six percent"), "does not stand"),
        (GOOD._replace(text=""), "does not stand"),
        (EXACT._replace(quote="cut five percent of the old budget"), "word for word"),
        (GOOD._replace(quote="buy my new book today"), "not said there"),
        (GOOD._replace(url="https://video.example/#a&t=5"), "its link opens at"),
    ],
)
def test_what_cannot_be_heard_is_named(item: AuditedEvidence, fault: str) -> None:
    """Each lie by its own sentence."""
    found = fault_of(item, _cues_for(item))
    assert found is not None
    assert fault in found.why
    assert found.is_in_link == ("link" in fault)


def test_words_without_spaces_are_compared_by_letters() -> None:
    """Japanese is verified too."""
    cue = StoredCue(0, None, None, "生地を十分こねる", None, "speech")
    item = GOOD._replace(
        quote="生地を十分こねた",
        text="生地を十分こねる",
        last_cue=0,
        start_ms=None,
        end_ms=None,
    )
    assert fault_of(item, [cue]) is None
    assert fault_of(item._replace(quote="塩を加えて待つ"), [cue]) is not None

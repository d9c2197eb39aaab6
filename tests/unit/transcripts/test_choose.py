"""Which of several transcripts is used."""

from __future__ import annotations

import random
from typing import Any

import pytest

from footnoted.model.transcript import TranscriptOrigin
from footnoted.transcripts.choose import Candidate, rank

AUTO = TranscriptOrigin.CAPTIONS_AUTO
MANUAL = TranscriptOrigin.CAPTIONS_MANUAL
IMPORTED = TranscriptOrigin.IMPORTED
EDITED = TranscriptOrigin.EDITED


def file(path: str, origin: TranscriptOrigin = IMPORTED, **fields: Any) -> Candidate:
    """Return a timed file in no language."""
    values: dict[str, Any] = {
        "language": None,
        "is_original": False,
        "is_timed": True,
        "is_copy": False,
        "modified_ns": 0,
    }
    return Candidate(path=path, sha256=path, origin=origin, **{**values, **fields})


@pytest.mark.parametrize(
    "in_order",
    [
        [
            file("z", EDITED, is_timed=False),
            file("y", MANUAL),
            file("x", AUTO, is_original=True),
            file("w", IMPORTED),
            file("v", AUTO, language="en"),
        ],
        [file("z"), file("a", is_timed=False)],
        [
            file("z", language="de"),
            file("y", language="de-AT"),
            file("x", language="en"),
            file("w"),
            file("v", language="fr"),
        ],
        [file("z", modified_ns=2), file("a", modified_ns=1)],
        [file("a"), file("b")],
        [file("z", AUTO), file("a", EDITED, is_copy=True)],
    ],
    ids=["origin", "times", "language", "newest", "path", "copies last"],
)
def test_the_best_comes_first(in_order: list[Candidate]) -> None:
    """Whatever order they are given in."""
    for seed in range(5):
        shuffled = random.Random(seed).sample(in_order, len(in_order))  # noqa: S311 - a shuffle
        assert rank(shuffled, ["de", "en"]) == in_order


def test_without_a_wish_a_file_in_no_language_comes_first() -> None:
    """It is most likely in the language that is spoken."""
    unnamed, french = file("b"), file("a", language="fr")
    assert rank([french, unnamed]) == [unnamed, french]

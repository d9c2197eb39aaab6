"""What a moment is found by."""

from __future__ import annotations

from uuid import UUID

import pytest

from footnoted.search.documents import MomentFacts, VideoFacts, moment_document

VIDEO = VideoFacts(video_id=1, profile="techniques", creator="Ann", title="A talk")
QUOTE = "So glue the walls of the mortise."


@pytest.mark.parametrize(
    ("summary", "expected"),
    [
        ("Glue only the walls.", f"Glue only the walls.\n{QUOTE}"),
        ("Glue the walls of the mortise.", QUOTE),
        (QUOTE, QUOTE),
        ("", QUOTE),
    ],
)
def test_words_that_the_quote_has_are_not_said_twice(summary: str, expected: str) -> None:
    """A summary that was chosen from the quote would weigh double, and read double."""
    moment = MomentFacts(UUID(int=1), "Glue", summary, QUOTE, start_ms=0, end_ms=1)
    assert moment_document(VIDEO, moment).text == expected

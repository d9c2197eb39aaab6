"""What is said of an entity without an edge."""

from __future__ import annotations

import pytest

from footnoted.cli.graph import why_no_way, why_unconnected
from footnoted.profiles.brain.graph.scope import Followed, Scope


def test_an_entity_without_an_edge_is_connected_with_nothing() -> None:
    """Where every edge was looked at."""
    assert why_unconnected(Followed()) == "It is connected with nothing."


@pytest.mark.parametrize(
    "followed",
    [Followed(kinds=("stated",)), Followed(types=("place",)), Followed(scope=Scope(video_id=1))],
)
def test_edges_that_options_leave_out_are_not_said_to_be_none(followed: Followed) -> None:
    """Edges of other kinds, to other types or of other recordings may be there."""
    assert why_unconnected(followed).startswith("With these options")
    sentence = "No way of at most 6 edges leads from one to the other with these options."
    assert why_no_way(followed) == sentence


def test_a_way_that_is_too_long_is_not_said_to_be_none() -> None:
    """Only so far was looked."""
    sentence = "No way of at most 6 edges leads from one to the other."
    assert why_no_way(Followed()) == sentence

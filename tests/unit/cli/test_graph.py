"""What is said of an entity without an edge."""

from __future__ import annotations

import pytest

from footnoted.cli.graph import why_unconnected
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

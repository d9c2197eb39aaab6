"""What is told of the index beside what is stale."""

from __future__ import annotations

from datetime import UTC, datetime

from footnoted.cli.stale import edge_of_index
from footnoted.pipeline.embedding.standing import SpecStanding
from footnoted.search.embedding.rows import SpecState

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def standing(key: str, state: SpecState, embedded: int = 4) -> SpecStanding:
    """Return a spec of four documents."""
    nothing = {"wait_reason": None, "wait_detail": None, "not_before": None}
    times = {"created_at": NOW, "served_at": None, "retired_at": None}
    return SpecStanding.model_validate(
        {
            "key": key,
            "sha256": key,
            "state": state,
            "channels": (),
            "documents": 4,
            "embedded": embedded,
            "is_whole": True,
            "switches": False,
            **nothing,
            **times,
        }
    )


def test_a_spec_that_is_wanted_and_does_not_serve_is_an_edge() -> None:
    """With how far it is, once it was begun; what serves is none."""
    serving = standing("aaaa", SpecState.SERVING)
    begun = standing("bbbb", SpecState.BUILDING, embedded=1)
    assert edge_of_index([serving], "aaaa") is None
    assert edge_of_index([], "bbbb") == "embedder spec words alone→bbbb"
    expected = "embedder spec aaaa→bbbb, 1 of 4 documents embedded"
    assert edge_of_index([serving, begun], "bbbb") == expected

"""What is told of the index beside what is stale."""

from __future__ import annotations

from datetime import UTC, datetime

from footnoted.cli.plan_words import under_way
from footnoted.cli.stale import edge_of_index
from footnoted.pipeline.embedding.standing import SpecStanding
from footnoted.reprocess.plans.store import UnderWay
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
    beside = "(a daemon builds it beside)"
    assert edge_of_index([], "bbbb") == f"embedder spec words alone→bbbb {beside}"
    expected = "embedder spec aaaa→bbbb, 1 of 4 documents embedded"
    assert edge_of_index([serving, begun], "bbbb") == f"{expected} {beside}"
    left = begun.model_copy(update={"state": SpecState.RETIRED})
    again = "(`footnoted embedding build` takes it up again)"
    assert edge_of_index([serving, left], "bbbb") == f"{expected} {again}"


def test_what_a_plan_put_back_is_told_until_it_is_redone() -> None:
    """By the plan's number, so that nobody plans it twice."""
    assert under_way(UnderWay(3, 9, 1, 2)) == (
        "Plan 3 is under way: 9 videos put back and not redone yet, 2 page groups to be written"
        " anew, 1 video that stopped (`footnoted status` says why)."
    )

"""What is told of a stale output."""

from __future__ import annotations

from footnoted.pipeline.orders.order import Order
from footnoted.reprocess.edges import Edge, edges_of

PARTS = {"stage": "extract", "version": "2", "model": "a", "prompt": "3f2a" + "0" * 60}


def done(**changes: str) -> Order:
    """Return the closed order of a stage that was made by these parts."""
    return Order(0, {**PARTS, **changes}, "given", None, "output")


def test_nothing_changed_nothing_is_told() -> None:
    """Equal parts have no edge."""
    assert edges_of(done(), PARTS) == ()


def test_each_changed_part_is_an_edge() -> None:
    """In the order of their names; a part that is new or gone counts."""
    now = {**PARTS, "model": "b", "taxonomy:Sound Design": "x"}
    assert edges_of(done(version="1"), now) == (
        Edge("model", "a", "b"),
        Edge("taxonomy:Sound Design", None, "x"),
        Edge("version", "1", "2"),
    )


def test_a_stage_that_never_ran_was_added() -> None:
    """That is not told of one that waits for its answers."""
    open_order = Order(0, PARTS, "given", "{}", None)
    told = [
        edge.words("extract") for order in (None, open_order) for edge in edges_of(order, PARTS)
    ]
    assert told == ["stage added", "begun, and not finished"]


def test_edges_are_told_in_words() -> None:
    """Hashes by their beginning, prompts by their file, categories by their name."""
    told = [
        Edge("prompt", "3f2a" + "0" * 60, "91bc" + "0" * 60).words("segment"),
        Edge("version", "2", "3").words("segment"),
        Edge("model", "a>b", "c").words("segment"),
        Edge("taxonomy:Sound Design", "3f2a" + "0" * 60, None).words("classify"),
        Edge("input").words("classify"),
        Edge("effort", None, "medium").words("compose"),
        Edge("effort", "medium", None).words("compose"),
        Edge("base_url", "http://127.0.0.1:11434", None).words("compose"),
    ]
    assert told == [
        "prompt segment.md 3f2a→91bc",
        "stage version 2→3",
        "model a>b→c",
        'taxonomy "Sound Design" 3f2a→none',
        "what it is given",
        "effort now medium",
        "effort medium→low",
        "server http://127.0.0.1:11434→Anthropic's",
    ]

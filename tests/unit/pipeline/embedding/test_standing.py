"""Which spec a person means, and whether it may do what is asked of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from footnoted.errors import UsageError
from footnoted.pipeline.embedding.standing import (
    ChannelStanding,
    SpecStanding,
    chosen,
    to_drop,
    to_go_back_to,
    to_switch_to,
)
from footnoted.search.embedding.rows import SpecRow, SpecState
from footnoted.search.embedding.spec import Channel, words_spec

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def row(model: str, state: str, *, whole: bool = True, hours: int = 0) -> SpecRow:
    """Return a spec of a model, left so many hours after noon where it was left."""
    at = NOON + timedelta(hours=hours)
    channel = Channel(name="text", maker="openai", model=model, dimensions=2)
    return SpecRow(
        spec=words_spec(channel),
        state=SpecState(state),
        switches=False,
        created_at=NOON,
        filled_at=NOON if whole else None,
        retired_at=at if state == "retired" else None,
    )


SERVING, READY = row("a", "serving"), row("b", "ready")
OLD, OLDER = row("c", "retired", hours=2), row("d", "retired", hours=1)
BEHIND, GONE = row("e", "ready", whole=False), row("f", "dropped", whole=False)
ALL = [SERVING, OLDER, OLD, READY, GONE]


def test_a_spec_is_named_by_the_beginning_of_its_key() -> None:
    """One that is none, and one that could be any, are refused with what there is."""
    assert chosen(ALL, OLD.spec.key[:6]) is OLD
    with pytest.raises(UsageError, match="no spec begins with 'x'; there is "):
        chosen(ALL, "x")
    with pytest.raises(UsageError, match="5 specs begin with ''"):
        chosen(ALL, "")
    with pytest.raises(UsageError, match="there is none"):
        chosen([], "a")


def test_one_switches_to_what_is_ready_or_was_left() -> None:
    """The newest that is ready, or the named one; nothing that is not whole."""
    assert to_switch_to(ALL, None) is READY
    assert to_switch_to(ALL, OLDER.spec.key) is OLDER
    with pytest.raises(UsageError, match="is dropped; only a ready or retired spec can serve"):
        to_switch_to(ALL, GONE.spec.key)
    with pytest.raises(UsageError, match="no spec is ready"):
        to_switch_to([SERVING], None)
    with pytest.raises(UsageError, match="is being filled again"):
        to_switch_to([SERVING, BEHIND], None)


def test_one_goes_back_to_what_was_left_last() -> None:
    """Whatever was built first."""
    assert to_go_back_to(ALL) is OLD
    with pytest.raises(UsageError, match="no spec to go back to"):
        to_go_back_to([SERVING, READY, GONE])


def test_what_serves_cannot_be_dropped() -> None:
    """Nor what was dropped; everything else can."""
    assert to_drop(ALL, READY.spec.key) is READY
    with pytest.raises(UsageError, match="serves; switch to another spec"):
        to_drop(ALL, SERVING.spec.key)
    with pytest.raises(UsageError, match="was dropped already"):
        to_drop(ALL, GONE.spec.key)


@pytest.mark.parametrize(
    ("state", "embedded", "expected"),
    [
        ("serving", 4, True),
        ("serving", 3, False),
        ("ready", 3, False),
        ("building", 4, False),
        ("retired", 3, True),
        ("dropped", 0, True),
    ],
)
def test_a_spec_is_settled_when_nobody_is_to_make_anything_for_it(
    state: str, embedded: int, *, expected: bool
) -> None:
    """Whoever follows a build stops there; what serves without all its vectors is not done."""
    nothing = dict.fromkeys(
        ("wait_reason", "wait_detail", "not_before", "served_at", "retired_at"), None
    )
    channel = ChannelStanding(name="text", maker="openai", model="a", dimensions=2, version=1)
    standing = SpecStanding.model_validate(
        {
            **nothing,
            "key": "aaaa",
            "sha256": "aaaa",
            "state": state,
            "channels": (channel,),
            "documents": 4,
            "embedded": embedded,
            "is_whole": True,
            "switches": False,
            "created_at": NOON,
        }
    )
    assert (standing.is_settled, standing.gap is None) == (expected, embedded == 4)

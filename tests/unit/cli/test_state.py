"""What `status` says of sources, of items whose reason names them, and of work that is ready."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from footnoted.cli.state import print_state
from footnoted.model.status import ItemKind
from footnoted.pipeline.reports.report import (
    Example,
    GroupCounts,
    SourceCounts,
    StatusReport,
    StopLine,
)

AT = datetime(2026, 11, 21, 12, tzinfo=UTC)
SITE = "https://a.example/talks"


def report(sources: SourceCounts, *examples: Example) -> StatusReport:
    """Return the state of a library that has these sources, some of which stopped."""
    stop = StopLine(
        kind=ItemKind.SOURCE,
        status="failed",
        code="source_gone",
        count=len(examples),
        examples=examples,
        retry="footnoted retry --reason source_gone",
    )
    return StatusReport(
        at=AT,
        paused_since=None,
        alerts=(),
        silent_receivers=(),
        videos=(),
        ready=0,
        working=(),
        waiting=(),
        stopped=(stop,) if examples else (),
        withheld=(),
        page_groups=GroupCounts(due=0, gathering=0, gathering_until=None),
        pages=0,
        sources=sources,
        index_behind=0,
        index_behind_since=None,
        calls_today=0,
        cost_today_usd=Decimal(0),
    )


def test_sources_that_failed_are_not_said_to_be_followed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Nobody looks at them until they are taken up again."""
    print_state(
        report(SourceCounts(followed=10, paused=1, failed=3, next_poll_at=None)), is_running=True
    )
    assert "Sources       10 followed, 3 failed, 1 paused\n" in capsys.readouterr().out


def test_a_source_that_is_called_by_its_address_names_it_once(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Its reason says the address; one with a name of its own keeps it."""
    why = f"Unsupported URL: {SITE}"
    print_state(
        report(
            SourceCounts(followed=0, paused=0, failed=2, next_poll_at=None),
            Example(id=1, title=SITE, detail=why),
            Example(id=2, title="Talks", detail=why),
        ),
        is_running=True,
    )
    shown = capsys.readouterr().out
    assert f"  source 1: {why}\n  source 2 'Talks': {why}\n" in shown


@pytest.mark.parametrize(
    ("ready", "paused_since", "expected"),
    [
        (1, None, "1 item is ready and no daemon is running on this machine: `footnoted run"),
        (2, None, "2 items are ready and no daemon is running on this machine: `footnoted run"),
        (1, AT, "1 item is ready, and nothing begins it while all work is paused."),
        (2, AT, "2 items are ready, and nothing begins them while all work is paused."),
    ],
)
def test_no_drain_is_offered_while_all_work_is_paused(
    ready: int,
    paused_since: datetime | None,
    expected: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """It would end at once, with nothing done; how to go on is said above."""
    state = report(SourceCounts(followed=1, paused=0, failed=0, next_poll_at=None))
    changes = {"ready": ready, "paused_since": paused_since}
    print_state(state.model_copy(update=changes), is_running=False)
    printed = capsys.readouterr()
    assert expected in " ".join(printed.err.split())
    assert ("`footnoted resume` goes on" in printed.out) == (paused_since is not None)
    assert ("--drain" in printed.err) == (paused_since is None)

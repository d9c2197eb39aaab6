"""What the demo tells at its end, and when it takes itself for failed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

from footnoted.cli.demo_run import Outcome
from footnoted.cli.demo_story import page_excerpt, summary_lines
from footnoted.knowledge.pages.view import ClaimView, Footnote, PageView, SectionView
from footnoted.knowledge.verify import Offender, VerifyReport
from footnoted.knowledge.versions import Provenance
from footnoted.model.status import ItemKind
from footnoted.pipeline.reports.report import (
    Example,
    GroupCounts,
    SourceCounts,
    StatusCount,
    StatusReport,
    StopLine,
)
from footnoted.search.highlight import Excerpt
from footnoted.search.port import Document, DocumentKind
from footnoted.search.query import SearchResult

AT = datetime(2026, 3, 15, tzinfo=UTC)


def note(number: int) -> Footnote:
    """Return a footnote."""
    return Footnote(
        number=number,
        quote="said",
        video_id=number,
        video_title="A talk",
        first_cue=0,
        last_cue=0,
        start_ms=0,
        link=None,
        transcript_file=None,
    )


def make_page() -> PageView:
    """Return a page of two sections with two claims each; the first and last share a footnote."""
    claims = [ClaimView(text=str(n), footnotes=numbers) for n, numbers in enumerate(NUMBERS)]
    return PageView(
        id=UUID(int=1),
        slug="glue",
        title="Glue",
        profile="techniques",
        creator="Ann",
        creator_slug="ann",
        category="Crafts",
        version=1,
        claim_count=4,
        updated_at=AT,
        summary="",
        tags=(),
        tools=(),
        sections=(
            SectionView(heading="a", claims=tuple(claims[:2])),
            SectionView(heading="b", claims=tuple(claims[2:])),
        ),
        footnotes=(note(1), note(2), note(3)),
        provenance=Provenance(
            stage="compose",
            stage_version=1,
            models={},
            prompts={},
            taxonomy="",
            package_version="",
            git_sha="",
        ),
    )


NUMBERS = ((1,), (2,), (3,), (1, 3))


def make_status(*counts: tuple[str, int], stops: tuple[StopLine, ...]) -> StatusReport:
    """Return the state of a library whose videos stand like this."""
    return StatusReport(
        paused_since=None,
        at=AT,
        alerts=(),
        silent_receivers=(),
        videos=tuple(
            StatusCount(profile="techniques", status=status, count=count)
            for status, count in counts
        ),
        ready=0,
        working=(),
        waiting=(),
        stopped=stops,
        withheld=(),
        page_groups=GroupCounts(due=0, gathering=0, gathering_until=None),
        pages=1,
        sources=SourceCounts(followed=0, paused=0, failed=0, next_poll_at=None),
        index_behind=0,
        index_behind_since=None,
        calls_today=7,
        cost_today_usd=Decimal(0),
    )


def stop(status: str = "quarantined", code: str = "quality_repetition") -> StopLine:
    """Return one video that ended like this."""
    example = Example(id=1, title="Room tone", detail="It goes in loops.")
    return StopLine(
        kind=ItemKind.VIDEO, status=status, code=code, count=1, examples=(example,), retry=""
    )


def make_outcome() -> Outcome:
    """Return a demo that ended well."""
    document = Document(
        id=UUID(int=1),
        kind=DocumentKind.MOMENT,
        profile="techniques",
        creator="Ann",
        title="",
        text="",
    )
    hit = SearchResult(document=document, score=1, link=None, excerpt=Excerpt(text="", spans=()))
    return Outcome(
        samples=3,
        status=make_status(("indexed", 2), ("quarantined", 1), stops=(stop(),)),
        audit=VerifyReport(claims=4, moments=5, evidence=5, rejected=0, offenders=()),
        pages=1,
        page=make_page(),
        hit=hit,
        was_stopped=False,
    )


def test_a_demo_that_ended_well_has_no_faults_and_tells_all() -> None:
    """Videos by outcome with the reason, claims with their share, time and cost."""
    told = "\n".join(summary_lines(make_outcome(), 9.04))
    assert make_outcome().faults == []
    assert "3 of 3 samples: 2 indexed, 1 quarantined" in told
    assert "quarantined “Room tone”: quality_repetition\n           It goes in loops." in told
    assert "4, resting on 5 quotes, 100% of which resolve" in told
    assert "time       9.0 s\ncost       $0.00 for 7 calls" in told
    assert "FAULT" not in told


def test_each_thing_that_is_wrong_is_a_fault() -> None:
    """A demo that only looks well must not pass for one."""
    well = make_outcome()
    offender = Offender(what="evidence", id=UUID(int=1), video_id=1, why="wrong")
    unfinished = make_status(("indexed", 1), ("extracted", 1), ("quarantined", 1), stops=(stop(),))
    fewer = make_status(("indexed", 1), ("quarantined", 1), stops=(stop(),))
    unstopped = make_status(("indexed", 3), stops=())
    failed = make_status(
        ("indexed", 2), ("quarantined", 1), stops=(stop(), stop("failed", "unexpected"))
    )
    wrong = [
        replace(well, was_stopped=True),
        replace(well, status=unfinished),
        replace(well, status=fewer),
        replace(well, status=unstopped),
        replace(well, status=failed),
        replace(well, status=well.status.model_copy(update={"index_behind": 1})),
        replace(well, audit=well.audit.model_copy(update={"offenders": (offender,)})),
        replace(well, page=None),
        replace(well, hit=None),
    ]
    assert [len(outcome.faults) for outcome in wrong] == [1] * len(wrong)


def test_an_excerpt_keeps_exactly_the_footnotes_that_it_uses() -> None:
    """Three claims of four: the second section is cut, and no note is left over."""
    shown = page_excerpt(make_page(), 3)
    assert [claim.text for part in shown.sections for claim in part.claims] == ["0", "1", "2"]
    assert [one.number for one in page_excerpt(make_page(), 1).footnotes] == [1]
    assert [one.number for one in shown.footnotes] == [1, 2, 3]
    assert [part.heading for part in page_excerpt(make_page(), 2).sections] == ["a"]

"""Followed sources, for people and for programs."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from pydantic_core import to_jsonable_python

from footnoted.cli.backlog_words import print_backlog
from footnoted.cli.lines import remark, say
from footnoted.cli.tables import write_table
from footnoted.cli.terminal import write_json
from footnoted.cli.times import relative, show_span
from footnoted.clock import SystemClock

if TYPE_CHECKING:
    from collections.abc import Sequence

    from footnoted.cli.adding import Followed
    from footnoted.pipeline.controls.removal.removal import RemovedSource
    from footnoted.reprocess.services.backlog import BacklogCost
    from footnoted.sources.follow import SourcePreview
    from footnoted.sources.net.preview import NetPreview, PreviewLine
    from footnoted.sources.net.store import OfferedItem
    from footnoted.sources.store import Source

_NOTHING = "Nothing is followed yet: `footnoted source add PLACE` follows a channel, feed, folder."
_MOST_NAMED = 20


def print_added(added: Sequence[Followed], *, as_json: bool) -> None:
    """Print the sources that follow places now, and what of them is not as it was asked."""
    if as_json:
        lines = [
            {
                "is_new": one.is_new,
                "source": _fields(one.source),
                "not_applied": list(one.not_applied),
            }
            for one in added
        ]
        write_json("source.add/2", {"sources": lines})
    else:
        _print_added(added)
    for one in added:
        if one.not_applied:
            words = " ".join(one.not_applied)
            remark(
                f"not applied, as source {one.source.id} is followed already: {words};"
                f" say `footnoted source edit {one.source.id} {words}`"
            )


def _print_added(added: Sequence[Followed]) -> None:
    for one in added:
        source = one.source
        if one.is_new:
            say(f"Source {source.id} follows {source.locator}, {_when(source)}.")
        else:
            say(f"Source {source.id} follows {source.locator} already, unchanged.")
    if any(one.is_new for one in added):
        remark("`footnoted run` looks there; a running daemon has begun.")


def _when(source: Source) -> str:
    if source.schedule is None:
        return f"every {show_span(source.poll_interval_s)}"
    return "in its own rhythm" if source.schedule == "adaptive" else source.schedule


def print_items(items: Sequence[OfferedItem], total: int, *, as_json: bool) -> None:
    """Print what became of the items of a source, newest first."""
    if as_json:
        lines = [to_jsonable_python(item._asdict()) for item in items]
        write_json("source.items/1", {"items": lines, "total": total})
        return
    if not items:
        say("Nothing was offered there yet.")
        return
    now = SystemClock().now()
    rows = [
        (
            "-" if item.published_at is None else f"{item.published_at:%Y-%m-%d}",
            item.title,
            item.state,
            "-" if item.decide_at is None else relative(item.decide_at, now),
            item.detail or "-",
        )
        for item in items
    ]
    write_table(("published", "title", "became", "decided", "why"), rows)
    if total > len(items):
        remark(f"... and {total - len(items)} more; --limit shows them")


def print_net_preview(preview: NetPreview, cost: BacklogCost, *, as_json: bool) -> None:
    """Print what following a place on the net would take, what not, and what it would cost."""
    if as_json:
        fields = preview.model_dump(mode="json")
        write_json("source.test/4", {**fields, "cost": cost.model_dump(mode="json")})
        return
    say(f"{preview.title or preview.locator} ({preview.kind})")
    if preview.takes:
        rows = [(_day(line), line.title, _length(line.duration_ms)) for line in preview.takes]
        write_table(("published", "would take", "length"), rows)
    else:
        say("Nothing there would be taken.")
    print_backlog(cost)
    _remark_open([line for line in preview.takes if line.detail is not None])
    for line in preview.leaves[:_MOST_NAMED]:
        remark(f"not taken: {line.title}: {line.detail}")
    if len(preview.leaves) > _MOST_NAMED:
        remark(f"... and {len(preview.leaves) - _MOST_NAMED} more are not; --json names all")
    for problem in preview.skipped[:_MOST_NAMED]:
        remark(f"note: {problem}")


def _remark_open(lines: Sequence[PreviewLine]) -> None:
    """Say of what would be taken what could not be judged yet."""
    for line in lines[:_MOST_NAMED]:
        remark(f"note: {line.title}: {line.detail}")
    if len(lines) > _MOST_NAMED:
        remark(f"... and so of {len(lines) - _MOST_NAMED} more; --json names all")


def _day(line: PreviewLine) -> str:
    return "-" if line.published_at is None else f"{line.published_at:%Y-%m-%d}"


def _length(duration_ms: int | None) -> str:
    return "-" if duration_ms is None else show_span(duration_ms / 1000)


def print_sources(sources: Sequence[Source], *, as_json: bool) -> None:
    """Print sources, one a line."""
    if as_json:
        write_json("source.list/1", {"sources": [_fields(source) for source in sources]})
    elif sources:
        headers = ("id", "title", "state", "recordings", "next look", "profiles", "place")
        write_table(headers, [_row(source) for source in sources])
    else:
        say(_NOTHING)


def _row(source: Source) -> tuple[object, ...]:
    is_looked_at = not source.paused and source.failure_code is None
    next_look = relative(source.next_poll_at, SystemClock().now()) if is_looked_at else "-"
    return (
        source.id,
        source.title,
        _state(source),
        source.media_count,
        next_look,
        ", ".join(source.profiles),
        source.locator,
    )


def _state(source: Source) -> str:
    if source.paused:
        return "paused"
    if source.failure_code:
        return f"{source.status}: {source.failure_code}: {source.failure_detail}"
    if source.wait_reason:
        return f"waiting: {source.wait_reason}: {source.wait_detail}"
    return source.status


def _fields(source: Source) -> dict[str, object]:
    fields: dict[str, object] = to_jsonable_python(source._asdict())
    return fields


def print_preview(preview: SourcePreview, cost: BacklogCost, *, as_json: bool) -> None:
    """Print what a look would take, what not, and what it would cost."""
    if as_json:
        ignored = [{"path": path, "reason": reason} for path, reason in preview.ignored]
        fields = {**asdict(preview), "ignored": ignored, "cost": cost.model_dump(mode="json")}
        write_json("source.test/3", fields)
        return
    if preview.takes:
        rows = [
            (
                take.title,
                take.creator,
                "yes" if take.has_transcript else "no",
                _length(take.duration_ms),
                len(take.files),
            )
            for take in preview.takes
        ]
        write_table(("title", "creator", "transcript", "length", "files"), rows)
    else:
        say("Nothing there would be taken.")
    print_backlog(cost)
    notes = [f"not taken: {leave.title}: {leave.detail}" for leave in preview.leaves[:_MOST_NAMED]]
    if len(preview.leaves) > _MOST_NAMED:
        notes.append(f"... and {len(preview.leaves) - _MOST_NAMED} more are not; --json names all")
    notes += [f"not taken: {path}: {reason}" for path, reason in preview.ignored[:_MOST_NAMED]]
    notes += [f"still being written: {path}" for path in preview.unsettled[:_MOST_NAMED]]
    notes += [f"note: {problem}" for problem in preview.problems[:_MOST_NAMED]]
    for note in notes:
        remark(note)
    hidden = sum(preview.ignored_counts.values()) - min(len(preview.ignored), _MOST_NAMED)
    if hidden > 0:
        remark(f"... and {hidden} more are not taken; --json names more")


def print_removed(removed: RemovedSource, *, as_json: bool) -> None:
    """Print what became of a source's videos."""
    if as_json:
        write_json("source.remove/1", asdict(removed))
        return
    counts = {"erased": removed.purged, "cancelled": removed.cancelled, "kept": removed.kept}
    shown = [f"{count} {what}" for what, count in counts.items() if count]
    videos = ", ".join(shown) or "none"
    say(f"Source {removed.id} {removed.title!r} is followed no longer. Its videos: {videos}.")

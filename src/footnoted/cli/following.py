"""Followed sources, for people and for programs."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from pydantic_core import to_jsonable_python

from footnoted.cli.lines import remark, say
from footnoted.cli.tables import write_table
from footnoted.cli.terminal import write_json
from footnoted.cli.times import relative, show_span
from footnoted.clock import SystemClock

if TYPE_CHECKING:
    from collections.abc import Sequence

    from footnoted.pipeline.controls.removal.removal import RemovedSource
    from footnoted.sources.follow import AddedSource, SourcePreview
    from footnoted.sources.store import Source

_NOTHING = "No folder is followed yet: `footnoted source add FOLDER` follows one."
_MOST_NAMED = 20


def print_added(added: AddedSource, *, as_json: bool) -> None:
    """Print the source that follows a place now."""
    source = added.source
    if as_json:
        fields = {"is_new": added.is_new, "source": _fields(source)}
        write_json("source.add/1", fields)
        return
    if added.is_new:
        every = show_span(source.poll_interval_s)
        say(f"Source {source.id} follows {source.locator}, every {every}.")
        remark("`footnoted run` looks at it; a running daemon has begun.")
    else:
        say(f"Source {source.id} follows {source.locator} already, unchanged.")


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
    next_look = "-" if source.paused else relative(source.next_poll_at, SystemClock().now())
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


def print_preview(preview: SourcePreview, *, as_json: bool) -> None:
    """Print what a look would take, and what not."""
    if as_json:
        ignored = [{"path": path, "reason": reason} for path, reason in preview.ignored]
        write_json("source.test/1", {**asdict(preview), "ignored": ignored})
        return
    if preview.takes:
        rows = [
            (take.title, take.creator, "yes" if take.has_transcript else "no", len(take.files))
            for take in preview.takes
        ]
        write_table(("title", "creator", "transcript", "files"), rows)
    else:
        say("Nothing there would be taken.")
    notes = [f"not taken: {path}: {reason}" for path, reason in preview.ignored[:_MOST_NAMED]]
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

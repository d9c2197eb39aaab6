"""One video as a person reads it: facts, state, words, topics, moments, pages, history."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Any

from rich.text import Text

from footnoted.cli.lines import say
from footnoted.cli.runs import run_rows
from footnoted.cli.tables import write_table
from footnoted.cli.terminal import plain
from footnoted.cli.times import show_span, show_time
from footnoted.model.text import clock_time
from footnoted.model.transcript import TranscriptOrigin

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from footnoted.pipeline.reports.items.report import Indexing
    from footnoted.pipeline.reports.videos.report import (
        EventLine,
        EvidenceLine,
        MomentLine,
        TranscriptLine,
        VideoReport,
    )

_LABEL = 14
_TRANSLATED = TranscriptOrigin.CAPTIONS_TRANSLATED.value


def print_video(report: VideoReport, indexing: Indexing) -> None:
    """Print everything but the words."""
    say(plain(report.facts.title, "bold"))
    state = (*_state(report), *_transcripts(report), ("Index", _indexed(indexing)))
    for label, value in (*_facts(report), *state):
        say(Text(f"{label:<{_LABEL}}", "bold").append(plain(value)))
    _print_topics(report)
    _print_moments(report)
    _print_pages(report)
    _print_history(report)


def _facts(report: VideoReport) -> Iterator[tuple[str, str]]:
    facts = report.facts
    yield "Video", f"{facts.id}, profile {facts.profile}"
    yield "Creator", facts.creator
    if facts.url:
        yield "Link", facts.url
    if facts.published_at:
        yield "Published", f"{facts.published_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    if report.duration_ms is not None:
        yield "Duration", show_span(report.duration_ms / 1000)
    if facts.language:
        yield "Language", _language(facts.language, report.transcripts)
    if facts.tags:
        yield "Tags", ", ".join(facts.tags)
    if facts.source_id is not None:
        yield "Source", str(facts.source_id)
    if report.owner is not None:
        yield "Owner", report.owner
    for file in report.files:
        gone = f", missing since {show_time(file.missing_at, report.at)}" if file.missing_at else ""
        yield "File", f"{file.path} ({file.origin or file.role}{gone})"


def _state(report: VideoReport) -> Iterator[tuple[str, str]]:
    state = report.state
    in_work = f", in work until {show_time(state.in_work_until, report.at)}"
    yield "Status", state.status + (in_work if state.in_work_until else "")
    if state.wait_until is not None:
        yield "Waiting for", f"{state.wait_reason}, until {show_time(state.wait_until, report.at)}"
        if state.wait_detail:
            yield "", state.wait_detail
        if state.deadline is not None:
            yield "Given up", show_time(state.deadline, report.at)
    if state.failure_code is not None or state.failure_detail is not None:
        yield "Why", ": ".join(filter(None, (state.failure_code, state.failure_detail)))
    if state.stopped_after is not None:
        yield "Stopped after", f"{state.stopped_after}; {_retry(report)}"
    yield from _withheld(report)
    if state.attempts:
        yield "Attempts", str(state.attempts)
    if state.quality_accepted:
        yield "Quality", "accepted by hand"


def _withheld(report: VideoReport) -> Iterator[tuple[str, str]]:
    withheld = report.state.withheld
    if withheld is None:
        return
    at = withheld.next_at
    again = f", looked at again {show_time(at, report.at)}" if at is not None else ""
    yield "Withheld", f"{withheld.reason}{again}; what was taken before stays"
    if withheld.detail:
        yield "", withheld.detail


def _indexed(indexing: Indexing) -> str:
    """Return how much of a video can be found."""
    if not indexing.documents:
        return "nothing of it yet"
    parts = [f"{indexing.documents} documents"]
    if indexing.embedded is not None:
        parts.append(f"{indexing.embedded} of them with vectors")
    parts.append(f"{indexing.waiting} on their way" if indexing.waiting else "all can be found")
    return ", ".join(parts)


def _retry(report: VideoReport) -> str:
    from footnoted.pipeline.reports.status import accepts_quality

    accepts = " --accept-quality" if accepts_quality(report.state.failure_code) else ""
    return f"`footnoted retry {report.facts.id}{accepts}` takes it up again"


def _transcripts(report: VideoReport) -> Iterator[tuple[str, str]]:
    for version in report.transcripts:
        yield "Transcript", _transcript(version)


def _language(language: str, versions: Iterable[TranscriptLine]) -> str:
    """Return a language, and whether it is only that of words a machine translated."""
    origins = {one.origin for one in versions if one.is_used and one.language == language}
    told = ", translated by a machine" if _TRANSLATED in origins else ""
    return f"{language}{told}"


def _transcript(version: TranscriptLine) -> str:
    used = "" if version.is_used else " (not used)"
    parts = [
        f"version {version.version}{used}: {version.word_count} words in {version.cue_count} cues",
        f"{version.format}, {version.origin}",
        version.language or "language unknown",
        *(["translated by a machine"] if version.origin == _TRANSLATED else []),
        *([] if version.is_timed else ["without times"]),
        *version.notes,
        *_quality(version),
    ]
    return "; ".join(parts)


def _quality(version: TranscriptLine) -> Iterator[str]:
    reason = version.quality.get("reason")
    yield reason if isinstance(reason, str) and reason else "passed the quality gate"


def _print_topics(report: VideoReport) -> None:
    if not report.topics:
        return
    _head(f"Topics ({len(report.topics)})")
    for topic in report.topics:
        say(
            Text(f"  {_time(topic.start_ms):>8}  ", "dim").append(
                plain(topic.title or "(no topic)", "not dim")
            )
        )


def _print_moments(report: VideoReport) -> None:
    if report.moments is None:
        _head(f"Moments: the profile {report.facts.profile} is not installed")
        return
    if not report.moments:
        return
    _head(f"Moments ({len(report.moments)})")
    for number, line in enumerate(report.moments, start=1):
        _print_moment(number, line)
    if report.rejected_quotes:
        say(f"  {report.rejected_quotes} quotes were not found in the transcript and left out")


def _print_moment(number: int, line: MomentLine) -> None:
    moment = line.moment
    where = " > ".join(part for part in (moment.category, moment.subtopic) if part)
    about = " · ".join(
        part for part in (moment.kind, where or "unclassified", ", ".join(moment.tools)) if part
    )
    start_ms = line.evidence.start_ms if line.evidence else None
    head = Text(f"  {number:>2}. ").append(plain(moment.title, "bold"))
    say(head.append("  ").append(plain(f"{_time(start_ms)} · {about}", "dim")))
    for text in _evidence(line.evidence):
        say(Text("      ").append(plain(text)))


def _evidence(evidence: EvidenceLine | None) -> Iterator[str]:
    if evidence is None:
        yield "its evidence is gone; `footnoted verify` tells more"
        return
    cues = f"cues {evidence.first_cue}-{evidence.last_cue}"
    yield f"“{evidence.quote}” ({evidence.match}, {evidence.score:.2f}, {cues})"
    if evidence.link:
        yield evidence.link


def _print_pages(report: VideoReport) -> None:
    if report.pages:
        _head(f"Cited on ({len(report.pages)})")
    for page in report.pages:
        say(Text("  ").append(plain(f"{page.title}: footnoted pages {page.slug}")))


def _print_history(report: VideoReport) -> None:
    if report.runs:
        _head(f"Runs ({len(report.runs)})")
        write_table(*run_rows(report.runs, report.at))
    if report.events:
        _head("Events, newest first")
        write_table(("at", "run", "event", "what"), [_event(line) for line in report.events])


def _event(line: EventLine) -> tuple[object, ...]:
    said = {name: value for name, value in line.fields.items() if value not in (None, "", [])}
    fields = ", ".join(f"{name} {_flat(value)}" for name, value in said.items())
    what = f"{line.stage}: {fields}" if line.stage else fields
    return (f"{line.at.astimezone(UTC):%Y-%m-%d %H:%M:%S}", line.run_number, line.name, what)


def _flat(value: Any) -> str:  # noqa: ANN401 - a JSON value
    if isinstance(value, dict):
        return ", ".join(f"{name} {_flat(inner)}" for name, inner in value.items())  # pyright: ignore[reportUnknownVariableType,reportUnknownArgumentType] - JSON
    return "; ".join(map(_flat, value)) if isinstance(value, list) else str(value)  # pyright: ignore[reportUnknownArgumentType] - JSON


def _head(text: str) -> None:
    say()
    say(Text(text, "bold"))


def _time(time_ms: int | None) -> str:
    return "-" if time_ms is None else clock_time(time_ms)

"""`footnoted stance`: what somebody thinks of a company over time, and when that changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.text import Text

    from footnoted.db.storage import Storage
    from footnoted.profiles.stocks.history.stance import Event, Point, Timeline
    from footnoted.profiles.stocks.history.wanted import Wanted

_INDENT = " " * 14
_MARKS = {"new": "+", "flip": "⇄", "escalation": "↑", "silence": "…"}


def register(program: typer.Typer) -> None:
    """Add the command to the program."""
    program.command()(stance)


def stance(
    symbol: Annotated[
        str | None, typer.Argument(help="The symbol or company; unset: the changes of all.")
    ] = None,
    *,
    creator: Annotated[str | None, typer.Option(help="Only this creator, name or slug.")] = None,
    speaker: Annotated[str | None, typer.Option(help="Only this speaker, by name.")] = None,
    since: Annotated[
        str | None, typer.Option(help="Only changes since: 7d, 12h, 2w, or a date.")
    ] = None,
    as_of: Annotated[
        str | None, typer.Option(help="What was known then, not what is known now: the same.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Follow the stance on a company, recording by recording, or show what changed on any."""
    from footnoted.cli.past import past
    from footnoted.errors import UsageError
    from footnoted.profiles.stocks.history.wanted import Wanted

    if symbol is not None and since is not None:
        message = "--since is about the changes of all companies: leave the symbol out"
        raise UsageError(message)
    after = past(since)
    found = _follow(Wanted(symbol=symbol, creator=creator, speaker=speaker, as_of=past(as_of)))
    changes = [
        (timeline, event)
        for timeline, event in _events(found)
        if after is None or (event.published_at is not None and event.published_at >= after)
    ]
    if as_json:
        _write_json(found if symbol else None, changes)
    elif symbol is None:
        _print_changes(changes)
    else:
        _print_timelines(found)


def _follow(wanted: Wanted) -> Sequence[Timeline]:
    from footnoted.cli.storage import with_storage
    from footnoted.cli.symbols import symbol_of
    from footnoted.profiles.stocks.history.stance import timelines
    from footnoted.profiles.stocks.history.store import read_mentions, read_seen

    async def work(storage: Storage) -> Sequence[Timeline]:
        symbol = symbol_of(storage.settings, wanted.symbol)
        async with storage.database.transaction() as session:
            said = await read_mentions(session, wanted.model_copy(update={"symbol": symbol}))
            return timelines(said, await read_seen(session, wanted.as_of))

    return with_storage(work)


def _events(found: Sequence[Timeline]) -> Iterator[tuple[Timeline, Event]]:
    from footnoted.profiles.stocks.history.stance import all_events

    return all_events(found)


def _write_json(
    found: Sequence[Timeline] | None, changes: Sequence[tuple[Timeline, Event]]
) -> None:
    from footnoted.cli.terminal import write_json

    if found is not None:
        rows = [timeline.model_dump(mode="json") for timeline in found]
        write_json("stance/1", {"timelines": rows})
        return
    whose = {"creator", "creator_slug", "speaker", "symbol", "company"}
    events = [
        {**timeline.model_dump(include=whose), **event.model_dump(mode="json")}
        for timeline, event in changes
    ]
    write_json("stance-events/1", {"events": events})


def _print_changes(changes: Sequence[tuple[Timeline, Event]]) -> None:
    from footnoted.cli.lines import remark
    from footnoted.cli.tables import write_table

    if not changes:
        remark("No stance changed: a stance is a mention with an action (`footnoted mentions`).")
        return
    rows = [
        (
            _day(event),
            timeline.symbol,
            _who(timeline),
            event.kind.value,
            _change(event),
            (event.point.url or event.point.title) if event.point else None,
        )
        for timeline, event in changes
    ]
    write_table(("published", "symbol", "who", "event", "stance", "where"), rows)


def _print_timelines(found: Sequence[Timeline]) -> None:
    from footnoted.cli.lines import remark, say
    from footnoted.cli.terminal import plain

    if not found:
        remark("Nobody took a stance on it; `footnoted mentions` shows what was said.")
        return
    for number, timeline in enumerate(found):
        if number:
            say()
        say(plain(f"{timeline.symbol} {timeline.company}: {_who(timeline)}", "bold"))
        for line in _lines(timeline):
            say(line)


def _lines(timeline: Timeline) -> Iterator[Text]:
    """Yield the points with their events, and the silences, in order."""
    from rich.text import Text

    from footnoted.cli.terminal import plain

    changes = {event.recording: event for event in timeline.events if event.point}
    steps: list[Point | Event] = [
        *timeline.points,
        *(event for event in timeline.events if event.point is None),
    ]
    for step in sorted(steps, key=_day):
        point = _as_point(step)
        event = changes.get(step.recording) if point else _as_event(step)
        mark = f"{_MARKS[event.kind]} {event.kind}" if event else ""
        told = _stance(point) if point else "not named since"
        yield Text(f"  {_day(step):<10}  {mark:<12}  ").append(plain(told))
        if point is not None:
            yield Text(_INDENT).append(plain(f"“{point.quote}”"))
            yield Text(_INDENT).append(plain(point.url or point.title, "dim"))


def _as_point(step: Point | Event) -> Point | None:
    from footnoted.profiles.stocks.history.stance import Point

    return step if isinstance(step, Point) else None


def _as_event(step: Point | Event) -> Event | None:
    from footnoted.profiles.stocks.history.stance import Event

    return step if isinstance(step, Event) else None


def _who(timeline: Timeline) -> str:
    return f"{timeline.speaker} ({timeline.creator})" if timeline.speaker else timeline.creator


def _change(event: Event) -> str:
    if event.point is None:
        return f"{event.was}, then not named"
    was = f"{event.was} → " if event.was else ""
    return f"{was}{_stance(event.point)}"


def _stance(point: Point) -> str:
    conviction = None if point.conviction is None else f"{point.conviction:.2f}"
    return " ".join(part for part in (point.action, conviction, point.horizon) if part)


def _day(one: Point | Event) -> str:
    return f"{one.published_at:%Y-%m-%d}" if one.published_at else "undated"

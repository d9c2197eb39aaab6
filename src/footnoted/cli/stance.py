"""`footnoted stance`: what somebody thinks of a company over time, and when that changed."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from datetime import datetime

    from rich.text import Text

    from footnoted.db.storage import Storage
    from footnoted.profiles.stocks.history.changes import Told
    from footnoted.profiles.stocks.history.stance import Event, Point, Timeline
    from footnoted.profiles.stocks.history.wanted import Wanted

_INDENT = " " * 14
_MARKS = {"new": "+", "flip": "⇄", "escalation": "↑", "silence": "…"}


class Kind(StrEnum):
    """What can happen to a stance."""

    NEW = "new"
    FLIP = "flip"
    ESCALATION = "escalation"
    SILENCE = "silence"


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
    source: Annotated[int | None, typer.Option(help="Only this source, by id.")] = None,
    event: Annotated[
        list[Kind] | None, typer.Option(help="Only changes of this kind; may be given again.")
    ] = None,
    since: Annotated[
        str | None, typer.Option(help="Only changes published since: 7d, 12h, 2w, or a date.")
    ] = None,
    known_since: Annotated[
        str | None, typer.Option(help="Only changes that were not known then: the same.")
    ] = None,
    as_of: Annotated[
        str | None, typer.Option(help="What was known then, not what is known now: the same.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Follow the stance on a company, recording by recording, or show what changed on any.

    With --event, --since or --known-since, changes are shown of one company too.
    """
    from footnoted.cli.past import past
    from footnoted.errors import UsageError
    from footnoted.profiles.stocks.history.wanted import Wanted

    if known_since is not None and as_of is not None:
        message = "--known-since compares with what is known now: leave --as-of out"
        raise UsageError(message)
    wanted = Wanted(
        symbol=symbol, creator=creator, speaker=speaker, source_id=source, as_of=past(as_of)
    )
    if symbol is not None and not (event or since or known_since):
        _show_timelines(_follow(wanted)[0], as_json=as_json)
        return
    kinds = {kind.value for kind in event} if event else None
    came, went = _changes(wanted, past(known_since))
    shown = [_chosen(told, kinds, past(since)) for told in (came, went)]
    _show_changes(*shown, as_json=as_json)


def _changes(wanted: Wanted, known_since: datetime | None) -> tuple[Sequence[Told], Sequence[Told]]:
    """Return the changes that are known, and those that were known once and are not so."""
    from footnoted.profiles.stocks.history.changes import changes_between
    from footnoted.profiles.stocks.history.stance import all_events

    if known_since is None:
        return list(all_events(_follow(wanted)[0])), []
    now, then = _follow(wanted, wanted.model_copy(update={"as_of": known_since}))
    return changes_between(then, now)


def _follow(*wanted: Wanted) -> Sequence[Sequence[Timeline]]:
    """Return the timelines of each that is wanted."""
    from footnoted.cli.storage import with_storage
    from footnoted.cli.symbols import symbol_of
    from footnoted.profiles.stocks.history.store import read_timelines

    async def work(storage: Storage) -> Sequence[Sequence[Timeline]]:
        symbol = symbol_of(storage.settings, wanted[0].symbol)
        async with storage.database.transaction() as session:
            return [
                await read_timelines(session, one.model_copy(update={"symbol": symbol}))
                for one in wanted
            ]

    return with_storage(work)


def _chosen(
    told: Sequence[Told], kinds: Collection[str] | None, after: datetime | None
) -> list[Told]:
    return [
        (timeline, event)
        for timeline, event in told
        if (kinds is None or event.kind in kinds)
        and (after is None or (event.published_at is not None and event.published_at >= after))
    ]


def _show_timelines(found: Sequence[Timeline], *, as_json: bool) -> None:
    from footnoted.cli.terminal import write_json

    if as_json:
        rows = [timeline.model_dump(mode="json") for timeline in found]
        write_json("stance/1", {"timelines": rows})
    else:
        _print_timelines(found)


def _show_changes(came: Sequence[Told], went: Sequence[Told], *, as_json: bool) -> None:
    from footnoted.cli.lines import remark
    from footnoted.cli.tables import write_table
    from footnoted.cli.terminal import write_json

    if as_json:
        write_json("stance-events/1", {"events": _fields(came), "withdrawn": _fields(went)})
        return
    if not came and not went:
        remark("No stance changed: a stance is a mention with an action (`footnoted mentions`).")
        return
    rows = [_row(*told, "") for told in came] + [_row(*told, ", not any more") for told in went]
    write_table(("published", "symbol", "who", "event", "stance", "where"), rows)


def _fields(told: Sequence[Told]) -> list[dict[str, object]]:
    whose = {"creator", "creator_slug", "speaker", "symbol", "company"}
    return [
        {**timeline.model_dump(include=whose), **event.model_dump(mode="json")}
        for timeline, event in told
    ]


def _row(timeline: Timeline, event: Event, note: str) -> tuple[object, ...]:
    from footnoted.profiles.stocks.history.sentence import (
        change_of,
        cited_point,
        place_of,
        who_of,
    )

    said = cited_point(event)
    return (
        _day(event),
        timeline.symbol,
        who_of(timeline),
        f"{event.kind.value}{note}",
        change_of(event),
        place_of(said) if said else None,
    )


def _print_timelines(found: Sequence[Timeline]) -> None:
    from footnoted.cli.lines import remark, say
    from footnoted.cli.terminal import plain
    from footnoted.profiles.stocks.history.sentence import who_of

    if not found:
        remark("Nobody took a stance on it; `footnoted mentions` shows what was said.")
        return
    for number, timeline in enumerate(found):
        if number:
            say()
        say(plain(f"{timeline.symbol} {timeline.company}: {who_of(timeline)}", "bold"))
        for line in _lines(timeline):
            say(line)


def _lines(timeline: Timeline) -> Iterator[Text]:
    """Yield the points with their events, and the silences, in order."""
    from rich.text import Text

    from footnoted.cli.terminal import plain
    from footnoted.profiles.stocks.history.sentence import place_of, stance_of

    changes = {event.recording: event for event in timeline.events if event.point}
    steps: list[Point | Event] = [
        *timeline.points,
        *(event for event in timeline.events if event.point is None),
    ]
    for step in sorted(steps, key=_day):
        point = _as_point(step)
        event = changes.get(step.recording) if point else _as_event(step)
        mark = f"{_MARKS[event.kind]} {event.kind}" if event else ""
        told = stance_of(point) if point else "not named since"
        yield Text(f"  {_day(step):<10}  {mark:<12}  ").append(plain(told))
        if point is not None:
            yield Text(_INDENT).append(plain(f"“{point.quote}”"))
            yield Text(_INDENT).append(plain(place_of(point), "dim"))


def _as_point(step: Point | Event) -> Point | None:
    from footnoted.profiles.stocks.history.stance import Point

    return step if isinstance(step, Point) else None


def _as_event(step: Point | Event) -> Event | None:
    from footnoted.profiles.stocks.history.stance import Event

    return step if isinstance(step, Event) else None


def _day(one: Point | Event) -> str:
    return f"{one.published_at:%Y-%m-%d}" if one.published_at else "undated"

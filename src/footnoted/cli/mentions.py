"""`footnoted mentions`: what was said about which company, with the words and the link."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from footnoted.db.storage import Storage
    from footnoted.profiles.stocks.history.wanted import Wanted
    from footnoted.profiles.stocks.types import MentionRow

MOST_SHOWN = 50
"""Rows of a table where nobody says how many; programs get them all."""

_Since = Annotated[str | None, typer.Option(help="Published since: 7d, 12h, 2w, or a date.")]


class Action(StrEnum):
    """What a speaker does with a company."""

    BUY = "buy"
    ADD = "add"
    HOLD = "hold"
    WATCH = "watch"
    TRIM = "trim"
    SELL = "sell"
    SHORT = "short"
    AVOID = "avoid"


def register(program: typer.Typer) -> None:
    """Add the command to the program."""
    program.command()(mentions)


def mentions(
    symbol: Annotated[
        str | None, typer.Argument(help="Only this symbol; also as a name, such as Nvidia.")
    ] = None,
    *,
    creator: Annotated[str | None, typer.Option(help="Only this creator, name or slug.")] = None,
    speaker: Annotated[str | None, typer.Option(help="Only this speaker, by name.")] = None,
    action: Annotated[Action | None, typer.Option(help="Only this action.")] = None,
    video: Annotated[int | None, typer.Option(help="Only this video, by its id.")] = None,
    source: Annotated[int | None, typer.Option(help="Only this source, by id.")] = None,
    unresolved: Annotated[
        bool, typer.Option("--unresolved", help="Only companies that are in no table.")
    ] = False,
    since: _Since = None,
    until: Annotated[str | None, typer.Option(help="Published before: the same.")] = None,
    as_of: Annotated[
        str | None, typer.Option(help="What was known then, not what is known now: the same.")
    ] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Rows at most.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV, with every field.")] = False,
) -> None:
    """Show what was said about companies, newest recording first."""
    from footnoted.cli.past import past
    from footnoted.errors import UsageError
    from footnoted.profiles.stocks.history.wanted import Wanted

    if as_json and as_csv:
        message = "--json and --csv exclude each other"
        raise UsageError(message)
    wanted = Wanted(
        symbol=symbol,
        unresolved=unresolved,
        creator=creator,
        speaker=speaker,
        action=action.value if action else None,
        video_id=video,
        source_id=source,
        since=past(since),
        until=past(until),
        as_of=past(as_of),
        most=limit if as_json or as_csv else (limit or MOST_SHOWN),
    )
    found = _find(wanted)
    if as_csv:
        _write_csv(found)
    elif as_json:
        _write_json(found)
    else:
        _print(wanted, found)


def _find(wanted: Wanted) -> Sequence[MentionRow]:
    from footnoted.cli.storage import with_storage
    from footnoted.cli.symbols import symbol_of
    from footnoted.profiles.stocks.history.store import read_mentions

    async def work(storage: Storage) -> Sequence[MentionRow]:
        symbol = symbol_of(storage.settings, wanted.symbol)
        async with storage.database.transaction() as session:
            return await read_mentions(session, wanted.model_copy(update={"symbol": symbol}))

    return with_storage(work)


def _write_csv(found: Sequence[MentionRow]) -> None:
    import csv
    import sys

    from footnoted.profiles.stocks.types import MentionRow

    writer = csv.DictWriter(sys.stdout, list(MentionRow.model_fields), lineterminator="\n")
    writer.writeheader()
    writer.writerows(mention.model_dump(mode="json") for mention in found)


def _write_json(found: Sequence[MentionRow]) -> None:
    from footnoted.cli.terminal import write_json

    rows = [mention.model_dump(mode="json") for mention in found]
    write_json("mentions/1", {"mentions": rows})


def _print(wanted: Wanted, found: Sequence[MentionRow]) -> None:
    from rich.text import Text

    from footnoted.cli.lines import remark, say
    from footnoted.cli.terminal import plain

    if not found:
        remark(_why_empty(wanted))
        return
    recording = None
    for mention in found:
        if mention.recording != recording:
            if recording is not None:
                say()
            say(plain(_recording(mention), "bold"))
            recording = mention.recording
        head = Text("  ").append(plain(mention.symbol or "?", "cyan")).append("  ")
        head.append(plain(_told(mention)))
        if mention.speaker:
            head.append("  ").append(plain(mention.speaker, "dim"))
        say(head)
        say(Text("    ").append(plain(f"“{mention.quote}”")))
        say(Text("    ").append(plain(_where(mention), "dim")))
    if wanted.most is not None and len(found) == wanted.most:
        remark(f"These are the first {wanted.most}; --limit shows more, --csv and --json all.")


def _recording(mention: MentionRow) -> str:
    at = f"{mention.published_at:%Y-%m-%d}" if mention.published_at else "undated"
    return f"{at} {mention.creator}: {mention.title}"


def _told(mention: MentionRow) -> str:
    heard = ""
    if mention.resolution == "misheard":
        heard = f" (heard as “{mention.heard_as}”, {mention.resolution_score:.2f})"
    conviction = None if mention.conviction is None else f"{mention.conviction:.2f}"
    stance = " ".join(part for part in (mention.action, conviction, mention.horizon) if part)
    return f"{mention.company}{heard}" + (f": {stance}" if stance else "")


def _where(mention: MentionRow) -> str:
    from footnoted.model.text import clock_time

    if mention.start_ms is None:
        return f"video {mention.video_id}, cue {mention.first_cue}"
    return f"{clock_time(mention.start_ms)} {mention.url or f'video {mention.video_id}'}"


def _why_empty(wanted: Wanted) -> str:
    if wanted.model_dump(exclude={"most"}, exclude_none=True) != {"unresolved": False}:
        return "No mention is like that; `footnoted mentions` shows all."
    return (
        "There are no mentions yet: add recordings with `--profile stocks` and"
        " `footnoted run --drain` (`footnoted status` shows how far they are)."
    )

"""`footnoted minutes`: what came of one recording, each point with the words and the second."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from footnoted.db.storage import Storage
    from footnoted.profiles.brain.reading.minutes import FixLine, Minutes, PointLine

_HEADS = {
    "decision": "Decisions",
    "action": "Actions",
    "question": "Questions",
    "statement": "Statements",
}


def register(program: typer.Typer) -> None:
    """Add the command to the program."""
    program.command()(minutes)


def minutes(
    video: Annotated[int, typer.Argument(help="A video of the profile brain, by its id.")],
    *,
    changes: Annotated[
        bool,
        typer.Option("--changes", help="List the corrected words too."),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show the summary of a meeting, its decisions, actions and questions, and what is done."""
    from footnoted.cli.storage import with_storage
    from footnoted.cli.terminal import write_json
    from footnoted.errors import UsageError

    async def work(storage: Storage) -> Minutes:
        from footnoted.profiles.brain.reading.store import read_minutes

        async with storage.database.transaction() as session:
            found = await read_minutes(session, video)
        if found is None:
            message = (
                f"there is no video {video} of the profile brain; `footnoted status` names some"
            )
            raise UsageError(message)
        return found

    found = with_storage(work)
    if as_json:
        write_json("minutes/1", found.model_dump(mode="json"))
    else:
        _print(found, with_changes=changes)


def _print(found: Minutes, *, with_changes: bool) -> None:
    from rich.text import Text

    from footnoted.cli.lines import remark, say
    from footnoted.cli.terminal import plain

    say(plain(found.title, "bold"))
    say(_done(found))
    numbers = {point.id: number for number, point in enumerate(found.points, start=1)}
    if found.sentences:
        _head("Summary")
    for sentence in found.sentences:
        notes = "".join(f"[{numbers[key]}]" for key in sentence.point_ids)
        say(Text("  ").append(plain(f"{sentence.text} {notes}")))
    for kind, head in _HEADS.items():
        points = [point for point in found.points if point.kind == kind]
        if points:
            _head(f"{head} ({len(points)})")
        for point in points:
            _print_point(numbers[point.id], point)
    if not found.points:
        remark("No points were noted.")
    if with_changes:
        _print_changes(found)
    elif found.fixes:
        remark(f"{len(found.fixes)} corrected words; --changes lists them")


def _done(found: Minutes) -> str:
    done = found.done.model_dump()
    parts = [name.replace("_", " ") for name, is_done in done.items() if is_done]
    open_parts = [f"not {name.replace('_', ' ')}" for name, is_done in done.items() if not is_done]
    return f"Video {found.video_id}, {found.status}: {', '.join((*parts, *open_parts))}"


def _head(text: str) -> None:
    from rich.text import Text

    from footnoted.cli.lines import say

    say()
    say(Text(text, "bold"))


def _print_point(number: int, point: PointLine) -> None:
    from rich.text import Text

    from footnoted.cli.lines import say
    from footnoted.cli.terminal import plain
    from footnoted.model.text import clock_time

    told = ", ".join(part for part in (point.who, point.due) if part)
    time = "-" if point.start_ms is None else clock_time(point.start_ms)
    line = Text(f"  {number:>2}. ").append(plain(point.text))
    say(line.append(f"  ({told})", "bold") if told else line)
    if point.quote.strip(" .!?") != point.text.strip(" .!?"):
        say(Text("      ").append(plain(f"“{point.quote}”")))
    cues = f"cues {point.first_cue}-{point.last_cue}"
    say(Text("      ").append(plain(point.link or f"{time}, {cues}", "dim")))


def _print_changes(found: Minutes) -> None:
    from rich.text import Text

    from footnoted.cli.lines import remark, say
    from footnoted.cli.terminal import plain
    from footnoted.model.text import clock_time

    if not found.fixes:
        remark("No word was corrected.")
        return
    _head(f"Corrected words ({len(found.fixes)})")

    def place(fix: FixLine) -> str:
        time = "-" if fix.start_ms is None else clock_time(fix.start_ms)
        return f"{time}, cue {fix.cue}, characters {fix.start_char}-{fix.end_char}"

    for fix in found.fixes:
        line = f"{fix.before} -> {fix.after} ({place(fix)}; {fix.reason})"
        say(Text("  ").append(plain(line)))

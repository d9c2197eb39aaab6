"""`footnoted edit`: what a person knows better than the files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from footnoted.db.storage import Storage


def register(program: typer.Typer) -> None:
    """Add the command to the program."""
    program.command()(edit)


def edit(
    video: Annotated[int, typer.Argument(help="The id that `status` and `search` show.")],
    changes: Annotated[
        list[str],
        typer.Argument(
            metavar="FIELD=VALUE...",
            help="title, url, creator, published_at, duration_s, language, tags, chapters; written"
            " as in a metadata.csv (chapters='0:00 Intro; 1:30 Setup'), empty values empty one.",
        ),
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Set fields of a recording by hand; no file overwrites them from then on."""
    from footnoted.cli.lines import say
    from footnoted.cli.storage import with_storage
    from footnoted.cli.terminal import write_json
    from footnoted.pipeline.reports.videos.video import media_id_of
    from footnoted.sources.edit import edit_media

    wanted = _parsed(changes)

    async def work(storage: Storage) -> tuple[str, ...]:
        media_id = await media_id_of(storage.database, video)
        return await edit_media(storage.database, media_id, wanted, clock=storage.clock)

    changed = with_storage(work)
    if as_json:
        write_json("edit/1", {"video_id": video, "changed": list(changed)})
    elif changed:
        say(f"Changed {', '.join(changed)}; what was made of it is made again in the next run.")
    else:
        say("Nothing is different.")


def _parsed(changes: list[str]) -> dict[str, str]:
    from footnoted.errors import UsageError

    wanted: dict[str, str] = {}
    for change in changes:
        name, equals, value = change.partition("=")
        if not equals:
            message = f"{change!r} sets nothing; write FIELD=VALUE, such as title='A new title'"
            raise UsageError(message)
        if name in wanted:
            message = f"{name} is given twice"
            raise UsageError(message)
        wanted[name] = value
    return wanted

"""`footnoted show`: everything about one video."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from footnoted.model.transcript import Transcript
    from footnoted.pipeline.reports.items.report import Indexing
    from footnoted.pipeline.reports.videos.report import VideoReport
    from footnoted.settings import Settings


def register(program: typer.Typer) -> None:
    """Add the command to the program."""
    program.command()(show)


def show(
    video: Annotated[int, typer.Argument(help="The id that `status` and `search` show.")],
    transcript: Annotated[
        bool, typer.Option("--transcript", help="Print what was said too, under its topics.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show a video: where it stands, what was said, what was found, what happened to it."""
    from footnoted.cli.lines import remark
    from footnoted.cli.session import read_settings
    from footnoted.cli.terminal import write_json
    from footnoted.cli.video import print_video
    from footnoted.cli.words import print_words
    from footnoted.doctor.profiles import broken_profiles

    settings = read_settings()
    report, indexing, words = asyncio.run(_read(settings, video, with_words=transcript))
    profile = report.facts.profile
    if (fault := broken_profiles(settings).get(profile)) is not None:
        remark(f"the profile {profile} is broken, so nothing more is made of this: {fault}")
    if as_json:
        fields = {**report.model_dump(mode="json"), "indexing": indexing.model_dump(mode="json")}
        cues = {} if words is None else {"cues": [cue._asdict() for cue in words.cues]}
        write_json("show/1", {**fields, **cues})
        return
    print_video(report, indexing)
    if words is not None:
        print_words(words, report.topics)


async def _read(
    settings: Settings, video_id: int, *, with_words: bool
) -> tuple[VideoReport, Indexing, Transcript | None]:
    from footnoted.catalogue import readers_of
    from footnoted.db.storage import open_storage
    from footnoted.pipeline.reports.items.item import read_indexing, refuse_removed
    from footnoted.pipeline.reports.videos.video import read_report, read_words

    async with open_storage(settings) as storage:
        readers = {name: each.shown for name, each in readers_of(settings).items()}
        database, now = storage.database, storage.clock.now()
        await refuse_removed(database, video_id)
        report = await read_report(database, video_id, readers, now)
        indexing = await read_indexing(database, video_id)
        if not with_words:
            return report, indexing, None
        return report, indexing, (await read_words(database, video_id)).transcript

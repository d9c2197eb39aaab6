"""`footnoted transcript`: writes out what was said, and takes a corrected version in."""

from __future__ import annotations

import asyncio
import sys
from enum import StrEnum
from pathlib import Path  # noqa: TC003 - typer reads the type of an option
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from footnoted.db.storage import Storage
    from footnoted.model.transcript import Transcript


class Format(StrEnum):
    """What a transcript can be written as."""

    VTT = "vtt"
    SRT = "srt"
    TXT = "txt"


def register(program: typer.Typer) -> None:
    """Add the command to the program."""
    program.command()(transcript)


def transcript(
    video: Annotated[int, typer.Argument(help="The id that `status` and `search` show.")],
    *,
    as_format: Annotated[
        Format, typer.Option("--format", help="How to write it; txt needs no times.")
    ] = Format.VTT,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="File to write instead of stdout.")
    ] = None,
    replace_with: Annotated[
        Path | None,
        typer.Option("--import", help="Take this corrected file as a new version instead."),
    ] = None,
    speaker: Annotated[
        list[str] | None,
        typer.Option(metavar="OLD=NEW", help="Rename a speaker in a new version instead."),
    ] = None,
) -> None:
    """Write out what was said in a video, cleaned, as WebVTT, SubRip or text."""
    if replace_with is not None:
        _import(video, replace_with)
    elif speaker:
        _rename(video, speaker)
    else:
        _export(video, as_format, output)


def _export(video_id: int, as_format: Format, output: Path | None) -> None:
    from footnoted.cli.lines import remark
    from footnoted.cli.storage import with_storage
    from footnoted.errors import UsageError
    from footnoted.pipeline.reports.items.item import refuse_removed
    from footnoted.pipeline.reports.videos.video import read_words

    async def work(storage: Storage) -> Transcript:
        await refuse_removed(storage.database, video_id)
        return (await read_words(storage.database, video_id)).transcript

    text = _written(with_storage(work), as_format)
    if output is None:
        sys.stdout.write(text)
        return
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        message = f"cannot write {output}: {error.strerror}"
        raise UsageError(message) from None
    remark(f"written to {output}")


def _written(said: Transcript, as_format: Format) -> str:
    from footnoted.transcripts.write import write_srt, write_txt, write_vtt

    writers = {Format.VTT: write_vtt, Format.SRT: write_srt, Format.TXT: write_txt}
    return writers[as_format](said)


def _import(video_id: int, path: Path) -> None:
    from footnoted.app import make_scanner
    from footnoted.cli.lines import say
    from footnoted.cli.storage import with_storage
    from footnoted.pipeline.reports.videos.video import media_id_of
    from footnoted.sources.discover import attach_transcript

    async def work(storage: Storage) -> None:
        media_id = await media_id_of(storage.database, video_id)
        await attach_transcript(
            storage.database, make_scanner(), media_id, path, clock=storage.clock
        )

    with_storage(work)
    say(f"Video {video_id} is read anew from {path} in the next run.")


def _rename(video_id: int, renames: list[str]) -> None:
    """Take the transcript with speakers under other names as a new version."""
    from footnoted.app import make_scanner
    from footnoted.cli.lines import say
    from footnoted.cli.storage import with_storage
    from footnoted.pipeline.reports.videos.video import read_words
    from footnoted.sources.discover import attach_transcript

    async def work(storage: Storage) -> None:
        words = await read_words(storage.database, video_id)
        text = _written(_renamed(words.transcript, renames), Format.VTT)
        folder = storage.settings.fetched_dir / str(words.media_id)
        path = await asyncio.to_thread(_keep, folder, text, words.transcript.language)
        await attach_transcript(
            storage.database, make_scanner(), words.media_id, path, clock=storage.clock
        )

    with_storage(work)
    say(f"Renamed; video {video_id} is worked on again in the next run.")


def _renamed(transcript: Transcript, renames: list[str]) -> Transcript:
    from footnoted.errors import UsageError
    from footnoted.transcripts.speech.hearing import rename_speaker

    for rename in renames:
        old, equals, new = (part.strip() for part in rename.partition("="))
        if not equals or not new:
            message = f"{rename!r} renames nobody; write --speaker 'Speaker 1=Ana'"
            raise UsageError(message)
        known = {cue.speaker for cue in transcript.cues if cue.speaker}
        if old not in known:
            who = ", ".join(sorted(known)) or "nobody by name"
            message = f"{old!r} does not speak in it; there speaks {who}"
            raise UsageError(message)
        transcript = rename_speaker(transcript, old, new)
    return transcript


def _keep(folder: Path, text: str, language: str | None) -> Path:
    from hashlib import sha256

    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    tag = f".{language}" if language else ""
    path = folder / f"{sha256(text.encode()).hexdigest()[:16]}{tag}.vtt"
    path.write_text(text, encoding="utf-8")
    return path

"""Figures R9 for feeds and for sound, through the whole program: followed, heard, or told why not.

Every file of the feed folders is served on this machine and followed as a source of its own; every
recording of `audio-samples`, the broken ones too, is taken and heard by a service on this machine
that says words for any sound it is sent. A daemon drains that, as `footnoted run --drain` does, and
once more. A source must end followed, or failed or waiting with a code and a sentence; a video
indexed, or failed or quarantined with both; the second drain must buy nothing. Nothing beyond this
machine is asked: the program runs offline.
"""

from __future__ import annotations

import asyncio
import sys
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from pydantic import SecretStr
from stand import DATA, ROOT, finish, open_stand, report

from footnoted.clock import SystemClock
from footnoted.daemon import run_daemon
from footnoted.model.transcript import TranscriptOrigin
from footnoted.pipeline.plan import Mode, RunPlan
from footnoted.settings import Settings
from footnoted.sources.discover import add_paths
from footnoted.sources.folder import FolderScanner
from footnoted.sources.items import FEED_KIND
from footnoted.sources.net.adding import NetPlace, NewPlace, add_place
from footnoted.sources.net.asking import Asked
from footnoted.telemetry import configure_logging
from footnoted.transcripts.captions import read_transcript
from tests.fakes.machine import rows_of
from tests.fakes.sounds import silence
from tests.fakes.speech_server import SpeechServer, Truth, openai_document
from tests.fakes.web_server import Page, WebServer, serving

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from footnoted.app import App
    from footnoted.db.session import Database
    from footnoted.sources.discover import AddReport
    from footnoted.transcripts.speech.port import Samples
    from tests.fakes.speech_server import Asked as Request

TIME_LIMIT_S = 1_800
FOLDERS = ("feeds-feedparser", "feeds-podcast", "youtube-feeds-and-metadata")
SUFFIXES = {".xml", ".rss", ".json", ".html"}
SOUNDS = {".wav", ".mp3", ".raw"}
SAMPLE = ROOT / "samples" / "low-ceiling-01-parallel-compression.en.vtt"
WORD_S = 0.35


class Hears(SpeechServer):
    """Says the words of a sample for whatever sound it is sent."""

    words: tuple[str, ...] = ()

    def _document(self, request: Request, samples: Samples) -> dict[str, Any]:
        del request
        seconds = len(samples) / 16_000
        count = min(len(self.words), int(seconds / WORD_S))
        said = [
            (word, at * WORD_S, (at + 1) * WORD_S, 0) for at, word in enumerate(self.words[:count])
        ]
        return openai_document(said, seconds, self.style)


@asynccontextmanager
async def hearing() -> AsyncIterator[Hears]:
    """Yield the service that hears."""
    read = read_transcript(
        SAMPLE.read_bytes(), SAMPLE.name, origin=TranscriptOrigin.CAPTIONS_MANUAL
    )
    service = Hears(Truth(silence(1.0), ()))
    service.words = tuple(" ".join(cue.text for cue in read.cues).split())
    server = await asyncio.start_server(service.serve, "127.0.0.1", 0, limit=2**26)
    service.base_url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield service
    finally:
        server.close()


@asynccontextmanager
async def nobody(app: App) -> AsyncIterator[None]:
    """Serve no requests."""
    del app
    yield


def feeds() -> list[Path]:
    """Return every file that could be taken for a feed."""
    found = (path for name in FOLDERS for path in sorted((DATA / name).rglob("*")))
    return [path for path in found if path.suffix in SUFFIXES]


async def follow_all(database: Database, web: WebServer) -> int:
    """Serve and follow every feed, without what is in it; return how many."""
    paths = feeds()
    for number, path in enumerate(paths):
        kind = "text/html" if path.suffix == ".html" else "application/xml"
        body = await asyncio.to_thread(path.read_bytes)
        web.pages[f"/{number}"] = Page(body, headers=(f"Content-Type: {kind}",))
        place = NewPlace(
            NetPlace(FEED_KIND, web.url(f"/{number}")), ["techniques"], Asked(backfill="none")
        )
        await add_place(database, place, clock=SystemClock())
    return len(paths)


async def take_sounds(database: Database) -> tuple[list[Path], AddReport]:
    """Take every recording; return the files, and what became of them."""
    folder = DATA / "audio-samples"
    paths = [path for path in sorted(folder.rglob("*")) if path.suffix in SOUNDS]
    became = await add_paths(
        database, FolderScanner(), paths, ["techniques"], clock=SystemClock(), settle_s=0
    )
    return paths, became


_EXPLAINED = """
  CASE WHEN status IN ('failed', 'quarantined')
         THEN failure_code NOT IN ('', 'unexpected', 'time_limit') AND failure_detail LIKE '% %'
       WHEN wait_reason IS NOT NULL THEN wait_detail LIKE '% %' AND not_before > now()
       ELSE status = :done END
"""


async def unexplained(database: Database, table: str, done: str) -> list[Any]:
    """Return the rows in a state that a person can not explain."""
    query = f"""SELECT id, status, wait_reason, failure_code, failure_detail FROM {table}
                WHERE lease_owner IS NOT NULL OR crashes > 0
                  OR NOT COALESCE({_EXPLAINED}, false)"""  # noqa: S608 - our own names
    return await rows_of(database, query, done=done)


async def ends(database: Database, table: str) -> str:
    """Return how the rows of a table ended, by outcome and reason."""
    query = f"""SELECT count(*), COALESCE(failure_code, wait_reason, status) FROM {table}
                GROUP BY 2 ORDER BY 1 DESC, 2"""  # noqa: S608 - our own names
    return ", ".join(f"{row[0]} {row[1]}" for row in await rows_of(database, query))


async def main() -> tuple[bool, bool]:
    """Print the figures and return whether they hold."""
    async with open_stand() as stand, hearing() as service, serving(WebServer()) as web:
        settings = Settings(
            data_dir=stand.folder / "own",
            database_url=SecretStr(stand.url),
            allow_private_addresses=True,
            offline=True,
            host_gap_s=0.0,
            file_settle_s=0.0,
            log_level="error",
            speech="openai",
            speech_base_url=f"{service.base_url}/v1",
        )
        configure_logging(settings, sys.stderr)
        sources = await follow_all(stand.database, web)
        sounds, added = await take_sounds(stand.database)
        await run_daemon(settings, RunPlan(Mode.DRAIN), nobody)
        asked = len(service.asked)
        await run_daemon(settings, RunPlan(Mode.DRAIN), nobody)
        again = len(service.asked) - asked
        odd_sources = await unexplained(stand.database, "sources", "followed")
        odd_videos = await unexplained(stand.database, "videos", "indexed")
        source_note = f"{sources} feeds: {await ends(stand.database, 'sources')}"
        note = f"{len(sounds)} files of sound, {len(added.ignored)} not taken and named;"
        note += f" videos: {await ends(stand.database, 'videos')}"
        taken = await rows_of(stand.database, "SELECT path FROM media_files")
    named = {row[0] for row in taken} | {path for path, why in added.ignored if " " in why}
    odd_videos += [path for path in sounds if str(path) not in named]
    bought = f"{asked} stretches heard, {again} of them again"
    return (
        report(
            "R9.followed",
            str(len(odd_sources)),
            "unexplained",
            "= 0",
            holds=not odd_sources,
            note=f"{source_note} {odd_sources[:3] or ''}",
        ),
        report(
            "R9.heard",
            str(len(odd_videos) + again),
            "unexplained",
            "= 0",
            holds=not odd_videos and again == 0 and asked > 0,
            note=f"{note}; {bought} {odd_videos[:3] or ''}",
        ),
    )


if not DATA.is_dir():
    print("R9.followed - - - SKIP (no ../shared/data)")
    print("R9.heard - - - SKIP (no ../shared/data)")
    finish()
finish(*asyncio.run(main()))

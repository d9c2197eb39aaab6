"""Captions that change after they were taken: what was published last is used."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from footnoted.model.transcript import TranscriptOrigin
from footnoted.sources.discover import attach_transcript
from footnoted.sources.folder import FolderScanner
from footnoted.sources.net.item import add_urls
from footnoted.sources.obtain.port import Captions, Obtained
from footnoted.sources.transcriptions.store import HeardIn, note_heard
from footnoted.stages.obtain import Obtainers, ObtainOutput, ObtainStage
from tests.integration.sources.conftest import NO_CONTEXT, captions

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from footnoted.sources.obtain.port import Wanted
    from tests.integration.sources.conftest import Desk

AUTO, MANUAL = TranscriptOrigin.CAPTIONS_AUTO, TranscriptOrigin.CAPTIONS_MANUAL


@dataclass
class Publisher:
    """An obtainer of what it is told to publish, named by its content as the real ones do."""

    words: str = ""
    origin: TranscriptOrigin = AUTO
    asked: list[bool] = field(default_factory=list[bool])
    """Whether the item had been heard, at each look."""

    async def obtain(self, wanted: Wanted, now: datetime) -> Obtained:
        """Return the captions of today."""
        del now
        self.asked.append(wanted.was_heard)
        data = captions(self.words).encode()
        sha256 = hashlib.sha256(data).hexdigest()
        wanted.folder.mkdir(parents=True, exist_ok=True)
        path = wanted.folder / f"{sha256[:16]}.en.vtt"
        await asyncio.to_thread(path.write_bytes, data)
        found = Captions(
            path=path, sha256=sha256, origin=self.origin, language="en", is_original=True
        )
        return Obtained(captions=found)

    async def fetch_sound(self, wanted: Wanted) -> Path:
        """Refuse: there are captions."""
        raise AssertionError(wanted)


@dataclass
class Looking:
    """Looks at the one video of a desk, and reads what came of it."""

    desk: Desk
    publisher: Publisher

    async def look(self, words: str, origin: TranscriptOrigin) -> int | None:
        """Publish, look, and return the version that is used; None when nothing was reopened."""
        self.publisher.words, self.publisher.origin = words, origin
        await self.desk.change("UPDATE videos SET status = 'indexed' WHERE status <> 'discovered'")
        folder = self.desk.folder.parent / "fetched"
        obtainers = Obtainers(self.publisher, self.publisher)
        stage = ObtainStage(obtainers, self.desk.clock, folder, hears=False)
        async with self.desk.database.transaction() as session:
            given = await stage.load(session, 1)
        out = await stage.run(given, NO_CONTEXT)
        assert isinstance(out, ObtainOutput)
        async with self.desk.database.transaction() as session:
            await stage.save(session, 1, out)
        (video,) = await self.desk.rows("SELECT status FROM videos")
        return await self.read() if video.status == "discovered" else None

    async def read(self) -> int:
        """Let the video read its words; return their version."""
        await self.desk.transcribe(1)
        (row,) = await self.desk.rows(
            "SELECT t.version FROM videos v JOIN transcripts t ON t.id = v.transcript_id"
        )
        version: int = row.version
        return version


async def test_what_was_published_last_is_used(desk: Desk) -> None:
    """Better captions, other ones, and those of before; what did not change reopens nothing.

    What a person corrected stays, whatever is published.
    """
    looking = Looking(desk, Publisher())
    await add_urls(
        desk.database, ["https://youtu.be/aaaaaaaaaaa"], ["techniques"], clock=desk.clock
    )
    used = [
        await looking.look(words, origin)
        for words, origin in (
            ("one", AUTO),
            ("one", AUTO),
            ("two", MANUAL),
            ("three", MANUAL),
            ("two", MANUAL),
            ("two", MANUAL),
        )
    ]
    path = desk.write("corrected.vtt", captions("two, as it was said"))
    await attach_transcript(desk.database, FolderScanner(), 1, path, clock=desk.clock)
    corrected = await looking.read()
    unchanged = await looking.look("two", MANUAL)
    other = await looking.look("four", MANUAL)
    assert used == [1, None, 2, 3, 2, None]
    assert (corrected, unchanged, other) == (4, None, 4)


async def test_captions_that_a_person_wrote_take_the_place_of_what_was_heard(desk: Desk) -> None:
    """The look is told that there are words already, and that a machine heard them."""
    looking = Looking(desk, Publisher())
    await add_urls(
        desk.database, ["https://youtu.be/aaaaaaaaaaa"], ["techniques"], clock=desk.clock
    )
    heard = await looking.look("one", TranscriptOrigin.ASR)
    async with desk.database.transaction() as session:
        await note_heard(session, 1, HeardIn(expected=None, found="en"))
    written = await looking.look("two", MANUAL)
    assert (heard, written, looking.publisher.asked) == (1, 2, [False, True])

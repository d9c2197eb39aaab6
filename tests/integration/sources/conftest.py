"""A followed folder and a database, with the verbs that the tests of discovery speak."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text

from footnoted.app import make_measure
from footnoted.db.engine import make_engine
from footnoted.db.session import Database
from footnoted.sources.discover import AddReport, add_paths
from footnoted.sources.folder import FolderScanner
from footnoted.sources.follow import NewSource, add_source
from footnoted.sources.port import ScanLimits
from footnoted.sources.record import Told
from footnoted.stages.poll import Looking, PollOutput, PollStage
from footnoted.stages.port import StageContext
from footnoted.stages.transcribe import TranscribeOutput, TranscribeStage
from footnoted.transcripts.captions import read_transcript
from tests.fakes.clock import FakeClock

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from pathlib import Path

    from sqlalchemy import Row

    from footnoted.llm.port import ModelRequest
    from footnoted.model.outcome import Stopped, Waiting
    from footnoted.stages.port import AnswerT


class NobodyToAsk:
    """Refuses: these stages ask no model."""

    def __init__(self) -> None:
        """Have asked nobody."""
        self.answered_by: set[str] = set()

    async def ask_all(self, requests: Sequence[ModelRequest[AnswerT]]) -> list[AnswerT]:
        """Fail the test."""
        raise AssertionError(requests)


NO_CONTEXT = StageContext(NobodyToAsk(), {})
OLD_S = 60.0
SENTENCES = (
    "so today we look at how a folder of captions becomes a set of pages",
    "first you put the files in a place where the program can find them",
    "then it reads each of them and tells you what it could not understand",
    "after that every claim on a page points back to the second it was said",
)


def captions(*words: str) -> str:
    """Return a WebVTT file in which people talk, with `words` said somewhere in it."""
    lines = [*SENTENCES, *words]
    cues = (
        f"00:00:{4 * n:02d}.000 --> 00:00:{4 * n + 4:02d}.000\n{line}\n"
        for n, line in enumerate(lines)
    )
    return "WEBVTT\n\n" + "\n".join(cues)


@dataclass
class Desk:
    """One person's folder, and the parts of the machine that look at it."""

    database: Database
    folder: Path
    clock: FakeClock
    limits: ScanLimits
    source_id: int = 0

    def write(self, name: str, content: str | bytes, *, age_s: float = OLD_S) -> Path:
        """Put a file into the folder, last changed `age_s` ago; no look sees it half done."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = self.folder.parent / f"{self.folder.name}.draft"
        draft.write_bytes(content if isinstance(content, bytes) else content.encode())
        modified_s = self.clock.now().timestamp() - age_s
        os.utime(draft, (modified_s, modified_s))
        return draft.replace(path)

    async def follow(self, pattern: str = "", **fields: Any) -> int:
        """Follow the folder, or a glob in it."""
        profiles = fields.pop("profiles", ["techniques"])
        locator = str(self.folder / pattern) if pattern else str(self.folder)
        new = NewSource(locator, profiles, poll_interval_s=300, **fields)
        added = await add_source(self.database, new, clock=self.clock)
        self.source_id = added.source.id
        return self.source_id

    def stage(self) -> PollStage:
        """Return the stage that looks at folders."""
        return PollStage(Looking(FolderScanner(), make_measure(), {}, self.limits), self.clock)

    async def poll(self, source_id: int | None = None) -> PollOutput | Waiting:
        """Let the stage look once, and save unless it waits."""
        source_id, stage = source_id or self.source_id, self.stage()
        async with self.database.transaction() as session:
            given = await stage.load(session, source_id)
        out = await stage.run(given, NO_CONTEXT)
        if isinstance(out, PollOutput):
            async with self.database.transaction() as session:
                await stage.save(session, source_id, out)
        return out

    async def add(
        self, *names: str, profiles: Sequence[str] = ("techniques",), creator: str | None = None
    ) -> AddReport:
        """Add files of the folder once."""
        paths = [self.folder / name for name in names]
        return await add_paths(
            self.database,
            FolderScanner(),
            paths,
            profiles,
            clock=self.clock,
            told=Told(creator),
        )

    async def transcribe(self, video_id: int) -> TranscribeOutput | Waiting | Stopped:
        """Let the stage read a video's transcript, and save unless there is none."""
        stage = TranscribeStage(read_transcript, self.clock)
        async with self.database.transaction() as session:
            given = await stage.load(session, video_id)
        out = await stage.run(given, NO_CONTEXT)
        if isinstance(out, TranscribeOutput):
            async with self.database.transaction() as session:
                await session.execute(
                    text("UPDATE videos SET status = 'transcribed' WHERE id = :id"),
                    {"id": video_id},
                )
                await stage.save(session, video_id, out)
        return out

    async def rows(self, query: str, **values: object) -> Sequence[Row[Any]]:
        """Return the rows of a query."""
        async with self.database.transaction() as session:
            return (await session.execute(text(query), values)).all()

    async def change(self, statement: str, **values: object) -> None:
        """Change the database behind everybody's back."""
        async with self.database.transaction() as session:
            await session.execute(text(statement), values)

    async def titles(self) -> list[str]:
        """Return the titles of all recordings, in order of discovery."""
        return [row.title for row in await self.rows("SELECT title FROM media ORDER BY id")]

    async def files(self) -> dict[str, tuple[str, bool]]:
        """Return by name below the folder: the recording's title, and whether it is missing."""
        rows = await self.rows(
            """SELECT f.path, m.title, f.missing_at IS NOT NULL AS gone FROM media_files f
               JOIN media m ON m.id = f.media_id ORDER BY f.path"""
        )
        prefix = f"{self.folder}/"
        return {row.path.removeprefix(prefix): (row.title, row.gone) for row in rows}


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """Return the database of this test."""
    engine = make_engine(database_url, application_name="test", pool_size=5, max_overflow=5)
    yield Database(engine)
    await engine.dispose()


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Desk:
    """Return a desk with an empty folder named `Ada Lovelace`."""
    folder = tmp_path / "Ada Lovelace"
    folder.mkdir()
    return Desk(database, folder, FakeClock(), ScanLimits())

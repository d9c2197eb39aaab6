"""Videos taken through a profile on a real database, one stage at a time, without the machine."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from footnoted.catalogue import reader_of
from footnoted.knowledge.groups.store import lock_groups, retract_video
from footnoted.knowledge.verify import verify
from footnoted.model.status import ItemKind
from footnoted.model.transcript import Cue, Transcript, TranscriptFormat, TranscriptOrigin
from footnoted.pipeline.orders.order import Saved, Setup, fingerprint_parts
from footnoted.pipeline.orders.store import record
from footnoted.stages.page_documents import write_page_documents
from footnoted.stages.port import StageContext
from footnoted.transcripts.store import NewVersion, insert_version

if TYPE_CHECKING:
    from collections.abc import Sequence

    from footnoted.db.session import Database
    from footnoted.knowledge.verify import VerifyReport
    from footnoted.stages.port import AnyStage, Asker
    from footnoted.stages.profile import Profile

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
CUE_MS = 4_000


@dataclass(frozen=True, slots=True)
class Recording:
    """A recording as a test writes it: what was said, a line a cue of four seconds.

    A `transcript` takes the place of the lines.
    """

    name: str
    lines: tuple[str, ...]
    creator: str = "Ada"
    day: int = 0
    transcript: Transcript | None = None


class Workshop:
    """Adds, changes, processes and removes videos, and tells what is published."""

    def __init__(self, database: Database, profile: Profile, asker: Asker) -> None:
        """Work on `database` with the stages of `profile`; `asker` answers for every model."""
        self.database = database
        self.profile = profile
        self.asker = asker

    async def add(self, recording: Recording) -> int:
        """Return the id of a new video that is transcribed."""
        async with self.database.transaction() as session:
            creator = await session.scalar(
                text("""
                  INSERT INTO creators (slug, name) VALUES (lower(:name), :name)
                  ON CONFLICT (slug) DO UPDATE SET name = excluded.name RETURNING id"""),
                {"name": recording.creator},
            )
            media = await session.scalar(
                text("""
                  INSERT INTO media (identity, creator_id, title, url, published_at, language)
                  VALUES (:name, :creator, :name, :url, :at, 'en') RETURNING id"""),
                {
                    "name": recording.name,
                    "creator": creator,
                    "url": f"https://video.example/watch?v={recording.name}",
                    "at": EPOCH + timedelta(days=recording.day),
                },
            )
            video = await session.scalar(
                text("""
                  INSERT INTO videos (media_id, profile, creator_id, status)
                  VALUES (:media, :profile, :creator, 'transcribed') RETURNING id"""),
                {"media": media, "profile": self.profile.name, "creator": creator},
            )
        said = recording.transcript or transcript_of(recording.lines)
        await self.transcribe(int(video or 0), said)
        return int(video or 0)

    async def transcribe(self, video_id: int, said: Transcript) -> None:
        """Pin a video to a new transcript version."""
        async with self.database.transaction() as session:
            media = await session.scalar(
                text("SELECT media_id FROM videos WHERE id = :id"), {"id": video_id}
            )
            version = NewVersion(said.text_sha256, said, {})
            transcript = await insert_version(session, int(media or 0), version, EPOCH)
            await session.execute(
                text("UPDATE videos SET transcript_id = :transcript WHERE id = :id"),
                {"transcript": transcript, "id": video_id},
            )

    async def run(self, stage: AnyStage, item_id: int) -> Any:
        """Return the output of one stage, loaded, run and saved."""
        async with self.database.transaction() as session:
            given = await stage.load(session, item_id)
        pinned = stage.given_type.model_validate_json(given.model_dump_json())
        out = await stage.run(pinned, StageContext(self.asker, self.profile.prompts))
        async with self.database.transaction() as session:
            await self.save(session, stage, item_id, out)
            if stage.kind is ItemKind.VIDEO:
                await self._note(session, stage, item_id)
        return out

    async def _note(self, session: Any, stage: AnyStage, item_id: int) -> None:
        """Note what a stage of a video was made by, as the machine does when it saves."""
        parts = fingerprint_parts(stage, Setup(self.profile.prompts, "fake"))
        saved = Saved("", tuple(self.asker.answered_by) if stage.asks else ())
        await record(session, (stage.kind, item_id), parts, saved, EPOCH)

    async def save(self, session: Any, stage: AnyStage, item_id: int, out: Any) -> None:
        """Move the item and save, as the machine does in one transaction."""
        table = "page_groups" if stage.kind == "page_group" else "videos"
        await session.execute(
            text(f"UPDATE {table} SET status = :status WHERE id = :id"),  # noqa: S608 - constants
            {"status": stage.gives, "id": item_id},
        )
        await stage.save(session, item_id, out)

    async def process(self, video_id: int) -> dict[str, Any]:
        """Return the outputs, by stage name, of all stages after transcription."""
        stages = self.profile.video_stages[1:]
        return {stage.name: await self.run(stage, video_id) for stage in stages}

    async def compose(self) -> int:
        """Compose every stale group; return how many there were."""
        async with self.database.transaction() as session:
            stale = text("SELECT id FROM page_groups WHERE status = 'stale' ORDER BY id")
            groups = (await session.scalars(stale)).all()
        for group in groups:
            for stage in self.profile.group_stages:
                await self.run(stage, group)
        return len(groups)

    async def remove(self, video_id: int) -> None:
        """Delete a video and its recording for good."""
        async with self.database.transaction() as session:
            await lock_groups(session, video_id)
            pages = await retract_video(session, video_id)
            await write_page_documents(session, pages)
            await session.execute(
                text("""
                  WITH gone AS (DELETE FROM videos WHERE id = :id RETURNING media_id)
                  DELETE FROM media m USING gone WHERE m.id = gone.media_id"""),
                {"id": video_id},
            )

    async def claims(self) -> set[tuple[str, str, str, frozenset[tuple[str, int, str]]]]:
        """Return creator, page title, text and support of every published claim."""
        rows = await self.rows("""
          SELECT c.name, v.title, k.text, array_agg(m.identity ORDER BY e.id) AS names,
            array_agg(e.first_cue ORDER BY e.id) AS cues, array_agg(e.quote ORDER BY e.id) AS quotes
          FROM pages p JOIN page_versions v ON v.id = p.current_version_id
          JOIN creators c ON c.id = p.creator_id
          JOIN claims k ON k.page_version_id = v.id
          LEFT JOIN claim_evidence ce ON ce.claim_id = k.id
          LEFT JOIN evidence e ON e.id = ce.evidence_id
          LEFT JOIN videos w ON w.id = e.video_id LEFT JOIN media m ON m.id = w.media_id
          WHERE p.retired_at IS NULL GROUP BY c.name, v.title, k.id, k.text""")
        return {
            (
                row.name,
                row.title,
                row.text,
                frozenset(zip(row.names, row.cues, row.quotes, strict=True)),
            )
            for row in rows
        }

    async def rows(self, query: str, **values: Any) -> list[Any]:
        """Return the rows of a query."""
        async with self.database.transaction() as session:
            return list((await session.execute(text(query), values)).all())

    async def scalar(self, query: str, **values: Any) -> Any:
        """Return the one value of a query."""
        async with self.database.transaction() as session:
            return await session.scalar(text(query), values)

    async def verify(self) -> VerifyReport:
        """Return the audit of everything published."""
        return await verify(self.database, [reader_of(self.profile.name).live])


def transcript_of(lines: Sequence[str]) -> Transcript:
    """Return a timed transcript with a cue for each line."""
    return Transcript(
        format=TranscriptFormat.WEBVTT,
        origin=TranscriptOrigin.CAPTIONS_MANUAL,
        language="en",
        cues=tuple(
            Cue(number, number * CUE_MS, (number + 1) * CUE_MS, line)
            for number, line in enumerate(lines)
        ),
    )

"""Which files of recordings from the net go, and which stay, at the start and once a day."""

from __future__ import annotations

import os
import time
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from pydantic import SecretStr

from footnoted.cli.remove import erase, erase_source
from footnoted.clock import SystemClock
from footnoted.db.engine import make_engine
from footnoted.db.session import Database
from footnoted.db.storage import Keeper, Storage
from footnoted.errors import PermanentError, TransientError
from footnoted.model.outcome import Stopped
from footnoted.model.status import CANCELLED, ItemKind
from footnoted.pipeline import store as claims
from footnoted.pipeline.flow import Flow
from footnoted.pipeline.flows import Flows
from footnoted.pipeline.housekeeping import Housekeeping
from footnoted.pipeline.process_one import process_one
from footnoted.settings import Settings
from footnoted.sources.obtain.sweep import WorkFiles, sweep, sweep_uploads
from tests.fakes.machine import add_videos, machine, rows_of
from tests.fakes.stages import FakeStage, Parcel

if TYPE_CHECKING:
    from pathlib import Path

    from footnoted.stages.port import StageContext

RECORDING = """
  WITH creator AS (
    INSERT INTO creators (slug, name) VALUES ('a', 'a')
    ON CONFLICT (slug) DO UPDATE SET name = 'a' RETURNING id),
  recording AS (
    INSERT INTO media (identity, creator_id, title) SELECT :status, id, 'talk' FROM creator
    RETURNING id)
  INSERT INTO transcriptions (media_id, status, not_before, wait_reason)
  SELECT id, :status, CASE WHEN :waits THEN now() + interval '1 day' END,
    CASE WHEN :waits THEN 'speech_recognition' END
  FROM recording RETURNING media_id
"""
FILES = ("sound-1", "part-9-x", "0123456789abcdef.en.vtt")


async def recording(database: Database, status: str, *, waits: bool = False) -> int:
    """Return the id of a new recording whose transcription stands at `status`."""
    rows = await rows_of(database, RECORDING, status=status, waits=waits)
    return int(rows[0][0])


def filled(folder: Path, name: object, *, age_s: float = 7_200.0) -> Path:
    """Return a folder with sound, something half written and captions, last changed a while ago."""
    own = folder / str(name)
    own.mkdir(parents=True)
    for file in FILES:
        (own / file).write_bytes(b"x")
    at_s = time.time() - age_s
    os.utime(own, (at_s, at_s))
    return own


def names(own: Path) -> set[str]:
    """Return what is left of a folder."""
    return {path.name for path in own.iterdir()} if own.exists() else set()


async def test_only_what_nobody_needs_goes(database: Database, tmp_path: Path) -> None:
    """Sound that was heard, and everything of a recording that was removed; words stay."""
    heard = filled(tmp_path, await recording(database, "heard"))
    working = filled(tmp_path, await recording(database, "obtained"))
    gone, fresh = filled(tmp_path, 98), filled(tmp_path, 99, age_s=60.0)
    foreign = filled(tmp_path, "mine")
    removed = await sweep(database, tmp_path)
    assert removed == 3
    assert names(heard) == {FILES[2]}
    assert names(gone) == set()
    assert [names(one) for one in (working, fresh, foreign)] == [set(FILES)] * 3


@pytest.mark.parametrize(
    ("ending", "status", "stays"),
    [
        (None, "heard", False),
        (PermanentError("no sound in it", failure_code="audio_malformed"), "failed", False),
        (Stopped(CANCELLED, "not_wanted", "nobody needs it"), "cancelled", False),
        (TransientError("the host rests", wait_reason="rate_limited"), "obtained", True),
    ],
    ids=["heard", "failed", "cancelled", "waits"],
)
async def test_sound_goes_with_the_work_on_it(
    database: Database, tmp_path: Path, ending: object, status: str, *, stays: bool
) -> None:
    """Not an hour later, however it ended; while something is waited for it is used again."""

    def act(given: Parcel, _context: StageContext) -> object:
        if isinstance(ending, Exception):
            raise ending
        return ending or given

    own = filled(tmp_path, await recording(database, "obtained"), age_s=0.0)
    stage = FakeStage("listen", "heard", ItemKind.TRANSCRIPTION, act=act)
    files = WorkFiles(tmp_path)
    flow = Flow(ItemKind.TRANSCRIPTION, "", "obtained", (stage,), files)
    deps = machine(database, [flow])
    lease = claims.Lease(uuid4(), deps.clock.now(), timedelta(seconds=60), timedelta(0))
    async with database.transaction() as session:
        (claim,) = await claims.claim(session, Flows([flow]).lanes(), lease, claims.Wanted(1))
    await process_one(claim, deps)
    assert await rows_of(database, "SELECT status FROM transcriptions") == [(status,)]
    assert names(own) == (set(FILES) if stays else {FILES[2]})


async def test_uploads_that_no_recording_has_go(database: Database, tmp_path: Path) -> None:
    """One whose video was erased, or whose form was refused; what is young stays."""
    media_id = await recording(database, "heard")
    paths = [tmp_path / "ab" / f"{name}.mp3" for name in ("needed", "gone", "young")]
    paths[0].parent.mkdir()
    for path in paths:
        path.write_bytes(b"x")
        at_s = time.time() - (60 if path.stem == "young" else 7_200)
        os.utime(path, (at_s, at_s))
    insert = """INSERT INTO media_files (media_id, path, role, sha256, size_bytes, modified_ns,
                  seen_at) VALUES (:media, :path, 'media', 'x', 1, 1, now()) RETURNING id"""
    await rows_of(database, insert, media=media_id, path=str(paths[0]))
    assert await sweep_uploads(database, tmp_path) == 1
    assert [path.exists() for path in paths] == [True, False, True]


async def test_no_folder_is_nothing_to_sweep(database: Database, tmp_path: Path) -> None:
    """A data directory that never fetched anything has none."""
    assert await sweep(database, tmp_path / "nothing") == 0


@pytest.mark.parametrize("speech", ["off", "whisper"])
async def test_a_start_clears_up_and_wakes_what_may_be_heard(
    database: Database, database_url: str, tmp_path: Path, speech: str
) -> None:
    """What a killed process left goes; what waited to be heard is tried where something hears."""
    settings = Settings.model_validate(
        {"data_dir": tmp_path, "database_url": SecretStr(database_url), "speech": speech}
    )
    await recording(database, "wanted", waits=True)
    gone = filled(settings.fetched_dir, 98)
    left = tmp_path / "work" / "run-left"
    left.mkdir(parents=True)
    await Housekeeping(settings, database, []).begin()
    rows = await rows_of(database, "SELECT not_before IS NULL FROM transcriptions")
    assert [row[0] for row in rows] == [speech != "off"]
    assert not gone.exists()
    assert not left.exists()


@pytest.mark.parametrize(("what", "age_s"), [("video", 7_200), ("source", 7_200), ("video", 0)])
async def test_what_is_erased_takes_the_files_that_were_kept_of_it_along(
    database: Database, database_url: str, tmp_path: Path, what: str, age_s: float
) -> None:
    """Nobody has to wait for a daemon, however young they are; the files of the user stay."""
    (video,) = await add_videos(database, 1)
    (row,) = await rows_of(
        database,
        """WITH added AS (
             INSERT INTO sources (kind, locator, title, profiles, poll_interval_s, status)
             VALUES ('folder', '/x', 'x', '{techniques}', 300, 'followed') RETURNING id)
           UPDATE videos SET source_id = added.id FROM added RETURNING source_id""",
    )
    settings = Settings(data_dir=tmp_path / "data")
    kept, own = settings.data_dir / "media" / "ab" / "talk.mp3", tmp_path / "talk.vtt"
    kept.parent.mkdir(parents=True)
    (media,) = await rows_of(database, "SELECT media_id FROM videos")
    fetched = filled(settings.fetched_dir, media.media_id, age_s=age_s)
    another = filled(settings.fetched_dir, await recording(database, "obtained"), age_s=age_s)
    insert = """INSERT INTO media_files (media_id, path, role, sha256, size_bytes, modified_ns,
                  seen_at) SELECT media_id, :path, 'media', 'x', 1, 1, now() FROM videos
                RETURNING id"""
    at_s = time.time() - age_s
    for path in (kept, own):
        path.write_bytes(b"x")
        os.utime(path, (at_s, at_s))
        await rows_of(database, insert, path=str(path))
    engine = make_engine(database_url, application_name="test", pool_size=2)
    clock = SystemClock()
    storage = Storage(settings, database_url, engine, Database(engine), Keeper(None), clock)
    await (erase(storage, [video]) if what == "video" else erase_source(storage, row.source_id))
    await engine.dispose()
    assert (kept.exists(), own.exists()) == (False, True)
    assert (names(fetched), names(another)) == (set(), set(FILES))


async def test_a_database_that_is_away_leaves_everything(tmp_path: Path) -> None:
    """Nothing is removed by not knowing what is there; the next day looks again."""
    settings = Settings(data_dir=tmp_path)
    own = filled(settings.fetched_dir, 98)
    away = make_engine("postgresql://nobody@127.0.0.1:9/none", application_name="test")
    await Housekeeping(settings, Database(away), []).sweep()
    assert names(own) == set(FILES)

"""What failed while nothing heard is told where something hears now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from footnoted.clock import SystemClock
from footnoted.db.engine import make_engine
from footnoted.db.session import Database
from footnoted.db.storage import Keeper, Storage
from footnoted.doctor.speech import check_unheard
from footnoted.settings import Settings
from tests.fakes.machine import add_videos, rows_of

if TYPE_CHECKING:
    from pathlib import Path


FAIL = """UPDATE videos SET status = 'failed', failure_code = :code WHERE id = ANY(:ids)
          RETURNING 1"""
TOLD = [
    "2 videos failed while nothing heard: `footnoted retry --reason {}` has them heard",
    "1 video failed while nothing heard: `footnoted retry --reason {}` has it heard",
]
CODES = ("no_captions", "speech_recognition_deadline")


async def test_what_could_be_heard_now_is_told_with_its_command(
    database_url: str, tmp_path: Path
) -> None:
    """By reason; what failed otherwise is no matter of hearing, nor is anything where it is off."""
    engine = make_engine(database_url, application_name="test", pool_size=2)
    database, told = Database(engine), {}
    for code, count in (*zip(CODES, (2, 1), strict=True), ("removed", 1)):
        await rows_of(database, FAIL, code=code, ids=await add_videos(database, count))
    for speech in ("off", "whisper"):
        settings = Settings.model_validate({"data_dir": tmp_path, "speech": speech})
        storage = Storage(settings, database_url, engine, database, Keeper(None), SystemClock())
        told[speech] = [check.explanation for check in await check_unheard(storage)]
    await engine.dispose()
    heard = [words.format(code) for words, code in zip(TOLD, CODES, strict=True)]
    assert told == {"off": [], "whisper": heard}

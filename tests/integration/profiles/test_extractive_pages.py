"""The samples through the built-in model: what a person gets without a key."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from footnoted.db.engine import make_engine
from footnoted.db.session import Database
from footnoted.knowledge.library.store import list_pages, read_page
from footnoted.knowledge.render import render_markdown
from footnoted.llm.extractive import answer_task
from footnoted.model.transcript import TranscriptOrigin
from footnoted.profiles.techniques.profile import Tuning
from footnoted.transcripts.captions import read_transcript
from tests.fakes.asker import FakeAsker
from tests.fakes.techniques import make_profile
from tests.fakes.workshop import Recording, Workshop

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CREATORS = {"low-ceiling": "Low Ceiling", "ferry-app": "Ferry App", "tidewater": "Tidewater"}
NOT_SPEECH = ("low-ceiling-room-tone.srt",)


def _samples(root: Path) -> list[Recording]:
    """Return the sample transcripts as recordings."""
    files = sorted(path for path in (root / "samples").iterdir() if path.suffix[1:] in _SUFFIXES)
    return [
        Recording(
            path.name.split(".")[0],
            (),
            creator=next((who for key, who in CREATORS.items() if key in path.name), "Others"),
            day=day,
            transcript=read_transcript(
                path.read_bytes(), path.name, origin=TranscriptOrigin.IMPORTED
            ),
        )
        for day, path in enumerate(files)
        if path.name not in NOT_SPEECH and ".info." not in path.name
    ]


_SUFFIXES = ("vtt", "srt", "json", "json3", "docx", "txt")


@pytest.fixture
def two_databases(template_database: str, new_database: Callable[[str], str]) -> list[str]:
    """Return the URLs of two databases with the schema and no rows."""
    return [new_database(template_database) for _ in range(2)]


async def test_the_samples_make_pages_that_hold_in_either_order(
    two_databases: list[str], project_root: Path
) -> None:
    """Every claim resolves, and the order of arrival leaves no trace in claims and support."""
    recordings = _samples(project_root)
    forwards = await _pages(two_databases[0], recordings)
    backwards = await _pages(two_databases[1], recordings[::-1])
    assert len(recordings) >= 6
    assert forwards
    assert forwards == backwards


async def _pages(
    url: str, recordings: list[Recording]
) -> set[tuple[str, str, str, frozenset[tuple[str, int, str]]]]:
    engine = make_engine(url, application_name="test")
    profile = make_profile(Tuning(chunk_size=8))
    workshop = Workshop(Database(engine), profile, FakeAsker(answer_task))
    for recording in recordings:
        await workshop.process(await workshop.add(recording))
    await workshop.compose()
    report = await workshop.verify()
    assert (report.offenders, report.claims > 0, report.moments > 0) == ((), True, True)
    async with workshop.database.transaction() as session:
        views = [await read_page(session, page.id) for page in await list_pages(session)]
    assert all("[^1]: “" in render_markdown(view) for view in views if view is not None)
    claims = await workshop.claims()
    await engine.dispose()
    return claims

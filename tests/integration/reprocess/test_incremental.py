"""What was changed step by step is what would have been made at once: equal content, any order."""

from __future__ import annotations

import asyncio
import random
from typing import TYPE_CHECKING

import pytest

from footnoted.db.engine import make_engine
from footnoted.db.session import Database
from footnoted.reprocess.applying import apply_plan
from footnoted.reprocess.scope import Reach, Scope
from tests.fakes.asker import FakeAsker
from tests.fakes.machine import rows_of
from tests.fakes.plant import Plant
from tests.fakes.workshop import Recording, Workshop

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

STEPS = 6
WORDS = (
    "Knead the bread dough for ten minutes in the morning",
    "Let the bread rise until it has doubled in size",
    "A sauce needs salt before it needs anything else",
    "Bake the bread in a hot pot with its lid on",
    "The kick drum sits at sixty hertz in the mix",
    "A long reverb needs a low cut before it muddies",
)
CONTENT = """
  SELECT 'topic' AS what, m.identity AS a, t.title AS b, t.first_cue::text AS c, '' AS d
  FROM topics t JOIN videos v ON v.id = t.video_id JOIN media m ON m.id = v.media_id
  UNION ALL
  SELECT 'moment', m.identity, t.title, t.category, t.subtopic
  FROM technique_moments t JOIN videos v ON v.id = t.video_id JOIN media m ON m.id = v.media_id
  WHERE t.retired_at IS NULL
  UNION ALL
  SELECT 'claim', p.slug, c.text, m.identity, e.quote
  FROM pages p JOIN claims c ON c.page_version_id = p.current_version_id
  JOIN claim_evidence ce ON ce.claim_id = c.id JOIN evidence e ON e.id = ce.evidence_id
  JOIN videos v ON v.id = e.video_id JOIN media m ON m.id = v.media_id
  WHERE p.retired_at IS NULL
  ORDER BY 1, 2, 3, 4, 5
"""
Changed = dict[str, tuple[str, ...]]
"""What each recording says, by its name."""


@pytest.fixture
def urls(new_database: Callable[[str], str], template_database: str) -> list[str]:
    """Return the addresses of two databases without rows."""
    return [new_database(template_database) for _ in range(2)]


@pytest.fixture
async def plants(urls: list[str], tmp_path: Path) -> AsyncIterator[tuple[Plant, Plant]]:
    """Return two plants with nothing in them."""
    engines = [make_engine(url, application_name="test", pool_size=10) for url in urls]
    folders = [tmp_path / name for name in ("changed", "fresh")]
    for folder in folders:
        folder.mkdir()
    first, second = (
        Plant(Database(engine), folder) for engine, folder in zip(engines, folders, strict=True)
    )
    yield first, second
    for engine in engines:
        await engine.dispose()


async def content(plant: Plant) -> list[tuple[str, ...]]:
    """Return what is published and known, without ids and times."""
    return [tuple(row) for row in await rows_of(plant.database, CONTENT)]


class Story:
    """A library whose recordings, words and prompts change, one thing at a time."""

    def __init__(self, plant: Plant, seed: int) -> None:
        """Begin with an empty library."""
        self.plant, self.dice = plant, random.Random(seed)  # noqa: S311 - a test
        self.said: Changed = {}
        self.ids: dict[str, int] = {}

    async def step(self) -> None:
        """Change something, and have the machine follow; now and then it dies on the way."""
        changes = [self.add, self.add, self.edit_prompt, self.change_model]
        await self.dice.choice([*changes, self.say_otherwise, self.remove])()
        await self.follow(dies=self.dice.random() < 0.5)

    async def add(self) -> None:
        """Let a new recording come."""
        name = f"recording-{len(self.said)}-{self.dice.randrange(10**6)}"
        self.said[name] = tuple(self.dice.sample(WORDS, 3))
        self.ids[name] = await self.plant.add(recording(name, self.said[name]))

    async def edit_prompt(self) -> None:
        """Let the prompt of a stage say something else."""
        stage = self.dice.choice(["segment", "extract", "classify"])
        self.plant.edit(stage, self.dice.choice(["Shout.", "Be brief."]))

    async def change_model(self) -> None:
        """Let every stage ask the other model."""
        self.plant.models = (self.plant.models[1], self.plant.models[0])

    async def say_otherwise(self) -> None:
        """Give a recording another version of its transcript."""
        if not self.said:
            return
        name = self.dice.choice(sorted(self.said))
        self.said[name] = tuple(self.dice.sample(WORDS, 3))
        await self.plant.say(self.ids[name], self.said[name])

    async def remove(self) -> None:
        """Take a recording away for good."""
        if self.said:
            name = self.dice.choice(sorted(self.said))
            del self.said[name]
            await self.workshop().remove(self.ids.pop(name))

    async def follow(self, *, dies: bool) -> None:
        """Redo what is stale and work until nothing is due; `dies`: not at the first attempt."""
        await self.redo()
        if dies:
            running = asyncio.create_task(self.plant.drain())
            await asyncio.sleep(self.dice.random() * 0.3)
            running.cancel()
            await asyncio.wait([running])
        await self.plant.drain()
        await self.redo()
        await self.plant.drain()

    async def redo(self) -> None:
        """Put back what is stale."""
        plan = await self.plant.plan(Scope(Reach.STALE))
        await apply_plan(self.plant.idle_deps(), Scope(Reach.STALE), plan, None)
        await rows_of(self.plant.database, "UPDATE plans SET stop_at_usd = NULL RETURNING 1")

    def workshop(self) -> Workshop:
        """Return what changes recordings."""
        return Workshop(self.plant.database, self.plant.profile(), FakeAsker())


def recording(name: str, lines: tuple[str, ...]) -> Recording:
    """Return a recording of the one creator."""
    return Recording(name, lines)


@pytest.mark.parametrize("seed", [3, 8])
async def test_step_by_step_is_the_same_as_at_once(plants: tuple[Plant, Plant], seed: int) -> None:
    """Prompts, models and words changed, recordings removed, processes killed: no trace is left."""
    changed, fresh = plants
    story = Story(changed, seed)
    await story.add()
    for _ in range(STEPS):
        await story.step()
    fresh.prompts, fresh.models = changed.prompts, changed.models
    for name, lines in story.said.items():
        await fresh.add(recording(name, lines))
    await fresh.drain()
    assert await content(changed) == await content(fresh)
    assert (await changed.plan(Scope(Reach.STALE))).stale == ()

"""A source that asks for a language: every stage that words things is told so, through real SQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from footnoted.catalogue import Making, installed_profiles
from footnoted.db.engine import make_engine
from footnoted.db.session import Database
from footnoted.knowledge.library.store import list_pages, read_page
from footnoted.llm.extractive import answer_task
from footnoted.pipeline.orders.order import draft_order
from footnoted.settings import Settings
from footnoted.stages.index import IndexStage
from footnoted.stages.profile import Build, Profile, SharedStages
from tests.fakes.asker import FakeAsker, answer_by_rules
from tests.fakes.clock import FakeClock
from tests.fakes.search import FakeIndex
from tests.fakes.stages import FakeStage
from tests.fakes.workshop import Recording, Workshop

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

LINES = {
    "techniques": (
        "Knead the bread dough for ten minutes",
        "Let the bread rise until it doubled",
        "A sauce needs salt before anything else",
    ),
    "stocks": (
        "I'm buying Nvidia shares here for the long term.",
        "I think the stock market goes higher because earnings grow.",
    ),
    "brain": (
        "So we're agreed. We go with the second design of Northwind Labs.",
        "I will send the second design to Northwind Labs by Friday.",
    ),
    "recipes": (
        "In this recipe you need five hundred grams of flour and ten grams of salt for the dough.",
        "Then knead the dough for ten minutes and bake it in a hot oven for forty minutes.",
    ),
}
WRITES = {
    "techniques": {"segment", "extract", "synthesize"},
    "stocks": {"segment", "outlook"},
    "brain": {"segment", "relate", "summarize"},
    "recipes": {"items"},
}
"""The kinds of questions whose answers are worded by a model."""
MORE = {
    "techniques": {"classify", "subtopic"},
    "stocks": {"mention"},
    "brain": {"improve", "entities"},
    "recipes": set[str](),
}
"""Those whose answers hold nothing but names, numbers and words as they were said."""


def _profile(root: Path, name: str, languages: dict[str, str], model: str = "fake") -> Profile:
    roots = [root / "prompts"]
    shared = SharedStages(
        transcribe=FakeStage("transcribe", "transcribed"),
        index=IndexStage(FakeIndex(), FakeClock()),
    )
    build = Build(lambda _stage, _profile: model, "0.0.0", "unknown", languages)
    making = Making(roots, shared, build, Settings())
    (entry,) = (entry for entry in installed_profiles(roots).entries if entry.name == name)
    return entry.make(making)


async def _follow(shop: Workshop, video: int, language: str) -> int:
    """Let a video be of a source that asks for a language; return the source."""
    source = await shop.scalar(
        """
        INSERT INTO sources (kind, locator, title, poll_interval_s, status, next_poll_at, options)
        VALUES ('folder', '/talks', 'Talks', 60, 'followed', now(),
          jsonb_build_object('output_language', CAST(:language AS text))) RETURNING id""",
        language=language,
    )
    moved = "UPDATE videos SET source_id = :source WHERE id = :video RETURNING id"
    await shop.rows(moved, source=source, video=video)
    return int(source)


async def _change(shop: Workshop, source: int, language: str) -> None:
    await shop.rows(
        """UPDATE sources SET options = jsonb_build_object('output_language',
             CAST(:language AS text)) WHERE id = :source RETURNING id""",
        language=language,
        source=source,
    )


def _told(asker: FakeAsker) -> dict[str, set[str]]:
    """Return what each kind of question said of the language to write in, and forget them."""
    told: dict[str, set[str]] = {}
    for request in (request for wave in asker.waves for request in wave):
        before, tag, rest = request.prompt.user.partition("<output_language>\n")
        said = rest.partition("\n")[0] if tag else ("nothing" if before else "")
        told.setdefault(request.task.kind, set()).add(said)
    asker.waves.clear()
    return told


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """Return a database of one's own."""
    engine = make_engine(database_url, application_name="test")
    yield Database(engine)
    await engine.dispose()


@pytest.mark.parametrize("name", WRITES)
async def test_what_is_worded_is_asked_for_in_the_language_of_the_source(
    database: Database, project_root: Path, name: str
) -> None:
    """And quotes are the words that were said; the default is that of the settings."""
    asker = FakeAsker(answer_by_rules if name == "techniques" else answer_task)
    shop = Workshop(database, _profile(project_root, name, {name: "fr"}), asker)
    video = await shop.add(Recording("talk", LINES[name]))
    await shop.process(video)
    await shop.compose()
    by_default = _told(asker)
    source = await _follow(shop, video, "de")
    await shop.process(video)
    await shop.compose()
    by_source = _told(asker)
    said = " ".join(LINES[name])
    quotes = await shop.rows("SELECT text FROM evidence WHERE match <> 'rejected'")
    await _change(shop, source, "spoken")
    await shop.process(video)
    as_spoken = _told(asker)
    assert {kind: {"fr"} for kind in WRITES[name]}.items() <= by_default.items()
    assert {kind for kind, told in by_source.items() if "de" in told} >= WRITES[name] - {
        "synthesize"
    }
    assert {kind: told for kind, told in by_source.items() if kind in MORE[name]} == {
        kind: {"nothing"} for kind in MORE[name] & by_source.keys()
    }
    assert quotes
    assert [row.text for row in quotes if row.text not in said] == []
    spoken = {kind: told for kind, told in as_spoken.items() if kind in WRITES[name]}
    assert spoken == {key: {"the language spoken"} for key in spoken}


async def test_another_language_is_another_input_and_stands_on_the_page_it_made(
    database: Database, project_root: Path
) -> None:
    """What was made under the other one is stale; a version names the languages asked for."""
    profile = _profile(project_root, "techniques", {})
    shop = Workshop(database, profile, FakeAsker())
    video = await shop.add(Recording("talk", LINES["techniques"]))
    source = await _follow(shop, video, "de")
    await shop.process(video)
    await shop.compose()
    extract, compose = profile.video_stages[2], profile.group_stages[0]
    hashes: list[tuple[str, str]] = []
    for language in ("de", "fr", "spoken", "en", "de"):
        await _change(shop, source, language)
        async with database.transaction() as session:
            drafts = [
                draft_order(await stage.load(session, item), {}).given_sha256
                for stage, item in ((extract, video), (compose, 1))
            ]
        hashes.append((drafts[0], drafts[1]))
    async with database.transaction() as session:
        (page, *_) = await list_pages(session)
        made = await read_page(session, page.id)
    assert made is not None
    assert made.provenance.output_languages == ("de",)
    assert hashes[2] == hashes[3], "English is what is spoken"
    assert hashes[0] == hashes[4]
    assert [len({pair[part] for pair in hashes}) for part in (0, 1)] == [3, 3]


async def test_the_built_in_model_is_not_asked_to_translate(
    database: Database, project_root: Path
) -> None:
    """It words nothing itself, so a language that a source asks for makes nothing of it stale."""
    profile = _profile(project_root, "techniques", {"": "fr"}, model="extractive")
    asker = FakeAsker()
    shop = Workshop(database, profile, asker)
    video = await shop.add(Recording("talk", LINES["techniques"]))
    await _follow(shop, video, "de")
    await shop.process(video)
    await shop.compose()
    told = _told(asker)
    assert {kind: told[kind] for kind in WRITES["techniques"]} == {
        kind: {"the language spoken"} for kind in WRITES["techniques"]
    }

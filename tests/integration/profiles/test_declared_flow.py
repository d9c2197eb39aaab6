"""The recipes profile, which is only data, through real stages on a real database."""

from __future__ import annotations

from itertools import permutations
from typing import TYPE_CHECKING, Any

import pytest

from footnoted.catalogue import Making, installed_profiles
from footnoted.db.engine import make_engine
from footnoted.db.session import Database
from footnoted.knowledge.library.store import list_pages, read_page
from footnoted.knowledge.render import render_markdown
from footnoted.llm.extractive import answer_task
from footnoted.llm.item_tasks import ItemsAnswer, ItemsTask
from footnoted.model.transcript import TranscriptOrigin
from footnoted.profiles.declared.store import list_items
from footnoted.profiles.declared.types import Wanted
from footnoted.settings import Settings
from footnoted.stages.index import IndexStage
from footnoted.stages.profile import Build, SharedStages
from footnoted.transcripts.captions import read_transcript
from tests.fakes.asker import FakeAsker
from tests.fakes.clock import FakeClock
from tests.fakes.search import FakeIndex
from tests.fakes.stages import FakeStage
from tests.fakes.workshop import Recording, Workshop

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from footnoted.llm.tasks import Task
    from footnoted.stages.profile import Profile

Claims = set[tuple[str, str, str, frozenset[tuple[str, int, str]]]]
FOCACCIA = "hob-and-hearth-focaccia.en.vtt"
SOUP = Recording(
    "soup",
    (
        "step | Lentil soup | Rinse two hundred grams of lentils.",
        "step | Lentil soup | Let it simmer for twenty minutes.",
    ),
)
AGAIN = Recording(
    "again",
    (
        "tip | lentil soup | The lid stays off, or it boils over.",
        "step | Lentil soup | Let it simmer for thirty minutes.",
        "step | Lentil soup | Rinse two hundred grams of lentils.",
    ),
    day=1,
)
BREAD = Recording("bread", ("step | Bread | Bake it for an hour.",), creator="Bo", day=2)


def recipes(root: Path, model: str = "extractive") -> Profile:
    """Return the profile that ships, with an index that is always there."""
    shared = SharedStages(
        transcribe=FakeStage("transcribe", "transcribed"),
        index=IndexStage(FakeIndex(), FakeClock()),
    )
    roots = [root / "prompts"]
    making = Making(
        roots, shared, Build(lambda _stage, _profile: model, "0.0.0", "unknown"), Settings()
    )
    (entry,) = (entry for entry in installed_profiles(roots).entries if entry.name == "recipes")
    return entry.make(making)


def by_rules(task: Task) -> ItemsAnswer:
    """Return an item for each cue of the form `kind | dish | text`."""
    assert isinstance(task, ItemsTask)
    items: list[dict[str, Any]] = []
    for cue in task.cues:
        kind, dish, text = cue.text.split(" | ")
        item = {"kind": kind, "dish": dish, "text": text, "quote": text}
        items.append({**item, "first_cue": cue.index, "last_cue": cue.index})
    return ItemsAnswer(items=tuple(items))


@pytest.fixture
async def kitchen(database_url: str, project_root: Path) -> AsyncIterator[Workshop]:
    """Return a workshop for recipes whose model goes by the rules above."""
    engine = make_engine(database_url, application_name="test")
    yield Workshop(Database(engine), recipes(project_root), FakeAsker(by_rules))
    await engine.dispose()


async def test_a_cooking_video_becomes_a_page_with_the_built_in_model(
    kitchen: Workshop, project_root: Path
) -> None:
    """Ingredients, steps and advice in their sections, each with a footnote that plays."""
    path = project_root / "tests" / "fixtures" / "cooking" / FOCACCIA
    said = read_transcript(path.read_bytes(), path.name, origin=TranscriptOrigin.CAPTIONS_MANUAL)
    kitchen.asker = FakeAsker(answer_task, name="extractive")
    outputs = await kitchen.process(await kitchen.add(Recording("Focaccia", (), transcript=said)))
    await kitchen.compose()
    async with kitchen.database.transaction() as session:
        (summary,) = await list_pages(session)
        page = await read_page(session, summary.id)
    assert page is not None
    assert outputs["items"].counts == {"items": 11, "evidence_exact": 11}
    assert {section.heading: len(section.claims) for section in page.sections} == {
        "Ingredients": 4,
        "Method": 5,
        "Good to know": 2,
    }
    text = render_markdown(page)
    assert "- Four hundred grams of water.[^2]" in text
    assert "- Mix the flour and the water first and let it rest for thirty minutes" in text
    assert "?v=Focaccia&t=17" in text
    assert "no language model wrote any of it" in text
    assert "PanCo" not in text
    assert "grandmother" not in text
    report = await kitchen.verify()
    assert (report.offenders, report.claims, report.moments) == ((), 11, 11)
    assert await kitchen.scalar("SELECT count(*) FROM documents WHERE kind = 'moment'") == 11
    assert await kitchen.scalar(
        "SELECT fields->>'celsius' FROM declared_items WHERE fields ? 'celsius'"
    ) == "230"  # fmt: skip


@pytest.fixture
def databases(template_database: str, new_database: Callable[[str], str]) -> list[str]:
    """Return the URLs of three databases with the schema and no rows."""
    return [new_database(template_database) for _ in range(3)]


async def test_items_are_listed_by_what_they_say(kitchen: Workshop) -> None:
    """By kind, creator and the values of fields, newest recording first, each with its link."""
    for recording in (SOUP, AGAIN, BREAD):
        await kitchen.process(await kitchen.add(recording))

    async def titles(**wanted: Any) -> list[str]:
        async with kitchen.database.transaction() as session:
            return [item.title for item in await list_items(session, Wanted(**wanted))]

    async with kitchen.database.transaction() as session:
        first, *_ = await list_items(session, Wanted(most=1))
    assert (first.title, first.creator, first.link) == (
        "Bake it for an hour.",
        "Bo",
        "https://video.example/watch?v=bread&t=0",
    )
    assert await titles(kind="TIP") == ["The lid stays off, or it boils over."]
    assert await titles(creator="bo") == ["Bake it for an hour."]
    assert await titles(having=[("dish", "Bread"), ("kind", "step")]) == ["Bake it for an hour."]
    assert await titles(having=[("minutes", "20")]) == []
    assert len(await titles(having=[("dish", "LENTIL soup")])) == 5
    assert await titles(profile="techniques") == []


async def test_pages_are_the_same_in_any_order_of_arrival_and_deletion_retracts(
    databases: list[str], project_root: Path
) -> None:
    """Two recordings of one dish share a page; what both say stands once with both footnotes."""
    outcomes: list[tuple[Claims, Claims]] = []
    for url, order in zip(databases, list(permutations((SOUP, AGAIN, BREAD)))[::2], strict=True):
        engine = make_engine(url, application_name="test")
        kitchen = Workshop(Database(engine), recipes(project_root), FakeAsker(by_rules))
        videos: dict[str, int] = {}
        for recording in order:
            videos[recording.name] = await kitchen.add(recording)
            await kitchen.process(videos[recording.name])
            await kitchen.compose()
        before = await kitchen.claims()
        await kitchen.remove(videos["again"])
        await kitchen.compose()
        outcomes.append((before, await kitchen.claims()))
        assert (await kitchen.verify()).offenders == ()
        await engine.dispose()
    assert all(outcome == outcomes[0] for outcome in outcomes)
    before, after = outcomes[0]
    assert len(before) == 5
    assert [len(support) for *_, text, support in before if text.startswith("Rinse")] == [2]
    assert {text for *_, text, _ in after} == {
        "Rinse two hundred grams of lentils.",
        "Let it simmer for twenty minutes.",
        "Bake it for an hour.",
    }


async def test_what_is_asked_again_keeps_its_rows_and_what_left_is_let_go(
    kitchen: Workshop,
) -> None:
    """An equal answer changes nothing; an item that left goes with its claim and its document."""
    video = await kitchen.add(SOUP)
    await kitchen.process(video)
    await kitchen.compose()
    query = "SELECT id, created_at FROM declared_items WHERE retired_at IS NULL ORDER BY position"
    before = await kitchen.rows(query)
    await kitchen.process(video)
    assert await kitchen.compose() == 0
    assert await kitchen.rows(query) == before
    asker = FakeAsker(by_rules)
    asker.will_answer("part-0", ItemsAnswer(items=()))
    kitchen.asker = asker
    await kitchen.process(video)
    assert await kitchen.compose() == 1
    assert (await kitchen.rows(query), await kitchen.claims()) == ([], set())
    assert await kitchen.scalar("SELECT count(*) FROM declared_items") == 0
    assert await kitchen.scalar("SELECT count(*) FROM documents WHERE kind <> 'window'") == 0


async def test_a_rejected_quote_is_never_published(kitchen: Workshop) -> None:
    """It is stored and counted; the item that rests on it does not exist."""
    good: dict[str, Any] = {
        "kind": "step",
        "dish": "Lentil soup",
        "text": "Rinse the lentils.",
        "quote": "Rinse two hundred grams of lentils.",
        "first_cue": 0,
        "last_cue": 0,
    }
    bad: dict[str, Any] = {**good, "text": "Add it.", "quote": "season it with stardust from Mars"}
    asker = FakeAsker(by_rules)
    asker.will_answer("part-0", ItemsAnswer(items=(good, bad)))
    kitchen.asker = asker
    outputs = await kitchen.process(await kitchen.add(SOUP))
    await kitchen.compose()
    assert outputs["items"].counts == {"items": 1, "evidence_exact": 1, "evidence_rejected": 1}
    assert {text for *_, text, _ in await kitchen.claims()} == {"Rinse the lentils."}

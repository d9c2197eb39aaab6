"""A meeting from its transcript to entities, edges, points and flags, through real SQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from footnoted.db.tables import videos
from footnoted.llm.brain_tasks import (
    EntitiesAnswer,
    ImproveAnswer,
    NamedEntity,
    RelateAnswer,
    StatedPoint,
    StatedRelation,
    WordFix,
)
from footnoted.model.status import INDEXED
from footnoted.profiles.brain.graph.reading import find_entity, graph_around, path_between
from footnoted.profiles.brain.graph.scope import ALL_EDGES, Followed, Scope
from footnoted.profiles.brain.graph.store import citations_of, list_entities, together_over_time
from footnoted.profiles.brain.reading.store import read_minutes
from tests.fakes.asker import FakeAsker
from tests.fakes.brain import meeting

if TYPE_CHECKING:
    from footnoted.profiles.brain.reading.minutes import Minutes
    from tests.fakes.workshop import Workshop

LINES = (
    "Ada: Good morning, today we talk to Priya Oduya of Northwind Labs about the port",
    "Ada: and Paridosh asked Northwind Labs for a price of 30,000 dollars last month",
    "Bo: I talked to Priya Oduya and she said that Northwind Labs needs the design by March 14",
    "Ada: Then we decided to go with the second design of Northwind Labs for the whole port",
    "Bo: I will send the second design to Priya Oduya by Friday so that she can start with it",
    "Ada: What do we do about the licence of the old editor after the port is finished?",
)
CALL = meeting("call", *LINES)
PLAYS = "https://video.example/watch?v=call"


async def _minutes(office: Workshop, video: int) -> Minutes:
    async with office.database.transaction() as session:
        found = await read_minutes(session, video)
    assert found is not None
    return found


async def test_a_meeting_becomes_entities_edges_and_points_that_play(office: Workshop) -> None:
    """Everything that was found rests on words that were said, and opens at their second."""
    video = await office.add(CALL)
    await office.process(video)
    status = await office.scalar("SELECT status FROM videos WHERE id = :id", id=video)
    noted = await _minutes(office, video)
    async with office.database.transaction() as session:
        entities = await list_entities(session)
        labs = await find_entity(session, "northwind labs")
        cited = (await citations_of(session, [labs.id]))[labs.id]
    assert status == INDEXED
    assert {(each.name, each.type) for each in entities if each.is_resolved} >= {
        ("Ada", "person"),
        ("Bo", "person"),
        ("Priya Oduya", "person"),
        ("Northwind Labs", "organization"),
        ("30,000 dollars", "money"),
        ("March 14", "date"),
    }
    words = [line.partition(": ")[2] for line in LINES]
    assert [(each.first_cue, each.start_char, each.link) for each in cited] == [
        (number, words[number].index("Northwind Labs"), f"{PLAYS}&t={number * 4}")
        for number in range(4)
    ]
    assert {(point.kind, point.who, point.due) for point in noted.points} >= {
        ("decision", None, None),
        ("action", "Bo", "by Friday"),
        ("question", None, None),
    }
    assert noted.sentences != ()
    assert (await office.verify()).holds


async def test_each_flag_is_said_by_the_commit_that_did_it_and_by_no_other(
    office: Workshop,
) -> None:
    """Entities, then the graph, then the text; a change upstream takes back what rests on it."""
    video = await office.add(CALL)
    seen: list[tuple[str, bool, bool, bool]] = []
    for stage in office.profile.video_stages[1:]:
        await office.run(stage, video)
        done = (await _minutes(office, video)).done
        seen.append((stage.name, done.entities_extracted, done.graph_built, done.text_indexed))
    assert seen == [
        ("improve", False, False, False),
        ("segment", False, False, False),
        ("entities", True, False, False),
        ("resolve", True, False, False),
        ("relate", True, True, False),
        ("summarize", True, True, False),
        ("index", True, True, True),
    ]
    improve, _, entities, *_ = office.profile.video_stages[1:]
    await office.run(entities, video)
    assert all((await _minutes(office, video)).done.model_dump().values()), "nothing changed"
    assert isinstance(office.asker, FakeAsker)
    fix = WordFix(cue=1, before="Paridosh", after="Parithosh", reason="sounds alike")
    office.asker.will_answer("part-0", ImproveAnswer(fixes=(fix,)))
    await office.run(improve, video)
    corrected = (await _minutes(office, video)).done
    await office.run(entities, video)
    named = (await _minutes(office, video)).done
    assert tuple(corrected.model_dump().values()) == (True, False, False)
    assert tuple(named.model_dump().values()) == (True, True, False)


async def test_a_new_transcript_takes_back_all_flags(office: Workshop) -> None:
    """Nothing is said of words that nobody looked at yet."""
    video = await office.add(CALL)
    await office.process(video)
    said = meeting("call", *LINES[:3]).transcript
    assert said is not None
    await office.transcribe(video, said)
    await office.run(office.profile.video_stages[1], video)
    done = (await _minutes(office, video)).done
    assert tuple(done.model_dump().values()) == (False, False, False)


async def test_corrections_are_listed_and_the_transcript_stays(office: Workshop) -> None:
    """Names are read corrected and cited as heard; the stored cues are what they were."""
    assert isinstance(office.asker, FakeAsker)
    fix = WordFix(cue=1, before="Paridosh", after="Parithosh", reason="sounds alike")
    office.asker.will_answer("part-0", ImproveAnswer(fixes=(fix,)))
    video = await office.add(CALL)
    before = await office.scalar("SELECT cues FROM transcripts")
    await office.process(video)
    noted = await _minutes(office, video)
    asked = next(each for wave in office.asker.waves for each in wave if each.label == "topic-0")
    async with office.database.transaction() as session:
        heard = {each.name: each for each in await list_entities(session)}["Parithosh"]
        (cited,) = (await citations_of(session, [heard.id]))[heard.id]
    assert [(each.cue, each.start_ms, each.before, each.after) for each in noted.fixes] == [
        (1, 4_000, "Paridosh", "Parithosh")
    ]
    assert "Parithosh" in asked.prompt.user
    assert "Paridosh" not in asked.prompt.user
    assert LINES[1][5:][cited.start_char : cited.end_char] == "Paridosh"
    assert await office.scalar("SELECT cues FROM transcripts") == before
    assert (await office.verify()).holds


async def test_saving_the_same_again_changes_nothing(office: Workshop) -> None:
    """A second pass leaves every row as it was."""
    video = await office.add(CALL)
    await office.process(video)
    query = """
      SELECT 'm' AS t, id::text AS k, xmin::text FROM brain_mentions
      UNION ALL SELECT 'r', id::text, xmin::text FROM brain_relations
      UNION ALL SELECT 'p', id::text, xmin::text FROM brain_points
      UNION ALL SELECT 's', id::text, xmin::text FROM brain_sentences
      UNION ALL SELECT 'n', name_id::text, xmin::text FROM brain_names
      UNION ALL SELECT 'e', id::text, xmin::text FROM evidence
      UNION ALL SELECT 'd', id::text, xmin::text FROM documents ORDER BY 1, 2"""
    before = await office.rows(query)
    await office.process(video)
    assert before
    assert await office.rows(query) == before


async def test_no_edge_outlives_its_ends_and_rejected_quotes_are_kept_by_their_stage(
    office: Workshop,
) -> None:
    """A name that is not found any more takes its edges along; the other stage's quotes stay."""
    assert isinstance(office.asker, FakeAsker)
    quote = "we talk to Priya Oduya of Northwind Labs about the port"
    names = [("Priya Oduya", "person"), ("Northwind Labs", "organization")]
    found = [
        NamedEntity(name=name, type=of, written=(name,), quote=quote, first_cue=0, last_cue=0)
        for name, of in names
    ]
    relation = StatedRelation(
        source=2, predicate="works at", target=3, quote=quote, first_cue=0, last_cue=0
    )
    invented = StatedPoint(
        kind="decision",
        text="They are fired.",
        quote="all of Northwind Labs is fired as of this very morning",
        first_cue=0,
        last_cue=0,
    )
    video = await office.add(CALL)
    stages = {stage.name: stage for stage in office.profile.video_stages}
    for name in ("improve", "segment"):
        await office.run(stages[name], video)
    office.asker.will_answer("topic-0", EntitiesAnswer(entities=tuple(found)))
    await office.run(stages["entities"], video)
    office.asker.will_answer("topic-0", RelateAnswer(relations=(relation,), points=(invented,)))
    out = await office.run(stages["relate"], video)
    edges = await office.rows("SELECT kind, predicate FROM brain_relations WHERE kind = 'stated'")
    office.asker.will_answer("topic-0", EntitiesAnswer(entities=tuple(found[:1])))
    await office.run(stages["entities"], video)
    left = await office.rows("""
      SELECT r.id FROM brain_relations r
      WHERE NOT EXISTS (SELECT 1 FROM brain_names n WHERE n.name_id = r.source_id)
        OR NOT EXISTS (SELECT 1 FROM brain_names n WHERE n.name_id = r.target_id)""")
    stated = await office.scalar("SELECT count(*) FROM brain_relations WHERE kind = 'stated'")
    assert [tuple(row) for row in edges] == [("stated", "works at")]
    assert out.counts["evidence_rejected"] == 1
    assert (left, stated) == ([], 0)
    assert (await office.verify()).rejected == 1


async def test_the_graph_knows_what_is_around_and_the_way_between(office: Workshop) -> None:
    """Two who never met are connected by what both speak of; every edge has its quote."""
    first = meeting(
        "first",
        "Ada: The new port was built by Northwind Labs as far as we know",
        "Ada: and Northwind Labs will build the next one as well for us",
    )
    second = meeting(
        "second",
        "Cleo: We have heard that Northwind Labs has a new design for it",
        "Cleo: so we will ask Northwind Labs for the drawings of this design",
        day=40,
    )
    for recording in (first, second):
        await office.process(await office.add(recording))
    async with office.database.transaction() as session:
        path = await path_between(session, ("Ada", "Cleo"))
        around = await graph_around(session, "Ada", 1)
        alone = await path_between(session, ("Ada", "Cleo"), Followed(("stated",)))
        labs = await find_entity(session, "Northwind Labs")
        months = await together_over_time(session, labs.id, ALL_EDGES)
        only = Scope(video_id=await session.scalar(select(func.max(videos.c.id))))
        heard = await list_entities(session, scope=only)
        (said,) = (await citations_of(session, [labs.id], only)).values()
        narrow = await graph_around(session, "Northwind Labs", 1, Followed(scope=only))
        types = {each.name: each.type for each in await list_entities(session)}
        people = await graph_around(session, "Northwind Labs", 2, Followed(types=("person",)))
        of_people = await graph_around(session, "Ada", 3, Followed(types=("person",)))
        firms = Followed(types=(types["Northwind Labs"],))
        by_firm = await path_between(session, ("Ada", "Cleo"), firms)
        without = await path_between(session, ("Ada", "Cleo"), Followed(types=("date",)))
        dates = await together_over_time(session, labs.id, Followed(types=("date",)))
        known = await together_over_time(session, labs.id, Followed(types=("person",)))
        nobody = await list_entities(session, scope=Scope(creator="Somebody else"))
    assert [each.name for each in path.entities] == ["Ada", "Northwind Labs", "Cleo"]
    assert [each.name for each in around.entities] == ["Ada", "Northwind Labs"]
    assert {edge.predicate for edge in path.edges} == {"speaks of"}
    assert all(edge.citations for edge in path.edges)
    assert alone.entities == ()
    assert [(each.month, each.name, each.times) for each in months] == [
        ("2026-01", "Ada", 2),
        ("2026-02", "Cleo", 2),
    ]
    firsts = [each.citation.quote for each in months if each.citation]
    assert [quote[:13] for quote in firsts] == ["The new port ", "We have heard"]
    assert {each.name for each in heard} == {"Northwind Labs", "Cleo"}
    assert {each.video_title for each in said} == {"second"}
    assert [each.name for each in narrow.entities] == ["Northwind Labs", "Cleo"]
    assert (types["Ada"], types["Northwind Labs"] == "person") == ("person", False)
    assert {each.name for each in people.entities} == {"Northwind Labs", "Ada", "Cleo"}
    assert {edge.kind for edge in people.edges} == {"speaks_of"}
    assert [each.name for each in of_people.entities] == ["Ada"]
    assert ([each.name for each in by_firm.entities], without.entities) == (
        ["Ada", "Northwind Labs", "Cleo"],
        (),
    )
    assert (dates, known) == ([], months)
    assert nobody == []


async def test_a_silent_recording_passes_every_stage(office: Workshop) -> None:
    """Nothing in it is an outcome too: every flag is said, and nothing was found."""
    video = await office.add(meeting("silence"))
    await office.process(video)
    noted = await _minutes(office, video)
    assert tuple(noted.done.model_dump().values()) == (True, True, True)
    assert (noted.points, noted.sentences, noted.fixes) == ((), (), ())

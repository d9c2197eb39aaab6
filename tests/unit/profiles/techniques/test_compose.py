"""Composing: chunks asked together, drafts of one page united."""

from __future__ import annotations

from dataclasses import replace

from footnoted.knowledge.groups.group import PageGroup
from footnoted.llm.tasks import ClaimDraft, PageDraft, SectionDraft, SynthesizeAnswer
from footnoted.profiles.techniques.compose import ComposeStage
from footnoted.profiles.techniques.types import ComposeInput, ComposeOutput, StoredMoment
from footnoted.prompting import parse_prompt
from footnoted.stages.port import StageContext
from footnoted.stages.profile import MadeBy
from tests.fakes.asker import FakeAsker
from tests.unit.profiles.techniques.moments import moment

PROMPTS = {
    "compose": parse_prompt("compose", "S\n=== user ===\n{{language}} {{category}} {{moments}}"),
    "merge": parse_prompt(
        "merge", "S\n=== user ===\n{{language}} {{category}} {{first}} {{second}}"
    ),
}
GROUP = PageGroup(
    id=1, profile="techniques", creator_id=2, creator="Ada", category="Cooking", wanted=3
)
MADE_BY = MadeBy(("segment", "extract", "classify"), "t" * 64, "0.1", "abc")


async def _compose(asker: FakeAsker, moments: list[StoredMoment], size: int) -> ComposeOutput:
    stage = ComposeStage(MADE_BY, "m", chunk_size=size)
    given = ComposeInput(group=GROUP, moments=tuple(moments))
    return await stage.run(given, StageContext(asker, PROMPTS))


async def test_drafts_of_one_page_from_several_chunks_are_one_page() -> None:
    """With the claims of all, each resting on the moments of its own chunk."""
    asker = FakeAsker()
    moments = [moment(number, subtopic="bread") for number in range(10)]
    out = await _compose(asker, moments, 4)
    (page,) = out.pages
    assert len(asker.waves[0]) >= 3
    assert {claim.text: claim.support[0].moment_id for claim in page.claims} == {
        item.summary: item.id for item in moments
    }
    assert out.counts == {"pages": 1, "claims": 10, "uncovered_moments": 0}


async def test_a_claim_that_two_chunks_make_is_one_with_the_support_of_both() -> None:
    """The same words about it stand once."""
    same = "Salt the water."
    moments = [
        moment(number, subtopic="bread").model_copy(update={"summary": same}) for number in range(6)
    ]
    out = await _compose(FakeAsker(), moments, 3)
    (claim,) = out.pages[0].claims
    assert {item.moment_id for item in claim.support} == {item.id for item in moments}


async def test_an_emptied_group_has_no_pages_and_asks_nothing() -> None:
    """It retires what it had."""
    asker = FakeAsker()
    out = await _compose(asker, [], 4)
    assert (out.pages, asker.waves) == ((), [])


async def test_a_prompt_shows_at_most_300_characters_of_what_was_said() -> None:
    """The excerpt is enough to write from, and bounds the price."""
    asker = FakeAsker()
    long = moment(0).model_copy(update={"quote": "word " * 200, "tools": ("Pan", "Pot")})
    await _compose(asker, [long], 4)
    line = asker.waves[0][0].prompt.user.split("<moments>\n")[1].split("\n")[0]
    head, quote = line.split(' "')
    assert head == "[0] Title 0 (tip; tools: Pan, Pot): Summary 0."
    assert 250 < len(quote) <= 301


async def test_what_made_the_pages_is_said_with_them() -> None:
    """Prompts by hash, models by stage, taxonomy, code."""
    made = (await _compose(FakeAsker(), [moment(0)], 4)).provenance
    assert (made.prompts, made.models, made.taxonomy, made.git_sha) == (
        {name: prompt.sha256 for name, prompt in PROMPTS.items()},
        {"compose": "fake"},
        "t" * 64,
        "abc",
    )


async def test_a_page_names_the_models_and_the_languages_it_was_really_written_with() -> None:
    """Those that answered, whoever might have been asked, and what each source of it asks for."""
    moments = [
        moment(at, recording=name).model_copy(update={"video_id": at, "output_language": language})
        for at, (name, language) in enumerate((("a", "fr"), ("b", None), ("c", "de")))
    ]
    given = ComposeInput(group=GROUP, moments=tuple(moments))
    prompts = {name: replace(one, user="{{output_language}}") for name, one in PROMPTS.items()}
    stage = ComposeStage(MADE_BY, "m", chunk_size=4)
    made = (await stage.run(given, StageContext(FakeAsker(), prompts, "fake>other"))).provenance
    assert (made.models, made.output_languages) == ({"compose": "fake"}, ("de", "fr"))


async def test_what_an_answer_cites_in_vain_is_told_in_the_counts() -> None:
    """The event of the stage shows what was thrown away, and what no page uses."""
    asker = FakeAsker()
    claims = (
        ClaimDraft(text="Salt the water.", moment_indices=(0, 2)),
        ClaimDraft(text="Invented.", moment_indices=(-1,)),
    )
    page = PageDraft(
        title="Salt", summary="S", sections=(SectionDraft(heading="H", claims=claims),)
    )
    empty = PageDraft(title="Empty", summary="S", sections=())
    asker.will_answer("video-1/0", SynthesizeAnswer(pages=(page, empty)))
    out = await _compose(asker, [moment(0), moment(1)], 4)
    assert out.counts == {
        "pages": 1,
        "claims": 1,
        "uncovered_moments": 1,
        "dropped_claims": 1,
        "dropped_summaries": 1,
        "rejected_indices": 2,
        "rejected_pages": 1,
    }

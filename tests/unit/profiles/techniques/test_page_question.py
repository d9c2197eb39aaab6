"""Pages asked for in parts of a chunk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from footnoted.knowledge.groups.group import PageGroup
from footnoted.llm.tasks import (
    ClaimDraft,
    PageDraft,
    SectionDraft,
    SynthesisMoment,
    SynthesizeAnswer,
    SynthesizeTask,
)
from footnoted.profiles.techniques.compose import ComposeStage
from footnoted.profiles.techniques.page_question import page_question, page_tokens
from footnoted.profiles.techniques.types import ComposeInput, ComposeOutput, StoredMoment
from footnoted.prompting import parse_prompt
from footnoted.stages.answer_size import STREAMING_TOKENS
from footnoted.stages.port import StageContext
from footnoted.stages.profile import MadeBy
from tests.fakes.asker import FakeAsker
from tests.unit.profiles.techniques.moments import moment

if TYPE_CHECKING:
    from uuid import UUID

    from footnoted.llm.port import Division, ModelRequest

PROMPT = parse_prompt("compose", "S\n=== user ===\n{{language}} {{category}} {{moments}}")
MERGE = parse_prompt("merge", "S\n=== user ===\n{{language}} {{category}} {{first}} {{second}}")
GROUP = PageGroup(
    id=1, profile="techniques", creator_id=2, creator="Ada", category="Cooking", wanted=3
)


def _material(index: int, subtopic: str | None = None) -> SynthesisMoment:
    return SynthesisMoment(
        index=index,
        title="T",
        summary="S.",
        content_type="tip",
        subtopic=subtopic,
        tools=(),
        quote="q",
    )


def _request(*moments: SynthesisMoment) -> ModelRequest[SynthesizeAnswer]:
    task = SynthesizeTask(language="en", category="Cooking", moments=moments)
    return page_question().request("video-1/0", task, PROMPT, 4_000)


def _division(request: ModelRequest[SynthesizeAnswer]) -> Division:
    assert request.divide is not None
    division = request.divide()
    assert division is not None
    return division


def _section(heading: str, *claims: tuple[str, tuple[int, ...]]) -> SectionDraft:
    drafts = (ClaimDraft(text=text, moment_indices=indices) for text, indices in claims)
    return SectionDraft(heading=heading, claims=tuple(drafts))


def _page(title: str, *sections: SectionDraft) -> PageDraft:
    return PageDraft(title=title, summary=f"About {title}.", sections=sections)


def _merged(first: list[PageDraft], second: list[PageDraft]) -> list[PageDraft]:
    """Return the pages of halves about the moments 0 to 2 and 3 to 5."""
    division = _division(_request(*map(_material, range(6))))
    halves = [SynthesizeAnswer(pages=tuple(pages)) for pages in (first, second)]
    return list(division.merge(halves).pages)


def test_a_chunk_is_cut_between_subtopics_near_its_middle() -> None:
    """What belongs on one page is then still written by one call."""
    subtopics = ["bread"] * 4 + ["sauces"] * 6
    division = _division(_request(*(_material(n, name) for n, name in enumerate(subtopics))))
    assert [part.label for part in division.requests] == ["video-1/0/1", "video-1/0/2"]
    assert [len(part.task.moments) for part in division.requests] == [4, 6]
    assert division.requests[1].prompt.user.count("[4] T (tip; subtopic: sauces)") == 1


def test_a_single_moment_is_not_cut() -> None:
    """There is nothing left to write less about."""
    request = _request(_material(0))
    assert request.divide is not None
    assert request.divide() is None


def test_drafts_of_one_address_are_one_page_with_the_sections_of_both() -> None:
    """Title and summary are the first one's; what both claim rests on the moments of both."""
    first = _page("Baking bread", _section("How", ("Heat the pot.", (0,)), ("Wait.", (1,))))
    second = _page(
        "Baking Bread!",
        _section("Why", ("It rises.", (5,))),
        _section("How", ("heat  the pot.", (3,))),
    )
    assert _merged([first], [second]) == [
        _page(
            "Baking bread",
            _section("How", ("Heat the pot.", (0, 3)), ("Wait.", (1,))),
            _section("Why", ("It rises.", (5,))),
        )
    ]


def test_other_pages_stand_in_order_and_pages_without_a_title_are_not_joined() -> None:
    """They are rejected one by one, as in a whole answer."""
    blank, one, two = _page(" "), _page("One"), _page("Two")
    assert _merged([one, blank], [blank, two]) == [one, blank, blank, two]


def test_an_index_of_the_other_half_is_one_of_no_moment() -> None:
    """A claim never rests on a moment that its writer was not shown."""
    (page,) = _merged([_page("One", _section("H", ("A.", (0, 4, 9, -1))))], [])
    assert page.sections[0].claims[0].moment_indices == (0, -5, -10, -1)


async def _compose(asker: FakeAsker, moments: list[StoredMoment]) -> ComposeOutput:
    made_by = MadeBy(("segment", "extract", "classify"), "t" * 64, "0.1", "abc")
    stage = ComposeStage(made_by, "m", chunk_size=12)
    given_input = ComposeInput(group=GROUP, moments=tuple(moments))
    return await stage.run(given_input, StageContext(asker, {"compose": PROMPT, "merge": MERGE}))


def _claims(out: ComposeOutput) -> dict[tuple[str, str], set[UUID]]:
    claims = [
        ((page.slug, claim.text), {support.moment_id for support in claim.support})
        for page in out.pages
        for claim in page.claims
    ]
    assert len(dict(claims)) == len(claims)
    return dict(claims)


@given(
    st.lists(st.tuples(st.sampled_from(["a", "b", None]), st.integers(0, 5)), max_size=30),
    st.integers(1, 8),
)
async def test_no_claim_is_lost_or_doubled_by_asking_in_parts(
    contents: list[tuple[str | None, int]], limit: int
) -> None:
    """Pages, claims, what each rests on, and what is covered are those of whole answers."""
    moments = [
        moment(number, subtopic=subtopic).model_copy(update={"summary": f"Summary {said}."})
        for number, (subtopic, said) in enumerate(contents)
    ]
    asker = FakeAsker(
        is_too_long=lambda request: (
            isinstance(request.task, SynthesizeTask) and len(request.task.moments) > limit
        )
    )
    parts, whole = await _compose(asker, moments), await _compose(FakeAsker(), moments)
    assert _claims(parts) == _claims(whole)
    assert parts.counts == whole.counts


def test_the_bound_follows_what_there_is_to_say() -> None:
    """Forty moments of the usual length have room for two and a half times the usual answer."""
    usual = [
        _material(n).model_copy(update={"summary": "a word or two " * 8, "title": "Title " * 5})
        for n in range(40)
    ]
    assert 5_000 < page_tokens(usual) < 6_500
    long = [item.model_copy(update={"summary": "word " * 2_000}) for item in usual]
    assert page_tokens(long) < STREAMING_TOKENS

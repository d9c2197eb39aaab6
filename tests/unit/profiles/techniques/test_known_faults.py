"""Faults of the systems that this profile follows: each is tried here, by its name.

The numbers are those of the list of faults that were found by reading those systems. Those that
need a database are in `tests/integration/profiles/test_known_page_faults.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from footnoted.knowledge.groups.group import PageGroup
from footnoted.llm.tasks import (
    ChainDraft,
    ClaimDraft,
    PageDraft,
    SectionDraft,
    SynthesizeAnswer,
    SynthesizeTask,
)
from footnoted.profiles.techniques.compose import ComposeStage
from footnoted.profiles.techniques.drafts import DraftReader
from footnoted.profiles.techniques.types import ComposeInput, ComposeOutput
from footnoted.prompting import parse_prompt
from footnoted.stages.port import StageContext
from footnoted.stages.profile import MadeBy
from tests.fakes.asker import FakeAsker
from tests.unit.profiles.techniques.moments import moment

if TYPE_CHECKING:
    from footnoted.knowledge.pages.composed import ComposedPage
    from footnoted.profiles.techniques.types import StoredMoment

PROMPTS = {
    "compose": parse_prompt("compose", "S\n=== user ===\n{{language}} {{category}} {{moments}}"),
    "merge": parse_prompt(
        "merge", "S\n=== user ===\n{{language}} {{category}} {{first}} {{second}}"
    ),
}
GROUP = PageGroup(
    id=1, profile="techniques", creator_id=2, creator="Ada", category="Cooking", wanted=3
)


async def _compose(asker: FakeAsker, moments: list[StoredMoment], size: int = 4) -> ComposeOutput:
    stage = ComposeStage(MadeBy((), "t", "0", "abc"), "m", chunk_size=size)
    given = ComposeInput(group=GROUP, moments=tuple(moments))
    return await stage.run(given, StageContext(asker, PROMPTS))


def _page(title: str, *claims: tuple[str, tuple[int, ...]], summary: str = "") -> PageDraft:
    drafts = tuple(ClaimDraft(text=text, moment_indices=indices) for text, indices in claims)
    return PageDraft(
        title=title,
        summary=summary,
        summary_indices=claims[0][1] if summary and claims else (),
        sections=(SectionDraft(heading="Tips", claims=drafts),),
    )


def _read(
    run: tuple[StoredMoment, ...], *pages: PageDraft
) -> tuple[list[ComposedPage], dict[str, int]]:
    reader = DraftReader()
    return list(reader.read(SynthesizeAnswer(pages=pages), run)), dict(reader.counts)


def test_fault_2_tags_are_those_of_the_page_and_not_of_the_one_before() -> None:
    """The first page has its own; the second has none of the first."""
    run = (moment(0, subtopic="bread", tools=("Pot",)), moment(1), moment(2, subtopic="sauces"))
    pages, _ = _read(
        run,
        _page("Bread", ("Bake it.", (0,))),
        _page("Nothing", ("Wait.", (1,))),
        _page("Sauce", ("Whisk it.", (2,))),
    )
    assert [(page.tags, page.tools) for page in pages] == [
        (("bread",), ("Pot",)),
        ((), ()),
        (("sauces",), ()),
    ]


async def test_fault_3_indices_of_a_later_chunk_are_mapped_to_the_group() -> None:
    """In every chunk, and still after drafts of several chunks became one page."""

    def cite_first(task: object) -> SynthesizeAnswer:
        assert isinstance(task, SynthesizeTask)
        first = task.moments[0]
        return SynthesizeAnswer(pages=(_page("All", (f"Says {first.title}.", (0,))),))

    moments = [moment(number) for number in range(10)]
    asker = FakeAsker(cite_first, None)
    out = await _compose(asker, moments)
    by_title = {f"Says {each.title}.": each.id for each in moments}
    chunks = [one for one in asker.waves[0] if isinstance(one.task, SynthesizeTask)]
    (page,) = out.pages
    assert len(chunks) >= 3
    assert len(page.claims) == len(chunks)
    assert {claim.text: claim.support[0].moment_id for claim in page.claims} == {
        claim.text: by_title[claim.text] for claim in page.claims
    }


def test_c12_only_moments_that_a_page_declares_are_linked_to_it() -> None:
    """Each exactly where it belongs; one that no page names is on none, and is counted."""
    run = tuple(moment(number) for number in range(5))
    pages, _ = _read(run, _page("A", ("One.", (0, 3))), _page("B", ("Two.", (1,))))
    linked = [page.moment_ids for page in pages]
    assert linked == [{run[0].id, run[3].id}, {run[1].id}]


def test_c13_a_page_without_indices_is_linked_to_nothing_and_counted() -> None:
    """No fallback links all moments of a group to it: a footnote is a claim's, or is not."""
    pages, counts = _read((moment(0), moment(1)), _page("A", ("One.", ())))
    assert (pages, counts["rejected_pages"], counts["dropped_claims"]) == ([], 1, 1)


def test_complaint_24_scaffolding_and_placeholder_links_are_never_published() -> None:
    """In titles, claims, summaries and chains; rejected and counted, and the rest stands."""
    run = (moment(0), moment(1))
    chain = ChainDraft(
        name="Chain",
        steps=(
            ClaimDraft(text="EQ", moment_indices=(0,)),
            ClaimDraft(text="[insert device]", moment_indices=(1,)),
        ),
    )
    good = _page(
        "Salt",
        ("Salt the water.", (0,)),
        ("As an AI, I cannot taste it.", (0,)),
        ("See https://example.com/salt.", (1,)),
        ("TODO: how much.", (1,)),
        summary="In this video, water is salted.",
    ).model_copy(update={"signal_chains": (chain,)})
    pages, counts = _read(run, good, _page("Lorem ipsum", ("Stir.", (1,))))
    assert [[claim.text for claim in page.claims] for page in pages] == [["Salt the water."]]
    assert pages[0].summary == ""
    assert counts == {
        "dropped_claims": 4,
        "dropped_summaries": 1,
        "rejected_chains": 1,
        "rejected_link": 1,
        "rejected_pages": 1,
        "rejected_placeholder": 3,
        "rejected_scaffolding": 2,
    }


async def test_complaint_24_a_prompt_does_not_grow_with_the_pages_there_are() -> None:
    """What is asked about a recording shows its own moments and nothing of any page."""
    one = [moment(number, recording="b") for number in range(3)]
    many = [moment(n, recording=name) for name in "acdefgh" for n in range(4)]
    alone, among = FakeAsker(), FakeAsker()
    await _compose(alone, one)
    await _compose(among, sorted([*one, *many], key=lambda each: each.recording))
    own = {request.prompt.user for request in alone.waves[0]}
    assert own <= {request.prompt.user for request in among.waves[0]}


def test_complaint_25_a_summary_that_no_cited_moment_says_is_dropped() -> None:
    """A summary rests on moments of its page like a claim does, or there is none."""
    run = (moment(0), moment(1))
    draft = _page("Salt", ("Salt the water.", (0,)), summary="Salt is old.")
    pages, counts = _read(run, draft.model_copy(update={"summary_indices": (1,)}))
    assert (pages[0].summary, counts) == ("", {"dropped_summaries": 1})

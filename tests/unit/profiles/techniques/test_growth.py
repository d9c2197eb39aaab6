"""Pages grow over recordings: what comes adds, confirms or contradicts; what goes costs nothing.

The model of these tests words everything by all that it was shown, so nothing here holds because
answers happen to be alike.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from footnoted.knowledge.groups.group import PageGroup
from footnoted.profiles.techniques.compose import ComposeStage
from footnoted.profiles.techniques.page_question import MOMENT_CHARS
from footnoted.profiles.techniques.types import ComposeInput, ComposeOutput
from footnoted.prompting import parse_prompt, read_prompt
from footnoted.stages.call_labels import pattern_of_others
from footnoted.stages.port import StageContext
from footnoted.stages.profile import MadeBy
from tests.fakes.asker import FakeAsker
from tests.fakes.techniques import PROMPTS as PROMPT_ROOT
from tests.fakes.whim import answer_by_whim
from tests.unit.profiles.techniques.moments import moment

if TYPE_CHECKING:
    from collections.abc import Sequence

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
SAID = (
    "Knead the bread dough for ten minutes",
    "Knead the bread dough for twelve minutes",
    "Never knead the bread dough for long",
    "Let the bread dough rise until it doubled",
    "Bake the bread in a pot that is hot",
    "Whisk the sauce while the butter melts",
    "A long reverb drowns a fast song",
)
CUT_SIZE = 4
Recordings = dict[str, list[int]]


def _moments(recordings: Recordings) -> list[StoredMoment]:
    """Return the moments of recordings in canonical order, whatever the order they came in."""
    return [
        moment(number, recording=name).model_copy(
            update={
                "summary": SAID[said],
                "quote": f"{SAID[said]}, says {name}",
                "video_id": 1 + ord(name) - ord("a"),
            }
        )
        for name in sorted(recordings)
        for number, said in enumerate(recordings[name])
    ]


async def _compose(asker: FakeAsker, moments: Sequence[StoredMoment]) -> ComposeOutput:
    stage = ComposeStage(MadeBy((), "t", "0", "abc"), "m", chunk_size=CUT_SIZE)
    given_input = ComposeInput(group=GROUP, moments=tuple(moments))
    return await stage.run(given_input, StageContext(asker, PROMPTS))


def _content(out: ComposeOutput) -> object:
    """Return everything that pages say and rest on."""
    return [page.model_dump() for page in out.pages]


def _asked(asker: FakeAsker) -> set[tuple[str, str]]:
    return {(one.prompt.system, one.prompt.user) for wave in asker.waves for one in wave}


recordings_strategy = st.dictionaries(
    st.sampled_from("abcdef"),
    st.lists(st.integers(0, len(SAID) - 1), min_size=1, max_size=7),
    min_size=1,
    max_size=6,
)


@settings(max_examples=25, deadline=None)
@given(recordings_strategy, st.data())
async def test_what_goes_leaves_what_the_others_alone_would_have_made_and_asks_nothing(
    recordings: Recordings, data: st.DataObject
) -> None:
    """A, B, C minus B is A, C: in pages, claims, support, disputes, titles and summaries."""
    gone = data.draw(st.sets(st.sampled_from(sorted(recordings))))
    left = {name: said for name, said in recordings.items() if name not in gone}
    whole, rest = FakeAsker(answer_by_whim), FakeAsker(answer_by_whim)
    await _compose(whole, _moments(recordings))
    after = await _compose(rest, _moments(left))
    alone = await _compose(FakeAsker(answer_by_whim), _moments(left))
    assert _content(after) == _content(alone)
    assert _asked(rest) <= _asked(whole)


@settings(max_examples=12, deadline=None)
@given(recordings_strategy, st.permutations("abcdef"))
async def test_the_order_of_arrival_leaves_no_trace_and_buys_nothing_twice(
    recordings: Recordings, order: list[str]
) -> None:
    """Composed after each arrival, in any order: the same pages from the same questions."""
    at_once = FakeAsker(answer_by_whim)
    expected = await _compose(at_once, _moments(recordings))
    growing, here = FakeAsker(answer_by_whim), dict[str, list[int]]()
    out = None
    for name in order:
        if name in recordings:
            here[name] = recordings[name]
            out = await _compose(growing, _moments(here))
    assert out is not None
    assert _content(out) == _content(expected)
    assert _asked(growing) == _asked(at_once)


async def test_the_model_of_these_tests_does_confirm_contradict_and_unite() -> None:
    """A property of pages on which nothing happens would say nothing."""
    recordings = {name: [0, 1, 2, 3, 4, 5, 6] for name in "abcdefghijkl"}
    out = await _compose(FakeAsker(answer_by_whim), _moments(recordings))
    claims = [claim for page in out.pages for claim in page.claims]
    assert any(claim.conflict for claim in claims)
    assert any(len({item.evidence_id for item in claim.support}) > 1 for claim in claims)
    assert any(page.aliases for page in out.pages)
    assert {claim.kind for claim in claims} == {"statement", "step"}
    assert out.counts["rejected_same"] > 0


async def test_every_request_is_bounded_in_a_group_of_two_hundred_moments() -> None:
    """However long the moments are, and however many say the same.

    A question about moments shows at most 40 lines of 1,500 characters, one about two drafts at
    most 2 x 20 claims of 400 characters, each beside its prompt file.
    """
    prompts = {name: read_prompt([PROMPT_ROOT], "techniques", name) for name in PROMPTS}
    long = f"{'word' * 12} " * 16
    moments = [
        moment(number % 50, recording=f"talk {number // 50:02}").model_copy(
            update={
                "summary": f"{SAID[number % len(SAID)]}. {long}",
                "title": f"About {long}"[:200],
                "quote": long,
                "tools": tuple(f"Tool {n}" for n in range(60)),
            }
        )
        for number in range(200)
    ]
    stage = ComposeStage(MadeBy((), "t", "0", "abc"), "m", chunk_size=40)
    asker = FakeAsker(answer_by_whim)
    given_input = ComposeInput(group=GROUP, moments=tuple(moments))
    await stage.run(given_input, StageContext(asker, prompts))
    written, compared = asker.waves
    assert len(written) == 8
    assert compared
    bound = 40 * MOMENT_CHARS + len(prompts["compose"].user) + 200
    assert max(len(one.prompt.user) for one in written) <= bound
    bound = 2 * (20 * 410 + 130) + len(prompts["merge"].user) + 200
    assert max(len(one.prompt.user) for one in compared) <= bound
    assert max(len(one.task.model_dump_json()) for one in written) <= 40 * 1_800


async def test_labels_tell_whose_words_a_question_holds() -> None:
    """So a purge erases the answers that quote a video, and no other."""
    asker = FakeAsker(answer_by_whim)
    await _compose(asker, _moments({name: [0, 1, 3, 4] for name in "abc"}))
    assert len(set(asker.labels)) == len(asker.labels)
    kept = re.compile(pattern_of_others(2))
    assert {label for label in asker.labels if kept.search(label)} == {
        label
        for label in asker.labels
        if "2" not in label.removeprefix("video-").partition("/")[0].split("+")
    }
    assert not kept.search("chunk-0")
    assert not kept.search("video-1+2/merge-0-0-0")
    assert kept.search("video-1+23/merge-2-2-0")

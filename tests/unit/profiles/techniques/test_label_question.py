"""Labels asked for in parts of a batch."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from footnoted.llm.tasks import ClassifyAnswer, ClassifyTask, MomentBrief, MomentLabel
from footnoted.profiles.techniques.classify import ClassifyStage
from footnoted.profiles.techniques.label_question import label_question, label_tokens
from footnoted.profiles.techniques.types import ClassifyInput, ClassifyOutput
from footnoted.prompting import read_prompt
from footnoted.stages.answer_size import THINKING_TOKENS, text_tokens
from footnoted.stages.port import StageContext
from footnoted.stages.taxonomy import read_taxonomy
from tests.fakes.asker import CATEGORY_WORDS, COOKING, FakeAsker
from tests.unit.profiles.techniques.moments import moment

if TYPE_CHECKING:
    from footnoted.llm.port import ModelRequest

ROOTS = [Path(__file__).parents[4] / "prompts"]
TAXONOMY = read_taxonomy(ROOTS, "techniques")
PROMPTS = {name: read_prompt(ROOTS, "techniques", name) for name in ("classify", "subtopics")}
WORDS = (*CATEGORY_WORDS, "nothing")


def _request(count: int) -> ModelRequest[ClassifyAnswer]:
    briefs = tuple(MomentBrief(index=n, title="T", summary="S", quote="q") for n in range(count))
    task = ClassifyTask(language="en", moments=briefs, categories=TAXONOMY.categories)
    return label_question(TAXONOMY).request("batch-0", task, PROMPTS["classify"], 2_000)


async def _classify(asker: FakeAsker, words: list[str]) -> ClassifyOutput:
    moments = tuple(
        moment(number).model_copy(update={"summary": word}) for number, word in enumerate(words)
    )
    given_input = ClassifyInput(video_id=1, language="en", moments=moments)
    stage = ClassifyStage(TAXONOMY, "p", batch_size=7)
    return await stage.run(given_input, StageContext(asker, PROMPTS))


def test_the_taxonomy_is_in_the_part_that_all_calls_share() -> None:
    """It is most of what a call costs, and the same every time."""
    one, other = _request(1).prompt, _request(5).prompt
    assert one.system == other.system
    assert "- Cooking and Baking: " in one.system
    assert "<taxonomy>" not in one.user


def test_moments_keep_their_index_in_a_half() -> None:
    """So labels are merged as they are."""
    request = _request(5)
    assert request.divide is not None
    division = request.divide()
    assert division is not None
    assert [part.label for part in division.requests] == ["batch-0/1", "batch-0/2"]
    assert [[brief.index for brief in part.task.moments] for part in division.requests] == [
        [0, 1],
        [2, 3, 4],
    ]
    assert _request(1).divide is not None
    assert _request(1).divide() is None


async def test_a_label_for_the_other_half_is_rejected_and_counted() -> None:
    """It was not asked for, and must not take the place of one that was."""

    def labels(*indices: int) -> ClassifyAnswer:
        return ClassifyAnswer(
            labels=tuple(MomentLabel(index=index, category=COOKING) for index in indices)
        )

    asker = FakeAsker(is_too_long=lambda request: request.label == "batch-0")
    asker.will_answer("batch-0/1", labels(0, 3, 9))
    asker.will_answer("batch-0/2", labels(2, -2))
    out = await _classify(asker, ["x"] * 4)
    assert [item.category for item in out.classes] == [COOKING, None, COOKING, None]
    assert out.counts == {"classified": 2, "unclassified": 2, "rejected_index": 3}


@given(st.lists(st.sampled_from(WORDS), max_size=25), st.integers(1, 4))
async def test_no_label_is_lost_or_doubled_by_asking_in_parts(words: list[str], limit: int) -> None:
    """The output is that of whole answers, counts included."""
    asker = FakeAsker(is_too_long=lambda request: len(request.task.moments) > limit)
    assert await _classify(asker, words) == await _classify(FakeAsker(), words)


def test_the_bound_has_room_for_the_longest_labels() -> None:
    """Every name of the taxonomy that ships, as JSON with spaces."""
    longest = max(
        text_tokens(
            MomentLabel(
                index=100,
                category=category.name,
                content_type=max(TAXONOMY.content_types, key=len),
            ).model_dump_json(indent=1)
        )
        for category in TAXONOMY.categories
    )
    assert label_tokens(20) - THINKING_TOKENS > 20 * longest

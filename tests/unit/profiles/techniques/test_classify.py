"""Filing moments: batches, the taxonomy, and what is not in it."""

from __future__ import annotations

import re
from pathlib import Path

from footnoted.llm.tasks import (
    ClassifyAnswer,
    ClassifyTask,
    MomentLabel,
    SubtopicAnswer,
    SubtopicLabel,
    SubtopicTask,
)
from footnoted.profiles.techniques.classify import ClassifyStage
from footnoted.profiles.techniques.types import ClassifyInput, ClassifyOutput, MomentClass
from footnoted.prompting import parse_prompt
from footnoted.stages.port import StageContext
from footnoted.stages.taxonomy import Taxonomy, read_taxonomy, taxonomy_parts
from tests.fakes.asker import FakeAsker
from tests.unit.profiles.techniques.moments import moment

TAXONOMY = read_taxonomy([Path(__file__).parents[4] / "prompts"], "techniques")
PROMPTS = {
    "classify": parse_prompt("classify", "{{taxonomy}}\n=== user ===\n{{language}} {{moments}}"),
    "subtopics": parse_prompt("subtopics", "{{category}}\n=== user ===\n{{language}} {{moments}}"),
}
COOKING, CRAFTS = "Cooking and Baking", "Crafts, Making and Home"


async def _classify(asker: FakeAsker, count: int, taxonomy: Taxonomy = TAXONOMY) -> ClassifyOutput:
    moments = tuple(moment(number) for number in range(count))
    given = ClassifyInput(video_id=1, language="en", moments=moments)
    return await ClassifyStage(taxonomy, "p").run(given, StageContext(asker, PROMPTS))


def _label(index: int, category: str = COOKING, **fields: str | None) -> MomentLabel:
    return MomentLabel.model_validate({"index": index, "category": category, **fields})


def _subtopics(*names: str | None) -> SubtopicAnswer:
    labels = (SubtopicLabel(index=at, subtopic=name) for at, name in enumerate(names))
    return SubtopicAnswer(subtopics=tuple(labels))


async def _one(
    label: MomentLabel, subtopic: str | None = None
) -> tuple[MomentClass, dict[str, int]]:
    asker = FakeAsker()
    asker.will_answer("batch-0", ClassifyAnswer(labels=(label,)))
    asker.will_answer("subtopics-cooking-and-baking-0", _subtopics(subtopic))
    out = await _classify(asker, 1)
    return out.classes[0], out.counts


async def test_41_moments_are_three_calls_and_the_last_is_moment_40() -> None:
    """Indices count from the start of each batch and are mapped to the whole."""
    asker = FakeAsker()
    asker.will_answer("batch-2", ClassifyAnswer(labels=(_label(0),)))
    out = await _classify(asker, 41)
    assert [len(wave) for wave in asker.waves] == [3, 1]
    assert asker.labels == ["batch-0", "batch-1", "batch-2", "subtopics-cooking-and-baking-0"]
    assert [n for n, item in enumerate(out.classes) if item.category] == [40]
    assert out.classes[40].moment_id == moment(40).id


async def test_no_moments_are_no_calls() -> None:
    """An empty recording costs nothing here."""
    asker = FakeAsker()
    out = await _classify(asker, 0)
    assert (out.classes, asker.waves) == ((), [])


async def test_a_category_is_stored_as_the_taxonomy_writes_it() -> None:
    """So that groups do not split over case and spaces."""
    found, counts = await _one(_label(0, "cooking  AND baking"), "Bread and Dough")
    assert (found.category, found.subtopic) == (COOKING, "bread and dough")
    assert counts == {"classified": 1, "unclassified": 0}


async def test_a_category_outside_the_taxonomy_is_rejected() -> None:
    """The moment stays unclassified; nothing is guessed."""
    found, counts = await _one(_label(0, "Cookery"))
    assert found.category is None
    assert counts == {"classified": 0, "unclassified": 1, "rejected_category": 1}


async def test_a_subtopic_of_another_category_is_rejected_alone() -> None:
    """The category stands without it."""
    found, counts = await _one(_label(0), "woodworking and joinery")
    assert (found.category, found.subtopic) == (COOKING, None)
    assert counts["rejected_subtopic"] == 1


async def test_a_content_type_may_be_overridden_by_a_known_one_only() -> None:
    """An invalid override is ignored and counted."""
    valid, valid_counts = await _one(_label(0, content_type="Warning"))
    invalid, invalid_counts = await _one(_label(0, content_type="opinion"))
    assert (valid.content_type, "rejected_content_type" in valid_counts) == ("warning", False)
    assert (invalid.content_type, invalid_counts["rejected_content_type"]) == (None, 1)


async def test_labels_for_other_batches_and_second_labels_are_rejected() -> None:
    """An index is one of its own batch; the first label stands."""
    asker = FakeAsker()
    labels = (_label(0), _label(0, "Games, Technology and Everyday Life"), _label(2), _label(-1))
    asker.will_answer("batch-0", ClassifyAnswer(labels=labels))
    out = await _classify(asker, 2)
    assert [item.category for item in out.classes] == [COOKING, None]
    assert out.counts == {
        "classified": 1,
        "unclassified": 1,
        "rejected_duplicate": 1,
        "rejected_index": 2,
    }


async def test_no_subtopic_is_in_the_first_step_and_no_other_category_in_the_second() -> None:
    """Neither in the rendered requests nor in the tasks."""
    marked = TAXONOMY.model_copy(
        update={
            "categories": tuple(
                category.model_copy(update={"subtopics": (f"qqq of {category.name}",)})
                for category in TAXONOMY.categories
            )
        }
    )
    asker = FakeAsker()
    asker.will_answer("batch-0", ClassifyAnswer(labels=(_label(0), _label(1, CRAFTS))))
    await _classify(asker, 2, marked)
    (first,), second = asker.waves
    assert "qqq" not in first.prompt.system + first.prompt.user
    assert isinstance(first.task, ClassifyTask)
    assert {category.subtopics for category in first.task.categories} == {()}
    shown = [re.findall("qqq of (.*)", one.prompt.system + one.prompt.user) for one in second]
    assert shown == [[COOKING], [CRAFTS]]
    tasks = [one.task for one in second]
    assert [one.category.name for one in tasks if isinstance(one, SubtopicTask)] == [
        COOKING,
        CRAFTS,
    ]


async def test_a_changed_subtopic_touches_only_the_calls_of_its_category() -> None:
    """Every other request is rendered byte for byte as before, and is answered from the journal."""
    changed = TAXONOMY.model_copy(
        update={
            "categories": tuple(
                category.model_copy(update={"subtopics": ("renamed", *category.subtopics[1:])})
                if category.name == CRAFTS
                else category
                for category in TAXONOMY.categories
            )
        }
    )
    rendered = []
    for taxonomy in (TAXONOMY, changed):
        asker = FakeAsker()
        labels = (_label(0), _label(1, CRAFTS), _label(2, "Software Engineering"))
        asker.will_answer("batch-0", ClassifyAnswer(labels=labels))
        await _classify(asker, 3, taxonomy)
        rendered.append({one.label: one.prompt for wave in asker.waves for one in wave})
    before, after = rendered
    assert [label for label in before if before[label] != after[label]] == [
        "subtopics-crafts-making-and-home-0"
    ]


async def test_moments_of_one_category_keep_their_places_in_the_second_step() -> None:
    """An index there is a place among the moments of its category, mapped back to the whole."""
    asker = FakeAsker()
    labels = (_label(0, CRAFTS), _label(1), _label(2, CRAFTS), _label(3))
    asker.will_answer("batch-0", ClassifyAnswer(labels=labels))
    asker.will_answer("subtopics-cooking-and-baking-0", _subtopics(None, "bread and dough"))
    asker.will_answer("subtopics-crafts-making-and-home-0", _subtopics("Sharpening and hand tools"))
    out = await _classify(asker, 4)
    assert [item.subtopic for item in out.classes] == [
        "sharpening and hand tools",
        None,
        None,
        "bread and dough",
    ]


async def test_a_prompt_that_changed_is_part_of_what_an_output_depends_on() -> None:
    """The second step's prompt too; extraction depends on content types alone."""
    assert ClassifyStage(TAXONOMY, "p").parts == {
        **taxonomy_parts(TAXONOMY),
        "prompt_subtopics": "p",
    }

"""Filing moments: batches, the taxonomy, and what is not in it."""

from __future__ import annotations

from pathlib import Path

from footnoted.llm.tasks import ClassifyAnswer, MomentLabel
from footnoted.profiles.techniques.classify import ClassifyStage
from footnoted.profiles.techniques.types import ClassifyInput, ClassifyOutput, MomentClass
from footnoted.prompting import parse_prompt
from footnoted.stages.port import StageContext
from footnoted.stages.taxonomy import read_taxonomy
from tests.fakes.asker import FakeAsker
from tests.unit.profiles.techniques.moments import moment

TAXONOMY = read_taxonomy([Path(__file__).parents[4] / "prompts"], "techniques")
PROMPT = parse_prompt("classify", "S\n=== user ===\n{{language}} {{taxonomy}} {{moments}}")
COOKING = "Cooking and Baking"


async def _classify(asker: FakeAsker, count: int) -> ClassifyOutput:
    moments = tuple(moment(number) for number in range(count))
    given = ClassifyInput(video_id=1, language="en", moments=moments)
    context = StageContext(asker, {"classify": PROMPT})
    return await ClassifyStage(TAXONOMY).run(given, context)


def _label(index: int, category: str = COOKING, **fields: str | None) -> MomentLabel:
    return MomentLabel.model_validate({"index": index, "category": category, **fields})


async def _one(label: MomentLabel) -> tuple[MomentClass, dict[str, int]]:
    asker = FakeAsker()
    asker.will_answer("batch-0", ClassifyAnswer(labels=(label,)))
    out = await _classify(asker, 1)
    return out.classes[0], out.counts


async def test_41_moments_are_three_calls_and_the_last_is_moment_40() -> None:
    """Indices count from the start of each batch and are mapped to the whole."""
    asker = FakeAsker()
    asker.will_answer("batch-2", ClassifyAnswer(labels=(_label(0),)))
    out = await _classify(asker, 41)
    assert [len(wave) for wave in asker.waves] == [3]
    assert asker.labels == ["batch-0", "batch-1", "batch-2"]
    assert [n for n, item in enumerate(out.classes) if item.category] == [40]
    assert out.classes[40].moment_id == moment(40).id


async def test_no_moments_are_no_calls() -> None:
    """An empty recording costs nothing here."""
    asker = FakeAsker()
    out = await _classify(asker, 0)
    assert (out.classes, asker.waves) == ((), [])


async def test_a_category_is_stored_as_the_taxonomy_writes_it() -> None:
    """So that groups do not split over case and spaces."""
    found, counts = await _one(_label(0, "cooking  AND baking", subtopic="Bread and Dough"))
    assert (found.category, found.subtopic) == (COOKING, "bread and dough")
    assert counts == {"classified": 1, "unclassified": 0}


async def test_a_category_outside_the_taxonomy_is_rejected() -> None:
    """The moment stays unclassified; nothing is guessed."""
    found, counts = await _one(_label(0, "Cookery"))
    assert found.category is None
    assert counts == {"classified": 0, "unclassified": 1, "rejected_category": 1}


async def test_a_subtopic_of_another_category_is_rejected_alone() -> None:
    """The category stands without it."""
    found, counts = await _one(_label(0, subtopic="woodworking and joinery"))
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

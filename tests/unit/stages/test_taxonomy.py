"""Taxonomy files: read, refused, looked up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from footnoted.errors import ConfigurationError
from footnoted.llm.tasks import Category
from footnoted.stages.taxonomy import (
    Taxonomy,
    content_types_sha256,
    parse_taxonomy,
    read_taxonomy,
    render_subtopics,
    render_taxonomy,
    subtopic_of,
    taxonomy_parts,
)

if TYPE_CHECKING:
    from pathlib import Path

CONTENT = """
version: "1"
content_types: [tip, warning]
categories:
  - name: Sound Design
    description: making
      sounds
    subtopics: [synthesis, foley]
  - {name: Cooking, description: food}
"""


def test_names_are_found_whatever_their_case_and_spacing() -> None:
    """`sound  design` and `Sound Design` are one category, so near-duplicates merge."""
    taxonomy = parse_taxonomy("t", CONTENT)
    category = taxonomy.category(" sound  DESIGN ")
    assert category is not None
    assert category.name == "Sound Design"
    assert subtopic_of(category, "Foley") == "foley"
    assert taxonomy.content_type("TIP") == "tip"


def test_unknown_names_are_not_bent_into_known_ones() -> None:
    """Near is not equal."""
    taxonomy = parse_taxonomy("t", CONTENT)
    assert taxonomy.category("Sound") is None
    assert taxonomy.content_type("tips") is None


def test_a_prompt_shows_each_category_on_a_line() -> None:
    """With what it covers, and the content types last; sub-topics are asked for later."""
    assert render_taxonomy(parse_taxonomy("t", CONTENT)) == (
        "- Sound Design: making sounds\n- Cooking: food\nContent types: tip, warning"
    )


def test_the_second_step_shows_one_category_with_its_subtopics() -> None:
    """And nothing of any other."""
    category = parse_taxonomy("t", CONTENT).category("sound design")
    assert category is not None
    assert render_subtopics(category) == ("- Sound Design: making sounds\n  - synthesis\n  - foley")


def test_content_types_are_versioned_apart_from_categories() -> None:
    """A changed sub-topic is no reason to extract again."""
    one, other = (parse_taxonomy("t", text) for text in (CONTENT, CONTENT.replace("foley", "fx")))
    more = parse_taxonomy("t", CONTENT.replace("[tip, warning]", "[tip, warning, story]"))
    assert one.sha256 != other.sha256
    assert content_types_sha256(one) == content_types_sha256(other) != content_types_sha256(more)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "version: '1'\ncategories: []\ncontent_types: [tip]",
        CONTENT.replace("Cooking", "sound design"),
        CONTENT.replace("[tip, warning]", "[tip, Tip]"),
        CONTENT.replace("foley]", "Synthesis]"),
        CONTENT + "\nextra: 1",
        "a: [",
    ],
)
def test_a_file_that_is_no_taxonomy_is_refused_at_the_start(content: str) -> None:
    """With the name of the file, in one line."""
    with pytest.raises(ConfigurationError, match="techniques") as refusal:
        parse_taxonomy("techniques/taxonomy.yaml", content)
    assert "\n" not in refusal.value.message


def test_its_version_is_the_hash_of_the_file(project_root: Path) -> None:
    """One byte more is another taxonomy; the one that ships can be read."""
    assert parse_taxonomy("t", CONTENT).sha256 != parse_taxonomy("t", CONTENT + "\n").sha256
    assert read_taxonomy([project_root / "prompts"], "techniques").categories


def test_a_changed_subtopic_is_a_change_of_its_category_alone() -> None:
    """A category that is added or moved changes the order too."""
    first = Category(name="Mixing", description="How it is mixed.", subtopics=("reverb",))
    other = Category(name="Baking", description="How it is baked.")
    before = taxonomy_of(first, other)
    changed = taxonomy_of(first.model_copy(update={"subtopics": ("delay",)}), other)
    assert differing(before, changed) == {"taxonomy:Mixing"}
    assert differing(before, taxonomy_of(other, first)) == {"categories"}
    assert differing(before, taxonomy_of(first)) == {"taxonomy:Baking", "categories"}


def taxonomy_of(*categories: Category) -> Taxonomy:
    """Return a taxonomy of these categories."""
    return Taxonomy(version="1", categories=categories, content_types=("tip",), sha256="")


def differing(one: Taxonomy, other: Taxonomy) -> set[str]:
    """Return the parts that are not the same."""
    left, right = taxonomy_parts(one), taxonomy_parts(other)
    return {name for name in left.keys() | right.keys() if left.get(name) != right.get(name)}

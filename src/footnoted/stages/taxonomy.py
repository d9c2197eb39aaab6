"""The taxonomy file of a profile: the categories that pages are filed under, and content types."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from footnoted.errors import ConfigurationError
from footnoted.llm.tasks import Category
from footnoted.prompting import find_resource, read_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path


class _TaxonomyFile(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    version: str
    categories: tuple[Category, ...] = Field(min_length=1)
    content_types: tuple[str, ...] = Field(min_length=1)


class Taxonomy(_TaxonomyFile):
    """Categories and content types; names compare by case-folded words and are kept as written."""

    sha256: str
    """The hash of the file, which is its version for everything made with it."""

    def category(self, name: str) -> Category | None:
        """Return the category called `name`, or None when there is none."""
        by_name = {_key(category.name): category for category in self.categories}
        return by_name.get(_key(name))

    def content_type(self, name: str) -> str | None:
        """Return the content type called `name` as the taxonomy writes it, or None."""
        return _match(name, self.content_types)


def subtopic_of(category: Category, name: str) -> str | None:
    """Return the subtopic called `name` as the taxonomy writes it, or None."""
    return _match(name, category.subtopics)


def parse_taxonomy(name: str, content: str) -> Taxonomy:
    """Return the taxonomy that `content` (YAML) holds; `name` is for the message.

    Raises ConfigurationError when it is not one, or when two names differ only in case.
    """
    try:
        file = _TaxonomyFile.model_validate(yaml.safe_load(content))
    except (yaml.YAMLError, ValidationError) as error:
        message = f"taxonomy {name} cannot be read: {_why(error)}"
        raise ConfigurationError(message) from error
    names = [category.name for category in file.categories]
    for group in (names, file.content_types, *(c.subtopics for c in file.categories)):
        _refuse_equal(name, group)
    digest = hashlib.sha256(content.encode()).hexdigest()
    return Taxonomy(**file.model_dump(), sha256=digest)


def _why(error: yaml.YAMLError | ValidationError) -> str:
    """Return the first thing that is wrong, in one line."""
    if isinstance(error, ValidationError):
        first = error.errors(include_url=False, include_input=False)[0]
        return f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}"
    return " ".join(str(error).split())


def read_taxonomy(roots: Sequence[Path], profile: str) -> Taxonomy:
    """Return `<profile>/taxonomy.yaml` from the first root that has it."""
    relative = f"{profile}/taxonomy.yaml"
    return parse_taxonomy(relative, read_text(find_resource(roots, relative)))


def render_taxonomy(taxonomy: Taxonomy) -> str:
    """Return the taxonomy as prompts show it first: a category a line, then the content types.

    Sub-topics are asked for in a second step, so one that changes leaves these lines as they are.
    """
    lines = [_with_description(category) for category in taxonomy.categories]
    return "\n".join([*lines, f"Content types: {', '.join(taxonomy.content_types)}"])


def render_subtopics(category: Category) -> str:
    """Return one category as prompts show it in the second step: a sub-topic a line."""
    return "\n".join([_with_description(category), *(f"  - {name}" for name in category.subtopics)])


def taxonomy_parts(taxonomy: Taxonomy) -> dict[str, str]:
    """Return the version of each category by name, of their order, and of the content types.

    So a changed category can be named where it made something stale.
    """
    names = "\n".join(category.name for category in taxonomy.categories)
    parts = {f"taxonomy:{one.name}": _sha256(one.model_dump_json()) for one in taxonomy.categories}
    return {**parts, "categories": _sha256(names), "content_types": content_types_sha256(taxonomy)}


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def content_types_sha256(taxonomy: Taxonomy) -> str:
    """Return the version of what extraction needs of a taxonomy: its content types alone."""
    return _sha256("\n".join(taxonomy.content_types))


def _with_description(category: Category) -> str:
    return f"- {category.name}: {' '.join(category.description.split())}"


def _match(name: str, known: Iterable[str]) -> str | None:
    return {_key(item): item for item in known}.get(_key(name))


def _key(name: str) -> str:
    return " ".join(name.casefold().split())


def _refuse_equal(taxonomy: str, names: Iterable[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if _key(name) in seen or not _key(name):
            message = f"taxonomy {taxonomy}: the name {name!r} is empty or there twice"
            raise ConfigurationError(message)
        seen.add(_key(name))

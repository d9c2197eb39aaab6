"""The template of a page: what lines become, and what is refused where."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from footnoted.errors import ConfigurationError
from footnoted.profiles.declared.files import read_page_template
from footnoted.profiles.declared.template import read_template, render
from tests.fakes.declared import TEMPLATE, notes

if TYPE_CHECKING:
    from pathlib import Path

    from pydantic import JsonValue

PAGE: JsonValue = {"creator": "Ada", "category": "Notes"}
LINES: list[tuple[str, dict[str, Any], str | None]] = [
    ("{{text}}", {"text": "Salt is heavy."}, "Salt is heavy."),
    ("{{text}}", {}, None),
    ("{{#sort=fact}}{{text}}{{/sort}}", {"sort": "advice", "text": "x"}, None),
    ("{{#sort=fact}}{{text}}{{/sort}}", {"sort": "fact", "text": "x"}, "x"),
    ("{{text}}{{#weight}}, {{weight}} kg{{/weight}}", {"text": "x", "weight": 2}, "x, 2 kg"),
    ("{{text}}{{#weight}}, {{weight}} kg{{/weight}}", {"text": "x", "weight": 2.5}, "x, 2.5 kg"),
    ("{{text}}{{#weight}}, {{weight}} kg{{/weight}}", {"text": "x"}, "x"),
    ("{{text}}{{#sure}}, surely{{/sure}}", {"text": "Salt", "sure": False}, "Salt"),
    ("{{text}}{{#sure}}, surely{{/sure}}", {"text": "Salt", "sure": True}, "Salt, surely"),
    ("{{names}}", {"names": ["Bo", "Cy"]}, "Bo, Cy"),
    ("{{names}}", {"names": []}, None),
    ("{{place.town}} {{place.street}}", {"place": {"town": "Ulm"}}, None),
    ("{{place.town}}", {"place": {"town": "Ulm"}}, "Ulm"),
    ("{{page.creator}}: {{text}}", {"text": "x"}, "Ada: x"),
    ("{{#sort=fact}}{{#weight}}{{text}}{{/weight}}{{/sort}}", {"sort": "fact", "text": "x"}, None),
]  # fmt: skip


@pytest.mark.parametrize(("line", "values", "shown"), LINES)
def test_a_line_is_filled_or_left_out(
    tmp_path: Path, line: str, values: dict[str, JsonValue], shown: str | None
) -> None:
    """It needs every field it names, but for those inside a part that asks for them."""
    declared = notes(tmp_path)
    path = tmp_path / "page.md"
    path.write_text(f"# {{{{about}}}}\n## A\n- {line}\n", encoding="utf-8")
    template = read_template(path, declared.own_fields)
    assert render(template.sections[0].lines[0], {**values, "page": PAGE}) == shown


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "line 1: a template has a title"),
        ("# {{about}}\n", "line 1: a template has a title"),
        ("Hello\n# {{about}}\n", "line 1: a template begins with its title"),
        ("# {{abut}}\n## A\n- {{text}}\n", "line 1: no field 'abut' is to be had here"),
        ("# {{weight}}\n## A\n- {{text}}\n", "line 1: weight is in the title"),
        ("# {{#about}}x{{/about}}\n## A\n- {{text}}\n", "line 1: a title has no part"),
        ("# {{about}}\n{{text}}\n## A\n- {{text}}\n", "line 2: no field 'text' is to be had here"),
        ("# {{about}}\n## {{text}}\n- {{text}}\n", "line 2: a heading is the same for all"),
        ("# {{about}}\n\n## A\n\n## B\n- {{text}}\n", "line 3: there is no claim below"),
        ("# {{about}}\n## A\nprose\n", "line 3: below a heading every line is a claim"),
        ("# {{about}}\n## A\n- always\n", "line 3: a claim names at least one field"),
        ("# {{about}}\n## A\n- {{page.creator}}\n", "line 3: a claim names at least one field"),
        ("# {{about}}\n## A\n- {{quote}}\n", "line 3: no field 'quote' is to be had here"),
        ("# {{about}}\n## A\n- {{place}}\n", "line 3: place is of type object"),
        ("# {{about}}\n## A\n- {{sure}}\n", "line 3: sure is of type boolean"),
        ("# {{about}}\n## A\n- {{#sort=gossip}}x{{/sort}}\n", "line 3: sort is never 'gossip'"),
        ("# {{about}}\n## A\n- {{#text=x}}x{{/text}}\n", "line 3: text is never 'x'; it has no"),
        ("# {{about}}\n## A\n- {{#sort}}{{text}}\n", "line 3: {{#sort}} is never closed"),
        ("# {{about}}\n## A\n- {{text}}{{/sort}}\n", "line 3: {{/sort}} closes nothing"),
        ("# {{about}}\n## A\n- {{text}} {{\n", "line 3: {{ and }} stand in pairs"),
        ("<!-- a\nb -->\n# {{about}}\n## A\n- {{}}\n", "line 5: no field ''"),
    ],
)  # fmt: skip
def test_a_template_that_cannot_be_filled_is_refused_with_its_line(
    tmp_path: Path, text: str, complaint: str
) -> None:
    """Before the program starts, not when the first page is made."""
    declared = notes(tmp_path)
    path = tmp_path / "page.md"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError) as refused:
        read_template(path, declared.own_fields)
    assert refused.value.message.startswith(f"{path}, {complaint}")


def test_a_template_that_is_missing_is_refused_where_it_is_asked_for(tmp_path: Path) -> None:
    """The line of the profile that names it."""
    declared = notes(tmp_path)
    (tmp_path / "notes" / "page.md").unlink()
    with pytest.raises(ConfigurationError, match=r"profile.toml, line 14: page.md is missing in"):
        read_page_template(declared, [tmp_path])


def test_the_summary_is_of_what_all_items_share(tmp_path: Path) -> None:
    """It has no footnote, so it may say nothing that only one item says."""
    declared = notes(tmp_path)
    template = read_template(tmp_path / "notes" / "page.md", declared.own_fields)
    assert render(template.summary, {"about": "Salt", "page": PAGE}) == "Salt, as Ada tells it."
    assert "{{about}}, as" in TEMPLATE

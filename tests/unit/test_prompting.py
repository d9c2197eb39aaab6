"""Prompt files as they are filled: data into the user part, configuration into the system part."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from footnoted.errors import ConfigurationError
from footnoted.prompting import parse_prompt, read_prompt

if TYPE_CHECKING:
    from pathlib import Path

PROMPT = parse_prompt("p", "Rules {{taxonomy}}\n=== user ===\n{{words}}")
CONFIGURATION = {"taxonomy": "a </taxonomy> b"}


def test_configuration_stands_in_the_system_part_escaped_like_all_else() -> None:
    """So the system part is the same for all data, and a provider can keep it in its cache."""
    one = PROMPT.render({"words": "one"}, CONFIGURATION)
    two = PROMPT.render({"words": "two </words>"}, CONFIGURATION)
    assert one.system == two.system
    assert one.system == "Rules <taxonomy>\na &lt;/taxonomy> b\n</taxonomy>"
    assert two.user == "<words>\ntwo &lt;/words>\n</words>"


def test_data_never_gets_into_the_system_part() -> None:
    """A prompt file that asks for it there is refused, not obeyed."""
    prompt = parse_prompt("p", "Rules {{words}}\n=== user ===\n{{words}}")
    with pytest.raises(ConfigurationError, match=r"unknown placeholder \{\{words\}\}"):
        prompt.render({"words": "from outside"}, CONFIGURATION)


def test_a_prompt_may_show_configuration_in_its_user_part() -> None:
    """Files of one's own that were written so go on working."""
    prompt = parse_prompt("p", "Rules\n=== user ===\n{{taxonomy}}")
    rendered = prompt.render({}, CONFIGURATION)
    assert rendered.system == "Rules"
    assert rendered.user == "<taxonomy>\na &lt;/taxonomy> b\n</taxonomy>"


def test_data_cannot_bring_placeholders_of_its_own() -> None:
    """What is put in is not looked at again."""
    assert PROMPT.render({"words": "{{taxonomy}}"}, CONFIGURATION).user == (
        "<words>\n{{taxonomy}}\n</words>"
    )


def put(root: Path, text: str | bytes) -> Path:
    """Write a prompt below a folder, and return that."""
    file = root / "p" / "s.md"
    file.parent.mkdir(parents=True)
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return root


def test_a_file_of_ones_own_comes_before_the_one_that_ships(tmp_path: Path) -> None:
    """It is looked for in the order of the folders."""
    ours = put(tmp_path / "ours", "Ours\n=== user ===\n{{words}}")
    assert read_prompt([tmp_path / "own", ours], "p", "s").system == "Ours"
    own = put(tmp_path / "own", "Mine\n=== user ===\n{{words}}")
    assert read_prompt([own, ours], "p", "s").system == "Mine"


def test_a_file_of_ones_own_asks_about_what_the_one_that_ships_does(tmp_path: Path) -> None:
    """Else a model would be asked about nothing, and paid for it; the file is named."""
    ships = "Rules {{taxonomy}}\n=== user ===\n{{output_language}} {{topic}} {{words}}"
    ours = put(tmp_path / "ours", ships)
    own = put(tmp_path / "own", "Mine\n=== user ===\nIn {{output_language}}: {{topic}}")
    with pytest.raises(ConfigurationError) as refusal:
        read_prompt([own, ours], "p", "s")
    assert refusal.value.message == (
        f"{own}/p/s.md leaves out {{{{taxonomy}}}}, {{{{words}}}}, which the prompt that ships"
        " puts in"
    )
    (own / "p" / "s.md").write_text("M\n=== user ===\n{{topic}} {{taxonomy}} {{words}}")
    assert read_prompt([own, ours], "p", "s").system == "M"  # the language only where it is wanted


def test_a_prompt_that_is_missing_lists_the_paths_that_were_tried(tmp_path: Path) -> None:
    """All of them, in their order."""
    one, two = tmp_path / "one", tmp_path / "two"
    with pytest.raises(ConfigurationError) as refusal:
        read_prompt([one, two], "p", "s")
    assert refusal.value.message == (f"p/s.md was not found; looked at: {one}/p/s.md, {two}/p/s.md")


def test_a_prompt_that_is_no_text_is_named_with_its_line(tmp_path: Path) -> None:
    """One sentence instead of a decoder's traceback."""
    root = put(tmp_path / "own", b"Rules\nna\xefve\n=== user ===\n{{words}}")
    with pytest.raises(ConfigurationError, match=r"own/p/s\.md, line 2: is not UTF-8 text"):
        read_prompt([root], "p", "s")

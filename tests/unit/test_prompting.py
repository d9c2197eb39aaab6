"""Prompt files as they are filled: data into the user part, configuration into the system part."""

from __future__ import annotations

import pytest

from footnoted.errors import ConfigurationError
from footnoted.prompting import parse_prompt

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

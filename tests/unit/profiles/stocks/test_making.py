"""What stands on the rows of stocks as their maker."""

from __future__ import annotations

import pytest

from footnoted.profiles.stocks.making import made_with
from footnoted.profiles.stocks.types import MadeBy
from footnoted.stages.port import StageContext
from tests.fakes.asker import FakeAsker

CONFIGURED = MadeBy(model="claude-sonnet-5-5>claude-haiku-5-5", prompt_sha256="5" * 64)


@pytest.mark.parametrize(
    ("answered", "set_by_hand", "expected"),
    [
        ({"claude-haiku-5-5"}, "", "claude-haiku-5-5"),
        ({"b", "a"}, "a>b", "a, b"),
        (set[str](), "a>b", "a>b"),
        (set[str](), "", CONFIGURED.model),
    ],
)
def test_the_maker_is_who_answered_and_not_who_might_have(
    answered: set[str], set_by_hand: str, expected: str
) -> None:
    """A fallback that answered is named; where nobody was asked, the chain that would have been."""
    asker = FakeAsker()
    asker.answered_by |= answered
    made = made_with(CONFIGURED, StageContext(asker, {}, set_by_hand), "mention")
    assert made == MadeBy(model=expected, prompt_sha256=CONFIGURED.prompt_sha256)

"""Places that are followed and listed: options that say nothing of one, and lists of feeds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from footnoted.cli.adding import NewSource, add_sources, listed_as
from footnoted.cli.application import build
from footnoted.cli.asking import option_words
from footnoted.errors import UsageError
from footnoted.sources.net.asking import NOTHING_ASKED, Asked
from footnoted.sources.opml import Listed
from tests.unit.sources.test_change import source

if TYPE_CHECKING:
    from pathlib import Path

CHANNEL = "UCaaaaaaaaaaaaaaaaaaaaaa"
YOUTUBE = "https://www.youtube.com/"
FEED = f"{YOUTUBE}feeds/videos.xml?channel_id={CHANNEL}"


@pytest.mark.parametrize(
    ("new", "sentence"),
    [
        (
            NewSource("a.opml", None, None, None, "Mine", "site", None, NOTHING_ASKED),
            "say --title and --kind of one place: a.opml is a list of feeds",
        ),
        (
            NewSource("talks", None, None, None, None, "site", None, NOTHING_ASKED),
            "--kind is of places on the net, and talks is here",
        ),
        (
            NewSource("@the-channel", None, None, None, None, None, 5, Asked(schedule="adaptive")),
            "--every and --schedule both say when it is looked at: say one of them",
        ),
        (
            NewSource("@the-channel", None, None, None, None, None, 5, NOTHING_ASKED),
            "a source is looked at once a minute at most, and once a year at least",
        ),
    ],
)
def test_what_would_be_dropped_is_refused(
    new: NewSource, sentence: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before a database is opened or anybody is asked."""
    monkeypatch.setenv("FOOTNOTED_DATA_DIR", str(tmp_path))
    with pytest.raises(UsageError) as raised:
        add_sources(new)
    assert raised.value.message == sentence


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("profiles", ["stocks", "brain"], ["--profile stocks", "--profile brain"]),
        ("every_s", 90, ["--every 90"]),
        ("owner", "Bob's", ["--owner 'Bob'\"'\"'s'"]),
        ("title_has", "a b", ["--title-has 'a b'"]),
        ("languages", "de", ["--language de"]),
        ("allows_translated", True, ["--translated"]),
        ("allows_translated", False, ["--no-translated"]),
        ("min_age", "", ["--min-age ''"]),
    ],
)
def test_an_option_is_named_as_it_is_given(
    name: str, value: str | int | list[str], words: list[str]
) -> None:
    """So that it can be pasted behind `source edit`."""
    assert option_words(name, value) == words


def test_a_channel_is_listed_by_its_feed() -> None:
    """One that is followed by its handle too, as soon as a look told which it is."""
    handle = source("youtube", locator=f"{YOUTUBE}@the-channel", title="The Channel")
    known = handle._replace(poll_state={"moved_to": f"{YOUTUBE}channel/{CHANNEL}"})
    assert listed_as(known) == Listed("The Channel", FEED, f"{YOUTUBE}@the-channel")
    channel = handle._replace(locator=f"{YOUTUBE}channel/{CHANNEL}")
    assert listed_as(channel) == Listed("The Channel", FEED, channel.locator)
    assert listed_as(source()) == Listed("The Pod", "https://pod.example/feed")
    assert listed_as(handle) == "its feed is known after the next look at it"
    assert listed_as(source("site")) == "no feed of it is known"
    assert listed_as(source("folder")) == "a folder has no feed"


def test_a_kind_is_not_said_of_a_folder_that_is_tried() -> None:
    """It would be dropped there as well."""
    ended = CliRunner().invoke(build(), ["source", "test", "talks", "--kind", "site"])
    assert isinstance(ended.exception, UsageError)
    assert ended.exception.message == "--kind is of places on the net, and talks is here"

"""Caption tracks, and the choice among them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footnoted.sources.youtube.tracks import CaptionTrack, Rank, choose_track, tracks_of

if TYPE_CHECKING:
    from pathlib import Path


def manual(key: str) -> CaptionTrack:
    """Return captions that a person wrote."""
    return CaptionTrack(key, key, is_auto=False)


def heard(language: str) -> CaptionTrack:
    """Return what the machine heard."""
    return CaptionTrack(f"{language}-orig", language, is_auto=True, is_original=True)


def translated(language: str) -> CaptionTrack:
    """Return what the machine made of what it heard."""
    return CaptionTrack(language, language, is_auto=True, is_translated=True)


def chosen(
    *tracks: CaptionTrack,
    spoken: str | None = "ja",
    preferences: tuple[str, ...] = (),
    allows_translated: bool = False,
) -> tuple[str, Rank] | None:
    """Return the key that is chosen and why, in whatever order the tracks stand."""
    found = {
        choose_track(order, spoken, preferences, allows_translated=allows_translated)
        for order in (tracks, tuple(reversed(tracks)))
    }
    assert len(found) == 1
    choice = found.pop()
    return None if choice is None else (choice.track.key, choice.rank)


def test_a_person_in_the_spoken_language_comes_first() -> None:
    """Before the machine, and before translations by people."""
    tracks = (manual("en"), heard("ja"), manual("ja"), translated("en"))
    assert chosen(*tracks) == ("ja", Rank.MANUAL_ORIGINAL)


def test_then_what_the_machine_heard() -> None:
    """Before what a person translated, unless that language is asked for."""
    assert chosen(manual("en"), heard("ja")) == ("ja-orig", Rank.AUTO_ORIGINAL)
    wanted = chosen(manual("en"), heard("ja"), preferences=("en",))
    assert wanted == ("en", Rank.MANUAL_WANTED)


def test_a_machines_translation_is_refused() -> None:
    """It invents content: better none (complaints 2 and 3)."""
    assert chosen(translated("en"), translated("de")) is None
    assert chosen(translated("en"), preferences=("en",)) is None


def test_a_machines_translation_is_taken_when_asked_for_and_nothing_better_is_there() -> None:
    """And only into a language that is preferred."""
    tracks = (translated("en"), translated("de"))
    allowed = chosen(*tracks, preferences=("de",), allows_translated=True)
    assert allowed == ("de", Rank.TRANSLATED_WANTED)
    assert chosen(*tracks, allows_translated=True) is None
    better = chosen(*tracks, heard("ja"), preferences=("de",), allows_translated=True)
    assert better == ("ja-orig", Rank.AUTO_ORIGINAL)


def test_english_is_nothing_special() -> None:
    """A Japanese video with English translations is Japanese."""
    assert chosen(heard("ja"), translated("en"), manual("fr")) == ("ja-orig", Rank.AUTO_ORIGINAL)


def test_the_spoken_language_is_told_by_what_the_machine_heard() -> None:
    """Where nobody states it."""
    tracks = (manual("en"), manual("fr"), heard("fr"))
    assert chosen(*tracks, spoken=None) == ("fr", Rank.MANUAL_ORIGINAL)


def test_without_a_word_on_the_language_a_persons_captions_are_taken() -> None:
    """A site that has one track and says nothing."""
    assert chosen(manual("en"), spoken=None) == ("en", Rank.MANUAL_ORIGINAL)
    assert chosen(manual("en"), spoken="und") == ("en", Rank.MANUAL_ORIGINAL)


def test_a_region_is_as_good_as_its_language() -> None:
    """The tag that is asked for comes first, then the plain one."""
    tracks = (manual("en-GB"), manual("en"))
    assert chosen(*tracks, spoken="en") == ("en", Rank.MANUAL_ORIGINAL)
    asked = chosen(*tracks, spoken="en-US", preferences=("en-GB",))
    assert asked == ("en-GB", Rank.MANUAL_ORIGINAL)


@pytest.mark.parametrize(
    ("name", "spoken", "original", "manuals"),
    [
        ("pinchflat-example.info.json", "en", "en-orig", ("de",)),
        ("tubesync-metadata_2023-06-29.json", "en", "en-orig", ()),
    ],
)
def test_recorded_lists_are_told_apart(
    shared_data: Path, name: str, spoken: str, original: str, manuals: tuple[str, ...]
) -> None:
    """Of a hundred automatic tracks one language was heard, the others are translations."""
    path = shared_data / "youtube-feeds-and-metadata" / "infojson" / name
    tracks = tracks_of(json.loads(path.read_text(encoding="utf-8")))
    assert {one.language for one in tracks if one.is_original} == {spoken}
    assert tuple(one.key for one in tracks if not one.is_auto) == manuals
    assert sum(one.is_translated for one in tracks) > 100
    choice = choose_track(tracks, spoken, (), allows_translated=False)
    assert choice is not None
    assert choice.track.key == original


def test_chat_is_no_caption_and_names_in_keys_are_no_language() -> None:
    """`live_chat` stands among the subtitles; YouTube adds a track's id to a second `en`."""
    info = {
        "subtitles": {
            "live_chat": [{"ext": "json"}],
            "en-eEY6OEpapPo": [{"ext": "vtt"}],
            "zh-Hans": [{"ext": "vtt"}],
            "pt-BR": [{"ext": "vtt"}],
            "fr": [],
        }
    }
    assert [one.language for one in tracks_of(info)] == ["en", "zh-Hans", "pt-BR"]


def test_a_translation_is_told_by_its_address_where_no_original_is_marked() -> None:
    """`tlang` asks for one."""
    base = "https://www.youtube.com/api/timedtext?v=x&kind=asr&lang=ja"
    info = {
        "extractor_key": "Youtube",
        "automatic_captions": {
            "ja": [{"url": f"{base}&fmt=vtt"}],
            "en": [{"url": f"{base}&tlang=en&fmt=vtt"}],
        },
    }
    assert tracks_of(info) == (
        CaptionTrack("ja", "ja", is_auto=True, is_original=True),
        CaptionTrack("en", "en", is_auto=True, is_translated=True),
    )


TRACKS = st.lists(
    st.builds(
        CaptionTrack,
        st.sampled_from(["en", "en-orig", "ja", "ja-orig", "de"]),
        st.sampled_from(["en", "ja", "de"]),
        st.booleans(),
        st.booleans(),
        st.booleans(),
    ),
    max_size=8,
)


@given(TRACKS, st.sampled_from([None, "en", "ja"]), st.sampled_from([(), ("de",), ("en", "ja")]))
def test_no_translation_by_a_machine_is_ever_taken_unasked(
    tracks: list[CaptionTrack], spoken: str | None, preferences: tuple[str, ...]
) -> None:
    """Whatever else is there."""
    choice = choose_track(tracks, spoken, preferences, allows_translated=False)
    assert choice is None or not choice.track.is_translated

"""Caption tracks and the choice among them. Pure.

YouTube offers a machine's transcript (`en-orig`, and `en` for the same words) and that machine's
translations into a hundred languages under the same heading. The translations invent content, so
they are refused unless somebody asks for them (complaints 2 and 3).
"""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, NamedTuple, cast
from urllib.parse import parse_qs, unquote, urlsplit

from footnoted.sources.languages import is_language

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_ORIGINAL = "-orig"
_NO_CAPTIONS = frozenset({"live_chat", "rechat", "comments", "danmaku"})
_UNKNOWN = frozenset({"und", "zxx", ""})


class CaptionTrack(NamedTuple):
    """One track: `key` is yt-dlp's name of it, `language` a tag of it.

    `is_translated` says that a machine translated it.
    """

    key: str
    language: str
    is_auto: bool
    is_original: bool = False
    is_translated: bool = False


class Rank(IntEnum):
    """How a track came to be chosen, best first."""

    MANUAL_ORIGINAL = 0
    MANUAL_WANTED = 1
    AUTO_ORIGINAL = 2
    MANUAL_OTHER = 3
    TRANSLATED_WANTED = 4


class Choice(NamedTuple):
    """The track that was chosen, and why."""

    track: CaptionTrack
    rank: Rank

    @property
    def is_spoken_language(self) -> bool:
        """Return whether the track is in the language that is spoken."""
        return self.rank in (Rank.MANUAL_ORIGINAL, Rank.AUTO_ORIGINAL)


def tracks_of(info: Mapping[str, object]) -> tuple[CaptionTrack, ...]:
    """Return the caption tracks that an info dict lists (`subtitles`, `automatic_captions`)."""
    manual = [
        CaptionTrack(key, _tag_of(key), is_auto=False)
        for key, formats in _listed(info, "subtitles")
        if formats
    ]
    auto = [
        _auto_track(key, formats, info)
        for key, formats in _listed(info, "automatic_captions")
        if formats
    ]
    return (*manual, *auto)


def original_language_of(tracks: Sequence[CaptionTrack], stated: str | None) -> str | None:
    """Return the language that is spoken: as stated, else that of the machine's own transcript."""
    if stated is not None and _primary(stated) not in _UNKNOWN:
        return stated
    heard = {track.language for track in tracks if track.is_auto and track.is_original}
    return min(heard) if heard else None


def choose_track(
    tracks: Sequence[CaptionTrack],
    original_language: str | None,
    preferences: Sequence[str],
    *,
    allows_translated: bool,
) -> Choice | None:
    """Return the track to take, or None when none may be taken.

    A person's captions in the language spoken; else theirs in a language that `preferences` (best
    first) names; else what the machine heard; else a person's translation into some language; a
    machine's translation only into a language that is preferred, and only when allowed. Without
    any word on the language spoken, the captions of a person are taken for it.
    """
    original = original_language_of(tracks, original_language)
    ranked = [
        Choice(track, rank)
        for track in tracks
        if (rank := _rank(track, original, preferences)) is not None
        and (allows_translated or rank is not Rank.TRANSLATED_WANTED)
    ]
    return min(ranked, key=lambda one: _key(one, preferences), default=None)


def _key(choice: Choice, preferences: Sequence[str]) -> tuple[object, ...]:
    track = choice.track
    is_marked = track.key.endswith(_ORIGINAL)
    return choice.rank, _place(track.language, preferences), not is_marked, track.key


def _rank(track: CaptionTrack, original: str | None, preferences: Sequence[str]) -> Rank | None:
    is_wanted = _place(track.language, preferences)[0] < len(preferences)
    if track.is_translated:
        return Rank.TRANSLATED_WANTED if is_wanted else None
    is_spoken = original is not None and _primary(track.language) == _primary(original)
    if track.is_auto:
        return Rank.AUTO_ORIGINAL if track.is_original or is_spoken else None
    if is_spoken or (original is None and not preferences):
        return Rank.MANUAL_ORIGINAL
    return Rank.MANUAL_WANTED if is_wanted else Rank.MANUAL_OTHER


def _place(language: str, preferences: Sequence[str]) -> tuple[int, bool]:
    """Return the place in the preferences; `en-GB` is as good as `en`, but after an equal tag."""
    tag = language.lower()
    for place, wanted in enumerate(preferences):
        if _primary(tag) == _primary(wanted):
            return place, tag != wanted.lower()
    return len(preferences), "-" in tag


def _auto_track(key: str, formats: list[object], info: Mapping[str, object]) -> CaptionTrack:
    language = _tag_of(key)
    if key.endswith(_ORIGINAL):
        return CaptionTrack(key, language, is_auto=True, is_original=True)
    if info.get("extractor_key") not in (None, "Youtube"):
        return CaptionTrack(key, language, is_auto=True, is_original=True)
    stated = info.get("language")
    is_spoken = isinstance(stated, str) and _primary(stated) == _primary(language)
    translated = any(_is_translation(one, key) for one in formats)
    is_original = not translated and (is_spoken or any(_is_heard(one, key) for one in formats))
    return CaptionTrack(key, language, True, is_original, not is_original)  # noqa: FBT003 - by the order of the fields


def _is_translation(entry: object, key: str) -> bool:
    """Return whether an address asks for a translation (`tlang`) into another language."""
    query = _query_of(entry)
    return "tlang" in query and query.get("lang", [key]) != [key]


def _is_heard(entry: object, key: str) -> bool:
    """Return whether an address asks for what the machine heard in the language of `key`."""
    query = _query_of(entry)
    return query.get("kind") == ["asr"] and query.get("lang") == [key] and "tlang" not in query


def _query_of(entry: object) -> dict[str, list[str]]:
    url = cast("dict[str, object]", entry).get("url") if isinstance(entry, dict) else None
    try:
        query = urlsplit(url).query if isinstance(url, str) else ""
        return parse_qs(unquote(query) if "=" not in query else query, max_num_fields=200)
    except ValueError:
        return {}


def _listed(info: Mapping[str, object], field: str) -> list[tuple[str, list[object]]]:
    listed = info.get(field)
    if not isinstance(listed, dict):
        return []
    found: list[tuple[str, list[object]]] = []
    for key, formats in cast("dict[str, object]", listed).items():
        if key not in _NO_CAPTIONS and isinstance(formats, list):
            found.append((key, cast("list[object]", formats)))
    return found


def _tag_of(key: str) -> str:
    """Return the language of a key: `en` of `en-orig` and of `en-eEY6OEpapPo`."""
    bare = key.removesuffix(_ORIGINAL)
    if is_language(bare) and not any(char.isupper() for char in bare[4:]):
        return bare
    parts = bare.split("-")
    two = "-".join(parts[:2])
    is_region = len(parts) > 1 and len(parts[1]) in (2, 3, 4) and is_language(two)
    return two if is_region else parts[0]


def _primary(tag: str) -> str:
    return tag.replace("_", "-").split("-")[0].lower()

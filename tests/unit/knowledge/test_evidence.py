"""Quotes bound to the cues in which they were said, or rejected."""

from __future__ import annotations

from itertools import pairwise

import pytest

from footnoted.knowledge.evidence import QuoteMatcher, match_quote
from footnoted.model.citation import MatchKind
from footnoted.model.transcript import Cue, CueKind

LINES = (
    "So today we are going to talk about parallel compression on drums.",  # 0
    "I usually set the ratio to 4 to 1 and the threshold to minus 20 dB.",
    "You do not compress the kick drum before the equalizer, never.",
    "Alice told me that Fab filter is the best plugin for mastering vocals.",
    "We then boost the high end by twenty five percent and cut the lows.",
    "[Applause]",  # 5
    "Um, you know, the the attack has to be slow enough for the transient,",
    "otherwise the snare will lose all of its energy in the room.",
    "It increased the loudness of the whole mix, and Bob liked the result.",
    "\u6771\u4eac\u30bf\u30ef\u30fc\u306f\u3068\u3066\u3082\u9ad8\u3044\u3067\u3059\u3002",
    "\u30b3\u30f3\u30d7\u30ec\u30c3\u30b5\u30fc\u306f\u4f7f\u308f\u306a\u3044\u3002",  # 10
    "And this is how we always end the show.",
    "Thanks for watching, see you next week.",
    "And this is how we always end the show.",
)


def cues_of(*lines: str) -> list[Cue]:
    """Return lines as cues of two seconds; one in brackets is a sound."""
    return [
        Cue(
            index=i,
            start_ms=i * 2000,
            end_ms=i * 2000 + 1900,
            text=line,
            kind=CueKind.SOUND if line.startswith("[") else CueKind.SPEECH,
        )
        for i, line in enumerate(lines)
    ]


@pytest.fixture(scope="module")
def matcher() -> QuoteMatcher:
    """Return a matcher of the lines above."""
    return QuoteMatcher(cues_of(*LINES))


def test_words_as_they_were_said_are_exact(matcher: QuoteMatcher) -> None:
    """Case, marks and spaces do not count; the times are those of the cue."""
    found = matcher.match("SET the ratio \u2014 to 4 to 1", 1, 1)
    assert found.match is MatchKind.EXACT
    assert (found.first_cue, found.last_cue, found.start_ms, found.end_ms) == (1, 1, 2000, 3900)
    assert (found.score, found.text) == (1.0, "set the ratio to 4 to 1")


def test_a_range_is_made_tight(matcher: QuoteMatcher) -> None:
    """Only cues that hold some of the quote are cited."""
    found = matcher.match("cut the lows. Um, you know, the the attack", 0, 13)
    assert (found.match, found.first_cue, found.last_cue) == (MatchKind.EXACT, 4, 6)
    assert found.text == "cut the lows. Um, you know, the the attack"


@pytest.mark.parametrize("cited", [(0, 0), (13, 13), (4, 1), (-5, -1), (99, 120), (4, 4000)])
def test_wrong_cues_are_corrected(matcher: QuoteMatcher, cited: tuple[int, int]) -> None:
    """Out of range and reversed citations are wrong ones too."""
    found = matcher.match("not compress the kick drum before the equalizer", *cited)
    assert (found.match, found.first_cue, found.last_cue) == (MatchKind.RELOCATED, 2, 2)
    assert (found.cited_first_cue, found.cited_last_cue) == cited


@pytest.mark.parametrize(("cited", "expected"), [(0, 11), (11, 11), (12, 11), (13, 13), (50, 13)])
def test_the_occurrence_nearest_to_the_citation_is_taken(
    matcher: QuoteMatcher, cited: int, expected: int
) -> None:
    """What was said twice is cited where it was meant."""
    assert matcher.match("this is how we always end the show", cited, cited).first_cue == expected


@pytest.mark.parametrize(
    "quote",
    [
        "you do not compress the kik drum before the equaliser",  # misheard
        "You don't compress the kick drum before the equalizer",  # contracted
        "You do not compress the drum before the equalizer",  # a word left out
        "You do not compress the uh kick drum before the the equalizer",  # words put in
        "You do not compress the kickdrum before the equalizer",  # joined
        "You do not com press the kick drum before the equalizer",  # split
    ],
)
def test_noise_of_recognition_is_accepted(matcher: QuoteMatcher, quote: str) -> None:
    """Near the cited cues a quote may be as noisy as recognition is."""
    found = matcher.match(quote, 2, 2)
    assert found.match in (MatchKind.FUZZY, MatchKind.EXACT)
    assert (found.first_cue, found.last_cue) == (2, 2)
    assert found.text is not None
    assert "compress the kick drum before the equalizer" in found.text


@pytest.mark.parametrize(
    ("quote", "cue"),
    [
        ("boost the high end by 25% and cut the lows", 4),
        ("I usually set the ratio to four to one and the threshold to minus twenty dB", 1),
        ("Alice told me that FabFilter is the best plug-in for mastering", 3),
        ("the attack has to be slow enough for the transient", 6),
        ("You know the attack has to be slow enough for the transient", 6),
    ],
)
def test_what_whoever_quotes_tidies_is_accepted(
    matcher: QuoteMatcher, quote: str, cue: int
) -> None:
    """Numbers in digits, joined words and left-out fillers say the same."""
    found = matcher.match(quote, cue, cue)
    assert (found.resolves, found.first_cue, found.last_cue) == (True, cue, cue)


@pytest.mark.parametrize(
    ("quote", "cue"),
    [
        ("Reverb adds depth when you send the whole bus into it", 4),  # never said
        ("You do compress the kick drum before the equalizer", 2),  # a negation less
        ("do compress the kick drum before the equalizer", 2),  # the same, at the beginning
        ("today we are not going to talk about parallel compression", 0),  # a negation more
        ("I usually set the ratio to 4 to 2 and the threshold to minus 20 dB", 1),  # numbers
        ("set the ratio to 4 to 1 and the threshold to 20 dB", 1),
        ("set the ratio to 4 to 1 and the threshold to minus 30 dB", 1),
        ("boost the high end by 35% and cut the lows", 4),
        ("Bob told me that Fab filter is the best plugin for mastering vocals", 3),  # names
        ("Alice told me that Izotope is the best plugin for mastering vocals", 3),
        ("We then boost the low end by 25 percent and cut the highs", 4),  # opposites
        ("It decreased the loudness of the whole mix, and Bob liked it", 8),
        ("We then cut the high end by twenty five percent and boost the lows", 4),  # exchanged
        ("otherwise will the snare lose all of its energy in the room", 7),
        ("before the equalizer never Alice told that me", 2),  # moved in from beside
        ("Alice told me that Fab filter is the best plugin for the vocals", 3),  # less is said
        ("drums on compression parallel about talk to going are we today", 0),  # shuffled
        ("parallel compression on drums. Alice told me that Fab filter", 0),  # spliced
        ("We then boost the high end otherwise the snare will lose", 4),
        ("You should not compress the kick drum loudly before the equalizer", 2),  # added content
        ("the snare will lose all of its character in the room", 7),  # replaced content
        ("\u30b3\u30f3\u30d7\u30ec\u30c3\u30b5\u30fc\u306f\u4f7f\u3046", 10),  # negation
        ("\u5927\u962a\u30bf\u30ef\u30fc\u306f\u3068\u3066\u3082\u9ad8\u3044\u3067\u3059", 9),
    ],
)  # fmt: skip
def test_inventions_are_rejected(matcher: QuoteMatcher, quote: str, cue: int) -> None:
    """However near it is in letters, what says something else resolves to nothing."""
    found = matcher.match(quote, cue, cue)
    assert found.match is MatchKind.REJECTED
    assert (found.first_cue, found.last_cue, found.start_ms, found.end_ms, found.text) == (
        (None,) * 5
    )


def test_a_name_of_the_talk_in_place_of_a_like_one_is_rejected() -> None:
    """Mary is in the recording, but it was Mark who did it; Marc is how someone spells him."""
    cues = cues_of("Mark showed the ratio of the compressor.", "Then Mary changed the release.")
    assert not match_quote("Mary showed the ratio of the compressor", 0, 0, cues).resolves
    assert match_quote("Marc showed the ratio of the compressor", 0, 0, cues).resolves


def test_a_noisy_quote_is_found_elsewhere_only_when_it_is_little_noisy(
    matcher: QuoteMatcher,
) -> None:
    """Far from its citation nothing but its words speaks for a place."""
    light = "otherwise the snare will lose all its energy in the room"
    heavy = "You do not compress the drum before the"
    assert matcher.match(light, 0, 0).match is MatchKind.RELOCATED
    assert matcher.match(heavy, 2, 2).match is MatchKind.FUZZY
    assert matcher.match(heavy, 0, 0).match is MatchKind.REJECTED


@pytest.mark.parametrize("quote", ["drums", "kick drum", "the the", "see you", "\u9ad8\u3044"])
def test_a_short_quote_is_found_in_its_cited_cues_only(matcher: QuoteMatcher, quote: str) -> None:
    """Two words are said somewhere in every recording."""
    kinds = {matcher.match(quote, cue, cue).match for cue in range(len(LINES))}
    assert kinds == {MatchKind.EXACT, MatchKind.REJECTED}


def test_a_short_quote_is_never_fuzzy(matcher: QuoteMatcher) -> None:
    """One letter is much of a short quote."""
    assert matcher.match("kick drums", 2, 2).match is MatchKind.REJECTED


def test_part_of_a_word_is_not_that_word(matcher: QuoteMatcher) -> None:
    """An exact match begins and ends where words do."""
    assert matcher.match("talk about parallel compression on drum", 0, 0).match is MatchKind.FUZZY


def test_a_sound_is_no_evidence(matcher: QuoteMatcher) -> None:
    """`[Applause]` was not said."""
    assert matcher.match("Applause", 5, 5).match is MatchKind.REJECTED


def test_without_times_none_are_invented() -> None:
    """A transcript without times is cited by cue."""
    cues = [cue._replace(start_ms=None, end_ms=None) for cue in cues_of(*LINES)]
    found = match_quote("set the ratio to 4 to 1", 1, 1, cues)
    assert (found.match, found.first_cue) == (MatchKind.EXACT, 1)
    assert (found.start_ms, found.end_ms) == (None, None)


def test_japanese_is_matched_without_spaces(matcher: QuoteMatcher) -> None:
    """A misheard syllable is noise there too."""
    exact = LINES[10].replace("\u306f", " \u306f ")
    noisy = LINES[10].replace("\u30fc", "")
    assert matcher.match(exact, 10, 10).match is MatchKind.EXACT
    assert matcher.match(noisy, 10, 10).match is MatchKind.FUZZY


@pytest.mark.parametrize("quote", ["", " ", "\u2026!", "\x00"])
def test_a_quote_without_words_is_rejected(matcher: QuoteMatcher, quote: str) -> None:
    """Nothing was quoted."""
    assert matcher.match(quote, 0, 0).match is MatchKind.REJECTED


@pytest.mark.parametrize("lines", [(), ("",), ("[Music]", "[Applause]"), ("\u2026",)])
def test_nothing_is_found_where_nothing_is_said(lines: tuple[str, ...]) -> None:
    """An empty transcript, and one of sounds alone, holds no evidence."""
    assert not match_quote("set the ratio to 4 to 1", 0, 0, cues_of(*lines)).resolves


def test_a_part_of_a_transcript_keeps_its_numbers() -> None:
    """A matcher may be given the cues of one topic."""
    found = match_quote("cut the lows", 4, 4, cues_of(*LINES)[3:6])
    assert (found.match, found.first_cue, found.start_ms) == (MatchKind.EXACT, 4, 8000)


def test_a_quote_longer_than_the_transcript_is_rejected() -> None:
    """The band of the alignment may reach over both ends."""
    cues = cues_of("We cut the lows before the high end is boosted.")
    assert not match_quote(" ".join(LINES[:9]), 0, 0, cues).resolves
    noisy = "um so we cut the lows before the high end is boosted right"
    assert match_quote(noisy, 0, 0, cues).match in (MatchKind.FUZZY, MatchKind.REJECTED)


def test_every_cue_matches_itself_whatever_it_says(matcher: QuoteMatcher) -> None:
    """Numbers, negations and fillers are no obstacle to the truth."""
    spoken = [(i, line) for i, line in enumerate(LINES) if not line.startswith("[")]
    found = [matcher.match(line, i, i) for i, line in spoken]
    assert {evidence.match for evidence in found} == {MatchKind.EXACT}
    assert [evidence.first_cue for evidence in found] == [i for i, _ in spoken]
    assert all(a.start_ms < b.start_ms for a, b in pairwise(found) if a.start_ms and b.start_ms)

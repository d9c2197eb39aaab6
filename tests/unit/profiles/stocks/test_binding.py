"""What a model says of companies, against what was said and what is listed."""

from __future__ import annotations

import pytest

from footnoted.llm.stock_tasks import MentionAnswer, StatedMention
from footnoted.model.citation import MatchKind
from footnoted.model.topic import Topic
from footnoted.profiles.stocks.binding import bind_mentions
from footnoted.profiles.stocks.spotting import Spotter
from footnoted.profiles.stocks.types import Company, MentionInput, MentionOutput, Resolution
from tests.unit.profiles.stocks.tables import cues_of, shipped

LINES = (
    "so palanteer reported last night and I added on the dip",
    "Nvidia is expensive but I keep my shares of it anyway",
    "it is simply the best company of our time, IT spending or not",
    "Anduril is private or I would own that one too",
    "and the target of all this is somewhere near nowhere",
)
GIVEN = MentionInput(
    video_id=1,
    transcript_id=2,
    language="en",
    cues=cues_of(*LINES, speaker="Ada"),
    topics=(
        Topic(position=0, first_cue=0, last_cue=4, title="Earnings", start_ms=0, end_ms=20_000),
    ),
)
SPOTTER = Spotter(shipped())
MENTION = StatedMention(
    company="Palantir Technologies Inc.",
    symbol="PLTR",
    action="add",
    conviction=0.6,
    horizon=None,
    quote="palanteer reported last night and I added on the dip",
    first_cue=0,
    last_cue=0,
)


def _bind(*told: StatedMention) -> MentionOutput:
    names = SPOTTER.names_in(GIVEN.cues)
    return bind_mentions(GIVEN, [MentionAnswer(mentions=told)], names, shipped())


def _company(**changes: object) -> Company:
    (mention,) = _bind(MENTION.model_copy(update=changes)).mentions
    return mention.company


def test_a_mention_stands_with_its_words_its_time_and_its_speaker() -> None:
    """Times are those of the cue; the misheard name has its score."""
    out = _bind(MENTION)
    (mention,), (evidence,) = out.mentions, out.evidence
    assert (evidence.evidence.match, evidence.evidence.start_ms) == (MatchKind.EXACT, 0)
    assert (mention.action, mention.conviction, mention.speaker) == ("add", 0.6, "Ada")
    assert mention.topic_title == "Earnings"
    assert mention.company == Company(
        company="Palantir Technologies Inc.",
        symbol="PLTR",
        exchange="NASDAQ",
        asset="share",
        heard_as="palanteer",
        resolution=Resolution.MISHEARD,
        score=0.82,
    )
    assert out.counts == {"mentions": 1, "evidence_exact": 1, "misheard": 1}


@pytest.mark.parametrize(
    ("change", "count"),
    [
        ({"action": "strong buy"}, "rejected_action"),
        ({"horizon": "forever"}, "rejected_horizon"),
        ({"conviction": 1.2}, "rejected_conviction"),
        ({"conviction": -0.1}, "rejected_conviction"),
        ({"company": "  "}, "rejected_blank"),
        ({"first_cue": 2**40}, "rejected_cues"),
    ],
)
def test_what_no_list_has_is_rejected_and_counted(change: dict[str, object], count: str) -> None:
    """An unknown value is never turned into a known one."""
    out = _bind(MENTION.model_copy(update=change))
    assert (out.mentions, out.counts) == ((), {"mentions": 0, count: 1})


def test_an_invented_quote_leaves_its_evidence_and_no_mention() -> None:
    """It is stored and counted, never published."""
    out = _bind(MENTION.model_copy(update={"quote": "I would mortgage my house for Palantir"}))
    assert out.mentions == ()
    assert out.counts == {"mentions": 0, "evidence_rejected": 1}
    assert [one.evidence.match for one in out.evidence] == [MatchKind.REJECTED]


def test_a_wrong_cue_is_put_right_by_the_quote() -> None:
    """The second follows from where the words are, not from what the model says."""
    out = _bind(MENTION.model_copy(update={"first_cue": 3, "last_cue": 3}))
    assert out.evidence[0].evidence.start_ms == 0


def test_a_company_that_is_named_elsewhere_is_implied() -> None:
    """`It` is Nvidia when the recording says so."""
    company = _company(symbol="NVDA", company="Nvidia", quote=LINES[2], first_cue=2)
    assert (company.symbol, company.resolution) == ("NVDA", Resolution.IMPLIED)


@pytest.mark.parametrize(
    ("symbol", "company", "quote"),
    [
        ("IT", "Gartner", "it is simply the best company of our time, IT spending or not"),
        ("TGT", "Target Corporation", "and the target of all this is somewhere near nowhere"),
        ("AAPL", "Apple Inc.", "it is simply the best company of our time"),
        ("NVDA", "Palantir Technologies Inc.", "palanteer reported last night"),
        (None, "Anduril", "Anduril is private or I would own that one too"),
    ],
)
def test_what_nobody_named_stays_without_a_symbol(
    symbol: str | None, company: str, quote: str
) -> None:
    """Words that are symbols, companies out of the blue, and two that contradict each other."""
    found = _company(symbol=symbol, company=company, quote=quote, first_cue=2, last_cue=2)
    assert (found.symbol, found.resolution, found.company) == (
        None,
        Resolution.UNRESOLVED,
        company,
    )


def test_a_word_that_once_was_a_name_implies_nothing_elsewhere() -> None:
    """`Target stock` in one place does not make every target in the recording the company."""
    cues = cues_of("I think Target stock is cheap, Lena.", "The goal is another one, he said.")
    answer = MentionAnswer(
        mentions=(
            MENTION.model_copy(
                update={
                    "company": "Target Corporation",
                    "symbol": "TGT",
                    "quote": "The goal is another one",
                    "first_cue": 1,
                    "last_cue": 1,
                }
            ),
        )
    )
    names = SPOTTER.names_in(cues)
    assert [name.symbol for name in names] == ["TGT"]
    (mention,) = bind_mentions(
        GIVEN.model_copy(update={"cues": cues}), [answer], names, shipped()
    ).mentions
    assert mention.company.resolution is Resolution.UNRESOLVED


def test_the_same_mention_told_twice_is_one() -> None:
    """Its key follows from what it says; another action is another mention."""
    out = _bind(MENTION, MENTION, MENTION.model_copy(update={"action": "hold"}))
    assert [mention.action for mention in out.mentions] == ["add", "hold"]
    assert out.counts["duplicates"] == 1


@pytest.mark.parametrize("label", ["Speaker 1", "SPEAKER_00", "Guest 2", "Participant A", "Host"])
def test_who_is_only_numbered_is_nobody(label: str) -> None:
    """`Guest 2` is somebody else in the next recording."""
    cues = cues_of(*LINES, speaker=label)
    given = GIVEN.model_copy(update={"cues": cues})
    answer = MentionAnswer(mentions=(MENTION,))
    out = bind_mentions(given, [answer], SPOTTER.names_in(cues), shipped())
    assert out.mentions[0].speaker is None

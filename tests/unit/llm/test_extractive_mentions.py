"""What the built-in model takes for a stance, a mention and an outlook, and leaves empty."""

from __future__ import annotations

import pytest

from footnoted.llm.extractive import answer_task
from footnoted.llm.methods.stance_words import horizon_of, stances_in
from footnoted.llm.stock_tasks import (
    MentionAnswer,
    MentionTask,
    NameHeard,
    OutlookAnswer,
    OutlookTask,
)
from footnoted.model.transcript import Cue


@pytest.mark.parametrize(
    ("sentence", "action"),
    [
        ("I'm buying Nvidia here.", "buy"),
        ("I absolutely think Amazon is a strong buy.", "buy"),
        ("I bought more Tesla on Friday.", "add"),
        ("We've been adding to it for weeks.", "add"),
        ("I bought the Amazon dip.", "add"),
        ("I own shares of Robinhood.", "hold"),
        ("I'm not selling a single share.", "hold"),
        ("Lululemon is on my watchlist.", "watch"),
        ("I trimmed the position last week.", "trim"),
        ("I sold half of my Apple.", "trim"),
        ("I sold all of my Oracle.", "sell"),
        ("I'm shorting Carvana.", "short"),
        ("I wouldn't touch that stock.", "avoid"),
        ("No, I'm not buying Chipotle.", "avoid"),
    ],
)
def test_a_stance_is_what_the_speaker_does_or_says_it_is(sentence: str, action: str) -> None:
    """The narrower action counts: to buy more is to add, to sell half is to trim."""
    assert [stance.action for stance in stances_in(sentence)] == [action]


@pytest.mark.parametrize(
    "sentence",
    [
        "Analysts keep buying Nvidia into the print.",
        "Do I sell Amazon and get Microsoft?",
        "If I buy it, I buy it at ninety.",
        "I was buying Tesla in 2019 as a student.",
        "He said he sold everything.",
        'Somebody writes, "I sold all my Oracle."',
        "I'm not at the point where I would buy SoFi.",
        "I should have bought Broadcom.",
        "I buy it and I short it.",
        "They sell chips to everybody.",
        "We are holding on above the average.",
        "The margin grew by four percent.",
        "Palantir is way overvalued, and I am bearish on the sector.",
    ],
)
def test_what_is_no_stance_of_the_speaker_is_left_empty(sentence: str) -> None:
    """Others' trades, questions, conditions, the past, negations, contradictions, opinions."""
    assert stances_in(sentence) == []


def test_how_surely_it_is_said_shows_in_the_words() -> None:
    """Three steps, and no more than that."""
    said = ("I'm buying a little Nvidia", "I'm buying Nvidia", "I'm definitely buying Nvidia")
    found = [[stance.conviction for stance in stances_in(one)] for one in said]
    assert found == [[0.3], [0.6], [0.9]]


@pytest.mark.parametrize(
    ("words", "horizon"),
    [
        ("by Friday", "days"),
        ("for a swing trade", "weeks"),
        ("by year end", "months"),
        ("for the next five years", "years"),
        ("this week and for the long term", None),
        ("whenever", None),
    ],
)
def test_a_horizon_is_the_one_that_is_named(words: str, horizon: str | None) -> None:
    """Two are none."""
    assert horizon_of(f"I hold it {words}.") == horizon


def _name(cue: int, said: str, symbol: str) -> NameHeard:
    return NameHeard(
        first_cue=cue,
        last_cue=cue,
        said=said,
        symbol=symbol,
        exchange="NASDAQ",
        company=said,
        score=1.0,
        is_ambiguous=False,
    )


def _mentions(*lines: str, names: tuple[NameHeard, ...]) -> MentionAnswer:
    cues = tuple(Cue(n, n * 4000, n * 4000 + 4000, line) for n, line in enumerate(lines))
    answer = answer_task(MentionTask(language="en", topic="t", cues=cues, names=names))
    assert isinstance(answer, MentionAnswer)
    return answer


def test_each_action_goes_to_the_company_it_is_done_to() -> None:
    """What is done stands before its object; what something is, after it."""
    answer = _mentions(
        "I sold Oracle last night and Amazon is a buy for me.",
        names=(_name(0, "Oracle", "ORCL"), _name(0, "Amazon", "AMZN")),
    )
    assert {one.action for one in answer.mentions} == {None}, "two sides in one sentence are none"
    answer = _mentions(
        "I sold Oracle last night.",
        "Amazon is a buy for me.",
        names=(_name(0, "Oracle", "ORCL"), _name(1, "Amazon", "AMZN")),
    )
    assert [(one.symbol, one.action) for one in answer.mentions] == [
        ("ORCL", "sell"),
        ("AMZN", "buy"),
    ]


def test_the_next_sentence_may_say_what_is_done() -> None:
    """`I own it` is about the company that was just named."""
    answer = _mentions(
        "Robinhood reported record revenue.",
        "I own it and so should you.",
        names=(_name(0, "Robinhood", "HOOD"),),
    )
    (mention,) = answer.mentions
    assert (mention.action, mention.first_cue, mention.last_cue) == ("hold", 0, 1)


def test_a_company_in_passing_is_no_mention() -> None:
    """Nothing is said of it."""
    answer = _mentions("I saw that on Google yesterday.", names=(_name(0, "Google", "GOOGL"),))
    assert answer.mentions == ()


def test_a_company_that_no_table_has_is_told_without_a_symbol() -> None:
    """Where the words beside it say that it is listed, and nowhere else."""
    answer = _mentions(
        "Today I bought shares of Zebra Zoo Zone, and I like the zoo.",
        "The tech stocks and my own Growth stock list are long, says Lena of Acme.",
        names=(),
    )
    assert [(one.company, one.symbol, one.action) for one in answer.mentions] == [
        ("Zebra Zoo Zone", None, "buy")
    ]


def test_an_outlook_is_what_is_said_of_the_market() -> None:
    """Two sentences on one side make a direction; what nobody says stays empty."""
    lines = (
        "I think the stock market goes to all-time highs from here and then higher.",
        "I am bullish on the S&P 500 because the economy is much stronger than people think.",
        "The one risk I see for the market is that inflation comes back next year.",
    )
    cues = tuple(Cue(n, n * 4000, n * 4000 + 4000, line) for n, line in enumerate(lines))
    answer = answer_task(OutlookTask(language="en", title="t", cues=cues))
    assert isinstance(answer, OutlookAnswer)
    assert (answer.direction, len(answer.reasoning), len(answer.risks)) == ("bullish", 2, 1)
    assert answer.summary == ()
    doubted = ("They say a stock market crash is near, and people panic about the economy.",)
    quiet = answer_task(
        OutlookTask(language="en", title="t", cues=(Cue(0, 0, 4000, doubted[0]), *cues[2:]))
    )
    assert isinstance(quiet, OutlookAnswer)
    assert (quiet.direction, quiet.reasoning) == (None, ())


def test_a_word_of_markets_in_passing_is_no_outlook() -> None:
    """A game in which a blow yields much is not about bonds."""
    said = (
        "I didn't think that a single blow on the yields was the reason that we won this game.",
        "The risk is that the other team is much faster than mine in the second half.",
    )
    cues = tuple(Cue(n, n * 4000, n * 4000 + 4000, line) for n, line in enumerate(said))
    answer = answer_task(OutlookTask(language="en", title="t", cues=cues))
    assert isinstance(answer, OutlookAnswer)
    assert (answer.reasoning, answer.themes, answer.risks) == ((), (), ())


def test_where_something_is_bought_is_not_what_is_bought() -> None:
    """`On Robinhood` is a place to trade; its own shares are named by themselves."""
    said = "So I bought some crypto on Robinhood, where trading is cheap."
    (mention,) = _mentions(said, names=(_name(0, "Robinhood", "HOOD"),)).mentions
    assert mention.action is None
    own = "So I bought Robinhood, where trading is cheap."
    (mention,) = _mentions(own, names=(_name(0, "Robinhood", "HOOD"),)).mentions
    assert mention.action == "buy"


def test_what_is_done_after_naming_a_place_is_not_done_to_it() -> None:
    """Nor is what is done with something that a company makes; its dip is its share."""
    after = _mentions(
        "I have traded some crypto on Robinhood for a while.",
        "I bought it when it was cheap.",
        names=(_name(0, "Robinhood", "HOOD"),),
    )
    product = _mentions(
        "We add them to the Cloudflare balancer, and the price is fine.",
        names=(_name(0, "Cloudflare", "NET"),),
    )
    dip = _mentions("I bought the Amazon dip.", names=(_name(0, "Amazon", "AMZN"),))
    told = [[one.action for one in each.mentions] for each in (after, product, dip)]
    assert told == [[None], [None], ["add"]]

"""What kind of statement a sentence is, by the words that give it away.

Cue phrases as evidence of what is worth extracting go back to Edmundson ("New methods in automatic
extracting", JACM 1969). The patterns are English; other languages are chosen by salience alone.
"""

from __future__ import annotations

import re

_W = re.IGNORECASE
_KINDS: dict[str, re.Pattern[str]] = {
    "warning": re.compile(
        r"\b(?:be careful|careful|avoid|watch out|beware|pitfalls?|mistakes?|caution|danger(?:ous)?"
        r"|do(?:n't| not) (?:ever |want to |have to worry )?\w+|never \w+|make sure (?:you|it|that you) do(?:n't|esn't)"
        r"|problem (?:is|with)|downside|the catch|won't work|break(?:s|ing)? (?:your|the|things)"
        r"|too (?:much|many|early|late|fast|loud|hot)|risk(?:s|y)?|vulnerab\w+|fails?\b|shouldn't)",
        _W,
    ),
    "settings": re.compile(
        r"\b(?:set (?:it|this|that|the|your|up the)|settings?|turn (?:it |this |the \w+ )?(?:up|down|on|off)"
        r"|knob|slider|parameters?|thresholds?|ratio|attack time|release time|config(?:ure|uration|urations)?"
        r"|defaults?|enabled?|disabled?|checkbox|toggle|flags?|presets?|values?"
        r"|\d+(?:[.,]\d+)?\s?(?:%|percent|d ?b|k?hz|hertz|ms|milliseconds|bpm|px|pixels|gb|mb|gigs?|gigahertz"
        r"|volts|watts|degrees|kelvin|iso|mm|cm|inches|fps|k\b))",
        _W,
    ),
    "definition": re.compile(
        r"(?:\b(?:is|are|it's|that's|was) (?:what (?:we|is|they|you) |also )?(?:called|known as|defined as|referred to as)\b"
        r"|\b(?:we|they|you|psychologists|scientists|people) call\b|\brefers? to\b|\bstands? for\b|\bmeans? that\b|\bdefined? (?:as|by)\b"
        r"|\bdefinition\b|\bin other words\b|\bis (?:basically|essentially|just|simply) an?\b|\bis when\b"
        r"|^(?:\W*(?:so|and|now|well|okay)\b,?)?(?: ?(?:an?|the) )?[\w-]+(?: [\w-]+){0,2} (?:is|are) (?:an?|the|basically|essentially)\b)",
        _W,
    ),
    "tip": re.compile(
        r"\b(?:tips?\b|trick\b|i (?:always|usually|like to|recommend|suggest|prefer|would recommend|would suggest)"
        r"|(?:i'd|we'd|would) (?:highly )?(?:recommend|suggest)|recommend(?:ed)?|you (?:should|might want|want to|'ll want)"
        r"|you'd want|best practices?|rule of thumb|make sure|remember (?:to|that)|keep in mind|shortcut|try to"
        r"|it helps|helpful|worth (?:it|\w+ing)|pro tip|advice|good idea|(?:best|better|easiest|good) (?:way|thing) (?:to|is)"
        r"|the key (?:is|to|here|thing)|important (?:to|thing|that)|you need to|always \w+)",
        _W,
    ),
    "reasoning": re.compile(
        r"\b(?:because|the reason|that's why|which is why|therefore|which means|so that|otherwise|due to"
        r"|turns out|as a result|leads? to|depends? on|caused? by|in order to|the point (?:is|of)|explains?"
        r"|evidence|suggests? that|found that|shows? that|studies|compared (?:to|with)|more than|less than"
        r"|the difference between|the idea (?:is|of|behind)|if you .{3,40} then)\b",
        _W,
    ),
    "workflow": re.compile(
        r"\b(?:first(?:ly)?,? (?:you|we|i|thing|step|of all)|then (?:you|we|i|just|go)|next,? (?:you|we|i|step)"
        r"|after (?:that|you)|step (?:\d|one|two|three)|once (?:you|we|it's|that's|the)|finally,? (?:you|we|i)"
        r"|start by|start with|begin (?:by|with)|go ahead and|(?:the|my|our|your) (?:process|workflow|pipeline)"
        r"|before (?:you|we)|from there|end up with)\b",
        _W,
    ),
    "technique": re.compile(
        r"\b(?:us(?:e|ing)|you can|we can|how to|techniques?|methods?|approach(?:es)?|way to|ways to|by \w+ing"
        r"|apply|creat(?:e|es|ing)|build(?:ing)?|design(?:ing)?|implement(?:ed|ing|s)?|allows? (?:you|us|me|for)"
        r"|lets? you|instead of|rather than|combin(?:e|ing)|works? by)\b",
        _W,
    ),
}
_WEIGHTS = {
    "warning": 1.1,
    "settings": 1.0,
    "definition": 1.2,
    "tip": 1.2,
    "reasoning": 0.8,
    "workflow": 0.9,
    "technique": 0.6,
}
_PROMOTION = re.compile(
    r"\b(?:subscrib\w*|sponsor\w*|hit (?:that|the) (?:like|bell|subscribe)|like (?:button|and subscribe|this video)"
    r"|(?:promo|discount|coupon|offer) code|use (?:the )?code|links? (?:is |are )?(?:in|down|below|in the description)|description (?:below|box)"
    r"|patreon|brought to you by|check (?:it|them|us|him|her|that|this|out|these) .{0,20}(?:out|at|link)|\d+ ?% off|percent off|free trial"
    r"|thanks? (?:you )?(?:so much |very much )?(?:for|to) (?:watching|listening|tuning|joining|having|our|being|coming|everyone|you|all)"
    r"|(?:our|my|the) (?:channel|newsletter|podcast|sponsors?|merch|discord|website)|merch|giveaway|sign up (?:at|for|now|today)"
    r"|leave (?:a|me a|us a) (?:comment|review|like)|let (?:me|us) know in the|comments? (?:below|section|down)"
    r"|see you (?:next|in the|all|then|later|guys|soon)|my name is|i'm your host|welcome (?:back )?to|stay tuned|until next time"
    r"|(?:on|follow (?:me|us) on) (?:twitter|instagram|facebook|tiktok)|episode (?:was|is) (?:written|filmed|brought|sponsored|edited)"
    r"|edited by|script supervisor|our editor|consultant is|graphics team|this video is|in this video|today's video|shout ?out)\b",
    _W,
)
_CHATTER = re.compile(
    r"(?:\b(?:ha(?:ha)+|lol|how are you|nice to (?:meet|see)|good to (?:see|have|be)|good (?:morning|afternoon|evening|job|question|point)|great (?:question|point)|hear me|mic(?:rophone)?\b.{0,12}(?:on|check|muted)|can you see|share my screen"
    r"|see my screen|on mute|unmute|let me (?:just|see|check|share|pull|go|show)|sounds good|fair enough|oh my (?:god|gosh)"
    r"|thank you|thanks|congrat\w*|happy (?:birthday|new)|i don't know|i'm not sure|i have no idea|we'll see|go ahead|sorry|excuse me|let's (?:see|go|get started|do it|start)"
    r"|any (?:other )?(?:questions|comments|thoughts|objections)|anyone (?:else|have|want|on)|shit|fuck\w*)\b"
    r"|\?\s*$)",
    _W,
)
_ANAPHORA = re.compile(
    r"^\W*(?:(?:so|and|but|now|well|okay|because|or|then|also|like|yeah|which|where|who)\b[\s,]*)*"
    r"(?:it|it's|its|that|that's|this|these|those|they|they're|he|she|he's|she's|his|her|their|them|him|which|there|there's"
    r"|same|both|either|neither|one|ones|such|the (?:second|other|former|latter|same|first|third)|another)\b",
    _W,
)


def kinds_of(text: str) -> dict[str, float]:
    """Return the kinds of statement `text` shows signs of, each with its strength (> 0)."""
    found: dict[str, float] = {}
    for kind, pattern in _KINDS.items():
        hits = len(pattern.findall(text))
        if hits:
            found[kind] = _WEIGHTS[kind] * (1.0 if hits == 1 else 1.4)
    return found


def is_promotion(text: str) -> bool:
    """Return whether `text` sells, greets, thanks or asks for a subscription."""
    return _PROMOTION.search(text) is not None


def is_chatter(text: str) -> bool:
    """Return whether `text` is small talk, stage direction, a bare question or an aside."""
    return _CHATTER.search(text) is not None


def leans_back(text: str) -> bool:
    """Return whether `text` opens with a word that needs the sentence before it."""
    return _ANAPHORA.match(text) is not None

"""Negation: what must be said as often, and in the same place, in a quote and in its source."""

from __future__ import annotations

import re
from itertools import product
from typing import TYPE_CHECKING

from footnoted.knowledge.quotes import is_unspaced

if TYPE_CHECKING:
    from collections.abc import Sequence

_NEGATIONS = frozenset(
    str.split(
        # English, with what limits a statement as hard as a negation does
        "not no never none nothing nobody nowhere neither nor cannot without hardly barely rarely"
        " seldom unless except instead avoid avoids avoided avoiding against false nope nah noone"
        # German, Dutch
        " nicht nichts kein keine keinen keinem keiner keines nie niemals niemand ohne nein weder"
        " niet niets geen nooit niemand zonder nee noch"
        # French
        " pas jamais rien aucun aucune sans non ni personne"
        # Spanish, Portuguese, Italian
        " nunca jamas nada nadie ningun ninguno ninguna sin tampoco"
        " nao nem sem ninguem nenhum nenhuma"
        " mai niente nulla nessuno nessuna senza ne"
        # Danish, Norwegian, Swedish, Finnish, Hungarian
        " ikke inte ikkje ingen inget inga ingenting aldrig aldri uden uten utan ei eivat en et"
        " eika ilman nem nincs soha senki semmi nelkul"
        # Russian, Ukrainian, Polish, Czech, Serbian, Croatian
        " не нет ни без никогда ничего никто нельзя немае николи нихто нема ниje нису нисам"
        " nie bez nigdy nic nikt nema neni nikdy nikdo nije nisu nisam nismo nikad nista niko"
        # Greek, Hebrew, Arabic, Persian, Turkish
        " δεν μην χωρις οχι ποτε κανεις τιποτα לא אין בלי לא אף لا لم لن ليس غير بدون نه نيست degil"
        " yok hayir"
        # Hindi, Bengali, Tamil, Telugu, Korean, Indonesian, Vietnamese
        " नहीं न मत ना बिना না নেই নয় இல்லை లేదు కాదు 안 못 않 없 아니 tidak bukan tanpa khong chua"
    )
)
_CONTRACTED = re.compile(
    "(?:do|does|did|is|are|was|were|wo|would|could|should|ca|has|have|had|must|need|ai|might|sha)nt"
)
_UNSPACED = re.compile(
    "ない|なかっ|なく|なけれ|ません|ずに|わけが|不|没|沒|無|无|非|未|别|別に|勿|否|ไม่|มิ|ບໍ່|မ|មិន|ពុំ"
)
_PREFIXES = frozenset(
    str.split(
        "un in im il ir ne dis non de mis ex anti counter over under pre post max maxi min mini"
        " inter intra hyper hypo up down on off out"
    )
)
_MIN_STEM = 3


def count_negations(keys: Sequence[str]) -> int:
    """Return how many of the words negate or except what is said."""
    words = sum(key in _NEGATIONS or bool(_CONTRACTED.fullmatch(key)) for key in keys)
    unspaced = "".join(key if is_unspaced(key) else " " for key in keys)
    return words + len(_UNSPACED.findall(unspaced))


def is_opposite(one: str, other: str) -> bool:
    """Return whether two words differ only by a prefix that turns the meaning round.

    `possible` and `impossible`, `increase` and `decrease`, `include` and `exclude`.
    """
    return one != other and any(
        one.removeprefix(first) == other.removeprefix(second)
        for first, second in product(_prefixes(one), _prefixes(other))
    )


def _prefixes(word: str) -> list[str]:
    """Return the prefixes of `word` that leave a stem, and the empty one."""
    return [""] + [
        word[:size]
        for size in range(2, 8)
        if word[:size] in _PREFIXES and len(word) - size >= _MIN_STEM
    ]

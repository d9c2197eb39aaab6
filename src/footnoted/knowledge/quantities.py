"""Numbers, in digits or in words: what must be equal in a quote and in its source."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from footnoted.knowledge.number_words import (
    CURRENCIES,
    ORDINAL_ENDINGS,
    ORDINALS,
    OTHERS,
    SCALES,
    TENS,
    UNITS,
)
from footnoted.knowledge.quotes import NUMBER_MARK, is_number

if TYPE_CHECKING:
    from collections.abc import Sequence

_HUNDRED = 100
_KILO = "k"
_WORDS = frozenset((*UNITS, *TENS, *SCALES, *ORDINALS, *OTHERS, *CURRENCIES))


def quantities(keys: Sequence[str]) -> list[str]:
    """Return the numbers the words state, in order: `twenty five` as `25`, like `25` itself.

    What is a number in part counts too (ordinals, `half`, `twice`, a minus, kanji numerals).
    """
    reader = _Reader(keys)
    found: list[str] = []
    while reader.place < len(keys):
        stated = reader.read()
        if stated:
            found.append(stated)
    return found


def currencies(keys: Sequence[str]) -> list[str]:
    """Return the currencies the words name, sorted: `$5` and `five dollars` name the same."""
    return sorted(CURRENCIES[key] for key in keys if key in CURRENCIES)


def is_quantity(key: str) -> bool:
    """Return whether a word is compared as a number or currency, and not as wording."""
    return is_number(key) or (key in _WORDS and key != _KILO)


class _Reader:
    """Reads numbers from a run of words, from left to right."""

    def __init__(self, keys: Sequence[str]) -> None:
        """Start before the first word."""
        self._keys = keys
        self.place: int = 0

    def read(self) -> str | None:
        """Return the number that starts here, or None; go on past what was looked at."""
        begin = self.place
        value = self._read_number()
        if value is None:
            self.place = begin + 1
            return self._read_other(self._keys[begin])
        ending = self._peek()
        follows_digit = self.place == begin + 1 and is_number(self._keys[begin])
        if follows_digit and ending in ORDINAL_ENDINGS:
            self.place += 1
            return f"{value}th"
        if ending in ORDINALS and value % 10 == 0 and not follows_digit:
            self.place += 1
            return f"{value + ORDINALS[ending]}th"
        return format(value.normalize(), "f")

    @staticmethod
    def _read_other(key: str) -> str | None:
        """Return what a word states that does not combine with its neighbours."""
        if key in ORDINALS:
            return f"{ORDINALS[key]}th"
        return key.strip(NUMBER_MARK) if is_number(key) or key in OTHERS else None

    def _read_number(self) -> Decimal | None:
        """Return groups and their scales: two million three hundred thousand and five."""
        total, smallest = None, None
        while (begin := self.place) < len(self._keys):
            group = self._read_hundreds()
            scale = self._peek_scale()
            if group is None and (total is not None or not scale):
                break
            if smallest is not None and (scale or 1) >= smallest:
                self.place = begin
                break
            self.place += bool(scale)
            total = (total or 0) + (Decimal(1) if group is None else group) * (scale or 1)
            if not scale:
                break
            smallest = scale
            self._skip_and()
        return total

    def _read_hundreds(self) -> Decimal | None:
        """Return a number below a thousand, a year said in two halves, or digits."""
        by_digits = is_number(self._peek())
        value = self._read_digits() if by_digits else self._read_small()
        if self._peek_scale() == _HUNDRED:
            self.place += 1
            self._skip_and()
            rest = None if is_number(self._peek()) else self._read_small()
            return (Decimal(1) if value is None else value) * _HUNDRED + (rest or 0)
        if value is None or by_digits or not 10 <= value < _HUNDRED:  # noqa: PLR2004 - two digits
            return value
        begin = self.place
        half = self._read_small()
        if half is None or half < 10:  # noqa: PLR2004 - nineteen five is two numbers
            self.place = begin
            return value
        return value * _HUNDRED + half

    def _read_digits(self) -> Decimal | None:
        """Return a number in digits; None for a time such as 10:30 or a decimal comma."""
        try:
            value = Decimal(self._peek().strip(NUMBER_MARK))
        except InvalidOperation:
            return None
        self.place += 1
        return value

    def _read_small(self) -> Decimal | None:
        """Return a number below a hundred in words."""
        key = self._peek()
        if key in UNITS:
            self.place += 1
            return Decimal(UNITS[key])
        if key not in TENS:
            return None
        self.place += 1
        unit = UNITS.get(self._peek(), 0)
        is_joined = 0 < unit < 10  # noqa: PLR2004 - twenty eleven is two numbers, or a year
        self.place += is_joined
        return Decimal(TENS[key] + (unit if is_joined else 0))

    def _skip_and(self) -> None:
        """Go past `and` when a number word follows: two hundred and five."""
        place = self.place + 1
        if self._peek() == "and" and place < len(self._keys):
            self.place += self._keys[place] in UNITS or self._keys[place] in TENS

    def _peek(self) -> str:
        """Return the word that is next, or an empty one after the last."""
        return self._keys[self.place] if self.place < len(self._keys) else ""

    def _peek_scale(self) -> int:
        """Return the scale that is next, or 0; the k of `10k` is one, the k of `o.k.` is not."""
        key = self._peek()
        if key == _KILO and not (self.place and is_number(self._keys[self.place - 1])):
            return 0
        return SCALES.get(key, 0)

"""Which suffixes of file names are language tags.

A wrong yes would merge two recordings (`part.one.vtt`, `part.two.vtt`) into one, so three-letter
codes count only where captions use them.
"""

from __future__ import annotations

import re
from typing import Final

SPOKEN: Final = "spoken"
"""The output language that translates nothing."""

_TWO_LETTERS = (  # ISO 639-1, and `iw`, `in`, `ji`, `jw`, `mo`, `sh` that preceded some
    "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy "
    "da de dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu "
    "hy hz ia id ie ig ii ik in io is it iu iw ja ji jv jw ka kg ki kj kk kl km kn ko kr ks ku kv "
    "kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mo mr ms mt my na nb nd ne ng nl nn no nr "
    "nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg sh si sk sl sm sn so sq "
    "sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi "
    "yo za zh zu"
)
_THREE_LETTERS = (  # ISO 639-2 and -3 codes that caption files in the wild carry
    "ara ben bho bul cat ceb ces chi cmn cze dan deu dut ell eng est fas fil fin fra fre ger gre "
    "gsw guj haw heb hin hmn hrv hun ind ita jpn kan kor kri lav lit lus mai mal mni mri msa "
    "nld nor nso pan per pol por ron rum rus san slk slo slv spa srp swa swe tam tel tha tur ukr "
    "urd vie yue zho zxx und"
)
_CODES = frozenset(_TWO_LETTERS.split()) | frozenset(_THREE_LETTERS.split())
_TAG = re.compile(r"([A-Za-z]{2,3})((?:[-_][A-Za-z0-9]{2,8})*)")


def is_language(text: str) -> bool:
    """Return whether `text` is a language tag: a known code, with subtags or without (RFC 5646)."""
    found = _TAG.fullmatch(text)
    return found is not None and found[1].lower() in _CODES


def is_output_language(text: str) -> bool:
    """Return whether pages can be asked for in `text`: a language tag, or the word `spoken`."""
    return text == SPOKEN or is_language(text)

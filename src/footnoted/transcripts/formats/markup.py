"""Caption markup to plain text: tags out, entities resolved, ruby readings dropped."""

from __future__ import annotations

import html
import re

_TAG = re.compile(r"</?[a-zA-Z][^<>]*>|<[0-9][0-9:.]*>|</?>")
_RUBY_READING = re.compile(r"<rt[^<>]*>.*?(?:</rt>|(?=</ruby>)|$)", re.DOTALL)
_BRACE_STYLE = re.compile(r"\{\\[^{}]*\}")


def plain_text(markup: str) -> str:
    """Return the text a reader sees; a lone `<` or `&` that opens no tag or entity stays."""
    text = markup
    if "<" in text:
        if "<rt" in text:
            text = _RUBY_READING.sub("", text)
        text = _TAG.sub("", text)
    if "&" in text:
        text = html.unescape(text)
    return text


def without_styles(text: str) -> str:
    r"""Return SubRip text without the `{\an8}` overrides some tools leave in it."""
    return _BRACE_STYLE.sub("", text) if "{\\" in text else text

"""The symbol table that ships, read once for all tests."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from footnoted.model.transcript import Cue
from footnoted.profiles.stocks.symbols import SymbolTable, read_symbols

PROMPTS = Path(__file__).resolve().parents[4] / "prompts"


@lru_cache(maxsize=1)
def shipped() -> SymbolTable:
    """Return the table of the repository."""
    return read_symbols([PROMPTS], "stocks")


def cues_of(*lines: str, speaker: str | None = None) -> tuple[Cue, ...]:
    """Return a cue of four seconds for each line."""
    return tuple(Cue(n, n * 4000, n * 4000 + 4000, line, speaker) for n, line in enumerate(lines))

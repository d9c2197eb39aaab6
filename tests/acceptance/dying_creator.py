"""Runs the program, and ends it like a killed one right after a batch was made.

Nothing was written of the name that the provider gave it: the batch is out there, and nobody here
knows what it is called.
"""

from __future__ import annotations

import os
from typing import Any

from footnoted import __main__ as program
from footnoted.llm.batches.anthropic_batches import AnthropicBatches

KILLED = 137


def main() -> None:
    """Become `footnoted`, until the first batch is made."""
    create = AnthropicBatches.create

    async def create_and_die(self: AnthropicBatches, posts: Any) -> Any:
        await create(self, posts)
        os._exit(KILLED)

    AnthropicBatches.create = create_and_die  # type: ignore[method-assign] # the point of it
    program.main()


if __name__ == "__main__":
    main()

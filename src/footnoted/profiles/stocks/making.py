"""What a recording was really looked through with: a person may set a prompt or models for one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from footnoted.profiles.stocks.types import MadeBy

if TYPE_CHECKING:
    from footnoted.stages.port import StageContext


def made_with(configured: MadeBy, context: StageContext, stage: str) -> MadeBy:
    """Return what stands on the rows of this run of a stage: the models that answered, by commas.

    Where nothing was asked it is the chain that would have been.
    """
    answered = ", ".join(sorted(context.asker.answered_by))
    prompt = context.prompts.get(stage)
    return MadeBy(
        model=answered or context.models or configured.model,
        prompt_sha256=prompt.sha256 if prompt is not None else configured.prompt_sha256,
    )

"""The port of a stage: load -> run -> save, a replayable function over journaled calls.

`load` reads in a short transaction. `run` sees no session: it has what was loaded and a context
with the prompt and the gateway, and is deterministic in the answers it gets. `save` writes in a
short transaction together with the compare-and-set on status and fence.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, TypeVar

from pydantic import BaseModel

from footnoted.errors import PermanentError
from footnoted.stages.wording import OUTPUT_LANGUAGE, unsaid

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from footnoted.llm.port import ModelRequest
    from footnoted.model.outcome import Stopped, Waiting
    from footnoted.model.status import ItemKind, Resource
    from footnoted.prompting import Prompt

In = TypeVar("In", bound=BaseModel)
Out = TypeVar("Out", bound=BaseModel)
AnswerT = TypeVar("AnswerT", bound=BaseModel)


class Asker(Protocol):
    """The only fan-out to models; the gateway bound to one item and stage satisfies it.

    `answered_by` are the models whose answers it has given so far.
    """

    answered_by: set[str]

    async def ask_all(self, requests: Sequence[ModelRequest[AnswerT]]) -> list[AnswerT]:
        """Return one validated answer per request, in the order of the requests."""
        ...


@dataclass(frozen=True, slots=True)
class StageContext:
    """What `run` may use besides its input.

    `models` is the chain that is asked where a person set another than the configured one.
    """

    asker: Asker
    prompts: Mapping[str, Prompt]
    models: str = ""

    def prompt(self, stage: str, output_language: str | None = None) -> Prompt:
        """Return the prompt of a stage.

        Raises PermanentError when the profile has none, and when what it gets is to be written in
        `output_language` and it does not ask for that.
        """
        prompt = self.prompts.get(stage)
        if prompt is None:
            message = f"the profile has no prompt for the stage {stage}"
            raise PermanentError(message, failure_code="prompt_missing")
        if output_language is not None and not prompt.asks_for(OUTPUT_LANGUAGE):
            message = unsaid(prompt, output_language)
            raise PermanentError(message, failure_code="prompt_without_language")
        return prompt


class Stage(Protocol[In, Out]):
    """One step of a flow. Class attributes describe it; collaborators come by constructor.

    `version` is raised by hand whenever the code's answers may change. `gives` is the milestone it
    reaches. `asks` says whether it asks models (then its input is pinned in a work order first).
    `parts` are further versions its output depends on, such as the hash of a taxonomy.
    """

    name: ClassVar[str]
    version: ClassVar[int]
    kind: ClassVar[ItemKind]
    gives: ClassVar[str]
    resource: ClassVar[Resource]
    asks: ClassVar[bool]
    time_limit_s: ClassVar[float]
    given_type: type[In]

    @property
    def parts(self) -> Mapping[str, str]:
        """Return the versions beyond code, prompt and model that the output depends on."""
        ...

    async def load(self, session: AsyncConnection, item_id: int) -> In:
        """Return the input; reads only. Raises ItemGoneError when the item does not exist."""
        ...

    async def run(self, given: In, context: StageContext) -> Out | Waiting | Stopped:
        """Return the output, or why there is none; no database is reachable from here."""
        ...

    async def save(self, session: AsyncConnection, item_id: int, out: Out) -> None:
        """Write the output by deterministic ids; equal rows survive."""
        ...


AnyStage = Stage[Any, Any]
"""A stage whose types only it knows; the flow holds these and process_one passes its own back."""


class ItemGoneError(PermanentError):
    """The item was removed while it was due; there is nothing to do."""

    code = "item_gone"

    def __init__(self, item_id: int) -> None:
        """Name the item that is gone."""
        super().__init__(f"item {item_id} is gone", failure_code="item_gone")

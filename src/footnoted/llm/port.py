"""The port to whatever answers: a request that stages build, and a model that answers it raw."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from pydantic import BaseModel, ConfigDict

if TYPE_CHECKING:
    from footnoted.llm.tasks import Task
    from footnoted.prompting import RenderedPrompt

AnswerT_co = TypeVar("AnswerT_co", bound=BaseModel, covariant=True)


@dataclass(frozen=True, slots=True)
class ModelRequest(Generic[AnswerT_co]):
    """One question. `label` is unique within a stage of an item, for example `topic-3`."""

    label: str
    task: Task
    answer: type[AnswerT_co]
    prompt: RenderedPrompt
    max_tokens_out: int


class Usage(BaseModel):
    """Tokens of one call by class, as the provider bills them."""

    model_config = ConfigDict(frozen=True)

    input_tokens: int = 0
    cache_creation_5m_tokens: int = 0
    cache_creation_1h_tokens: int = 0
    cache_read_tokens: int = 0
    output_tokens: int = 0


@dataclass(frozen=True, slots=True)
class RawAnswer:
    """What came back, before anything is believed of it. `text` should be JSON of the schema."""

    text: str
    stop_reason: str | None
    usage: Usage
    model: str
    provider_request_id: str | None = None


class Model(Protocol):
    """Something that answers one request; it raises only footnoted's own errors."""

    @property
    def name(self) -> str:
        """Return the model's id as settings and the journal name it."""
        ...

    @property
    def is_free(self) -> bool:
        """Return whether asking the same thing twice costs nothing and gives the same answer."""
        ...

    async def answer(self, request: ModelRequest[BaseModel]) -> RawAnswer:
        """Return the raw answer to one request."""
        ...

"""The port to whatever answers: a request that stages build, and a model that answers it raw."""

from __future__ import annotations

from collections.abc import Callable, Sequence  # noqa: TC003 - dataclass fields are read by tools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from pydantic import BaseModel, ConfigDict

if TYPE_CHECKING:
    from collections.abc import Mapping

    from footnoted.ledger.faults import Allowances
    from footnoted.llm.tasks import Task
    from footnoted.prompting import RenderedPrompt

AnswerT_co = TypeVar("AnswerT_co", bound=BaseModel, covariant=True)


@dataclass(frozen=True, slots=True)
class Division:
    """A request cut into smaller ones, and how their answers become the answer to the whole."""

    requests: tuple[ModelRequest[Any], ...]
    merge: Callable[[Sequence[Any]], Any]


@dataclass(frozen=True, slots=True)
class Repair:
    """A bad answer that is shown to its model once more, with what is wrong with it."""

    bad_answer: str
    complaint: str


@dataclass(frozen=True, slots=True)
class ModelRequest(Generic[AnswerT_co]):
    """One question. `label` is unique within a stage of an item, for example `topic-3`.

    `divide` cuts it into smaller questions when an answer got too long; it returns None when there
    is nothing left to cut.
    """

    label: str
    task: Task
    answer: type[AnswerT_co]
    prompt: RenderedPrompt
    max_tokens_out: int
    divide: Callable[[], Division | None] | None = field(default=None, compare=False)
    repair: Repair | None = None


class Usage(BaseModel):
    """Tokens of one call by class, as the provider bills them; `output_tokens` has the thinking.

    Recognised speech has none, and is billed by its length.
    """

    model_config = ConfigDict(frozen=True)

    input_tokens: int = 0
    cache_creation_5m_tokens: int = 0
    cache_creation_1h_tokens: int = 0
    cache_read_tokens: int = 0
    output_tokens: int = 0
    thinking_tokens: int = 0
    speech_ms: int = 0

    @property
    def prompt_tokens(self) -> int:
        """Return all tokens of the prompt, cached or not."""
        cached = self.cache_creation_5m_tokens + self.cache_creation_1h_tokens
        return self.input_tokens + cached + self.cache_read_tokens


@dataclass(frozen=True, slots=True)
class RawAnswer:
    """What came back, before anything is believed of it. `text` should be JSON of the schema.

    `body` is the provider's answer as it came, where there is one beside the text.
    """

    text: str
    stop_reason: str | None
    usage: Usage
    model: str
    provider_request_id: str | None = None
    body: str | None = None
    allowances: Allowances | None = None


@dataclass(frozen=True, slots=True)
class CallOptions:
    """How a call is made, as far as it can't change the answer.

    `caches_system` asks for a cache breakpoint at the end of the system prompt (for five minutes);
    `on_first_byte` is called once when the answer begins, from when on that cache can be read.
    """

    timeout_s: float = 600.0
    caches_system: bool = False
    on_first_byte: Callable[[], None] | None = None


class Model(Protocol):
    """Something that answers one request; it raises only footnoted's own errors."""

    @property
    def name(self) -> str:
        """Return the model's id as settings, prices and the journal name it."""
        ...

    @property
    def is_free(self) -> bool:
        """Return whether asking the same thing twice costs nothing and gives the same answer."""
        ...

    @property
    def parameters(self) -> Mapping[str, str]:
        """Return what else of this model's set-up changes its answers, such as its effort."""
        ...

    async def answer(self, request: ModelRequest[BaseModel], options: CallOptions) -> RawAnswer:
        """Return the raw answer to one request; raise CallFailedError when none came."""
        ...

    async def count_input(self, request: ModelRequest[BaseModel]) -> int | None:
        """Return the tokens of the prompt as the provider counts them; None when it can't say."""
        ...

    def batch_params(
        self, request: ModelRequest[BaseModel], *, caches_system: bool = False
    ) -> Mapping[str, Any] | None:
        """Return the request as a call of a batch has it; None where there are no batches."""
        ...

"""Which models a stage asks, in which order: settings as text, and models as they are found."""

from __future__ import annotations

from collections.abc import Callable, Mapping  # noqa: TC003 - dataclass fields are read at run time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from footnoted.errors import ConfigurationError
from footnoted.llm.model_facts import LEAST_EFFORT

if TYPE_CHECKING:
    from footnoted.llm.port import Model

_USUAL: Final = {"effort": ("default", LEAST_EFFORT), "format": ("schema",)}


@dataclass(frozen=True, slots=True)
class Routes:
    """The models of each stage, the preferred one first; `usual` are those of any other stage.

    `make(model id, profile.stage)` gives a model that no stage is routed to.

    Keys are `stage`, for that stage of every profile, or `profile.stage`, which goes before it.
    """

    usual: tuple[Model, ...]
    by_stage: Mapping[str, tuple[Model, ...]] = field(
        default_factory=dict[str, "tuple[Model, ...]"]
    )
    make: Callable[[str, str], Model] | None = None

    def of(self, stage: str, profile: str = "") -> tuple[Model, ...]:
        """Return the models of a stage of a profile."""
        own = self.by_stage.get(f"{profile}.{stage}")
        return own if own is not None else self.by_stage.get(stage, self.usual)

    def chain(self, text: str, stage: str) -> tuple[Model, ...]:
        """Return the models of a chain that was set for one item and `profile.stage`.

        Raises ConfigurationError for a chain without a model.
        """
        make = self.make
        if make is None:
            raise RuntimeError(text)  # only a program that works on items sets chains for them
        return tuple(make(name, stage) for name in parse_chain(text))

    @property
    def models(self) -> tuple[Model, ...]:
        """Return every model of every stage, each once."""
        every = [model for chain in (self.usual, *self.by_stage.values()) for model in chain]
        return tuple({model.name: model for model in every}.values())

    def name_of(self, stage: str, profile: str = "") -> str:
        """Return the models of a stage as fingerprints name them: `first>fallback`."""
        return ">".join(model.name for model in self.of(stage, profile))

    def manner_of(self, stage: str, profile: str = "") -> dict[str, str]:
        """Return what of the preferred model's set-up is not as usual, for fingerprints.

        How it thinks follows from its effort.
        """
        told = self.of(stage, profile)[0].parameters
        return {
            name: value
            for name, value in told.items()
            if name != "thinking" and value not in _USUAL.get(name, ())
        }


def parse_chain(text: str) -> tuple[str, ...]:
    """Return the model ids of `first>fallback>...`."""
    return tuple(name.strip() for name in text.split(">") if name.strip())


def parse_table(text: str, variable: str) -> dict[str, str]:
    """Return what `stage=value,stage=value` says.

    Raises ConfigurationError, naming the variable, for a part of another shape or a stage twice.
    """
    found: dict[str, str] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        stage, equals, value = (side.strip() for side in part.partition("="))
        if not (stage and equals and value) or stage in found:
            message = f"{variable}: {part!r} is not `stage=value` with each stage once"
            raise ConfigurationError(message)
        found[stage] = value
    return found


def make_routes(
    usual: str, stage_models: Mapping[str, str], make: Callable[[str, str], Model]
) -> Routes:
    """Return the routes of these chains; `make(model id, stage)` gives each model.

    The stage is empty for the usual chain. Raises ConfigurationError for a chain without a model.
    """
    by_stage = {stage: _made(chain, stage, make) for stage, chain in stage_models.items()}
    return Routes(_made(usual, "", make), by_stage, make)


def _made(chain: str, stage: str, make: Callable[[str, str], Model]) -> tuple[Model, ...]:
    names = parse_chain(chain)
    if not names:
        message = f"{chain!r} names no model; write `model` or `first>fallback`"
        raise ConfigurationError(message)
    return tuple(make(name, stage) for name in names)

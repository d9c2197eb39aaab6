"""Checks of the way to paid models: what free calls say about the key and the models in use."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from footnoted.app import make_client
from footnoted.doctor.check import CheckName, failure, ok, warning
from footnoted.errors import ConfigurationError
from footnoted.ledger.faults import FaultKind
from footnoted.llm.key_check import Lifecycle

if TYPE_CHECKING:
    from footnoted.doctor.check import Check
    from footnoted.ledger.faults import Fault
    from footnoted.llm.key_check import KeyCheck, ModelStanding
    from footnoted.settings import Settings

USUAL_MODEL = "claude-haiku-5-5"
"""What `FOOTNOTED_MODEL=auto` means with a key."""
_FREE_MODEL = "extractive"
_SOON = timedelta(days=60)


async def check_model_key(settings: Settings) -> list[Check]:
    """Return whether the key and the models in use work, by free calls; nothing without a key."""
    try:
        client = make_client(settings)
        if client is None:
            return []
        try:
            found = await client.check(asked_models(settings))
        finally:
            await client.close()
    except ConfigurationError as error:
        return [failure(CheckName.MODEL_KEY, error.message)]
    return [judge_key(found, client.base_url, datetime.now(UTC))]


def asked_models(settings: Settings) -> list[str]:
    """Return the paid models that the settings name, fallbacks too, each once."""
    chains = [settings.model, *re.findall(r"=([^,]*)", settings.stage_models)]
    names = [name.strip() for chain in chains for name in chain.split(">")]
    usual = [USUAL_MODEL if name == "auto" else name for name in names]
    return list(dict.fromkeys(name for name in usual if name not in ("", _FREE_MODEL)))


def judge_key(found: KeyCheck, place: str, now: datetime) -> Check:
    """Return what the answer of the server at `place` means."""
    if found.fault is not None:
        return _judge_fault(found.fault, place)
    gone = [one.name for one in found.models if one.lifecycle in _GONE]
    if gone:
        text = f"the key works, and {place} does not serve {', '.join(gone)}"
        return failure(CheckName.MODEL_KEY, text)
    leaving = [_leaving(one) for one in found.models if _is_leaving(one, now)]
    if leaving:
        return warning(CheckName.MODEL_KEY, f"the key works; {'; '.join(leaving)}")
    names = ", ".join(one.name for one in found.models) or "no paid model is in use"
    return ok(CheckName.MODEL_KEY, f"{place} takes the key: {names}")


_GONE = (Lifecycle.RETIRED, Lifecycle.UNKNOWN)


def _judge_fault(fault: Fault, place: str) -> Check:
    text = f"{place}: {fault.message}"
    if fault.kind in (FaultKind.STOPPED, FaultKind.REJECTED, FaultKind.TOO_LARGE):
        return failure(CheckName.MODEL_KEY, text)
    return warning(CheckName.MODEL_KEY, text)


def _is_leaving(model: ModelStanding, now: datetime) -> bool:
    is_soon = model.retires_at is not None and model.retires_at - now < _SOON
    return model.lifecycle is Lifecycle.DEPRECATED or is_soon


def _leaving(model: ModelStanding) -> str:
    when = "a day not told yet" if model.retires_at is None else f"{model.retires_at:%Y-%m-%d}"
    return f"{model.name} is to be retired on {when}"

"""From settings to the spec that is wanted and to embedders, or one sentence why that can't be."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from footnoted.errors import ConfigurationError
from footnoted.fetch.web.addresses import is_this_machine
from footnoted.ledger.embedding_prices import EmbeddingPriceTable
from footnoted.search.embedding.dimensions import usual_dimensions
from footnoted.search.embedding.recipes import RECIPES
from footnoted.search.embedding.spec import LEXICAL, Channel, Spec, words_spec
from footnoted.settings import variable

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from footnoted.search.embedding.port import Embedder
    from footnoted.settings import Settings

DEFAULT_MODELS = {
    "openai": "text-embedding-3-small",
    "voyage": "voyage-4",
    "fastembed": "BAAI/bge-small-en-v1.5",
}
_VISIBLE_ASCII = re.compile(r"[\x21-\x7e]+")
_HEAVIEST = 100.0


def wanted_spec(settings: Settings) -> Spec | None:
    """Return the spec that the settings ask for; None where nothing is to be embedded.

    Raises ConfigurationError for channels that nobody knows and dimensions that nobody said.
    """
    if settings.embedder == "off":
        return None
    maker, model = settings.embedder, settings.embedder_model or DEFAULT_MODELS[settings.embedder]
    dimensions = settings.embedder_dimensions or usual_dimensions(maker, model)
    if dimensions is None:
        message = (
            f"{variable('embedder_dimensions')} is needed:"
            f" nobody here knows how many dimensions {model} has"
        )
        raise ConfigurationError(message)
    return words_spec(
        *(
            Channel(
                name=name,
                maker=maker,
                model=model,
                dimensions=dimensions,
                version=settings.embedder_version,
                base_url=_own_address(settings),
            )
            for name in _channels(settings)
        )
    )


def make_embedder(settings: Settings, at: datetime) -> Embedder | None:
    """Return what the settings name; None where nothing is to be embedded.

    Raises ConfigurationError for a missing package, key or price, and for a server elsewhere where
    nothing beyond this machine may be contacted.
    """
    spec = wanted_spec(settings)
    if spec is None:
        return None
    if settings.embedder == "fastembed":
        return _local(settings)
    embedder = _remote(settings)
    for channel in spec.dense:
        embedder.prices_at(channel.model, at)
    return embedder


def search_weights(settings: Settings) -> Mapping[str, float]:
    """Return how much each channel counts in a search; those that are not named count 1.

    Raises ConfigurationError for what is no list of channels and numbers.
    """
    weights: dict[str, float] = {}
    for part in filter(None, (part.strip() for part in settings.search_weights.split(","))):
        name, _, number = (piece.strip() for piece in part.partition("="))
        known = (LEXICAL, *RECIPES)
        if name not in known:
            message = f"{variable('search_weights')}: no channel {name!r}; {', '.join(known)}"
            raise ConfigurationError(message)
        weights[name] = _weight(part, number)
    return weights


def _weight(part: str, number: str) -> float:
    try:
        weight = float(number)
    except ValueError:
        weight = -1.0
    if not 0 <= weight <= _HEAVIEST:
        message = (
            f"{variable('search_weights')}: {part!r} is no channel with a number from 0 to"
            f" {_HEAVIEST:g}, such as text=0.5"
        )
        raise ConfigurationError(message)
    return weight


def _channels(settings: Settings) -> list[str]:
    names = [name.strip() for name in settings.embedder_channels.split(",") if name.strip()]
    for name in names:
        if name not in RECIPES:
            message = f"{variable('embedder_channels')}: no channel {name!r}; {', '.join(RECIPES)}"
            raise ConfigurationError(message)
    if not names or len(set(names)) < len(names):
        message = f"{variable('embedder_channels')}: name each channel once, and one at least"
        raise ConfigurationError(message)
    return names


def _own_address(settings: Settings) -> str | None:
    """Return the server's address as specs name it: None for the vendor's own."""
    from footnoted.search.embedding.server import OPENAI, VOYAGE  # noqa: PLC0415 - loads httpx

    given = settings.embedder_base_url
    if given is None or settings.embedder == "fastembed":
        return None
    vendors_own = {one.maker: one.vendors_own for one in (OPENAI, VOYAGE)}[settings.embedder]
    address = given.rstrip("/")
    return None if address == vendors_own else address


def _local(settings: Settings) -> Embedder:
    # Adapters load on use: whoever embeds nothing waits for none of their libraries.
    from footnoted.search.embedding.local_model import LocalEmbedder, ModelPlace  # noqa: PLC0415

    cache = settings.data_dir / "models"
    place = ModelPlace(cache, settings.embedder_model_dir, settings.offline)
    place.check()
    return LocalEmbedder(place)


def _remote(settings: Settings) -> Embedder:
    from footnoted.search.embedding.server import (  # noqa: PLC0415 - as above
        OPENAI,
        VOYAGE,
        EmbeddingServer,
    )

    protocol = OPENAI if settings.embedder == "openai" else VOYAGE
    address = settings.embedder_base_url or protocol.vendors_own
    host = urlsplit(address).hostname or ""
    if settings.offline and not is_this_machine(host):
        message = (
            f"{variable('offline')} is set, and {variable('embedder')}={settings.embedder} asks"
            f" {host}; {variable('embedder')}=fastembed computes on this machine"
        )
        raise ConfigurationError(message)
    prices = EmbeddingPriceTable.load(settings.prices_file)
    return EmbeddingServer(protocol, settings.embedder_base_url, _key(settings), prices)


def _key(settings: Settings) -> str:
    secret = settings.embedder_api_key
    key = secret.get_secret_value().strip() if secret else ""
    if not key and settings.embedder_base_url is None:
        message = (
            f"{variable('embedder')}={settings.embedder} needs a key in"
            f" {variable('embedder_api_key')}"
        )
        raise ConfigurationError(message)
    if key and not _VISIBLE_ASCII.fullmatch(key):
        message = f"{variable('embedder_api_key')}: a key is visible ASCII characters, no spaces"
        raise ConfigurationError(message)
    return key

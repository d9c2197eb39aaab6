"""What makes vectors, and what counts in a search."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - pydantic reads it
from typing import Literal

from pydantic import Field, SecretStr

from footnoted.settings.shapes import HTTP_URL, Count, Part


class SearchSettings(Part):
    """The embedder, its server and its model, and the weights of channels."""

    embedder: Literal["off", "openai", "voyage", "fastembed"] = Field(
        default="off",
        description="What makes vectors, to search by meaning beside words: openai is any server"
        " that speaks its protocol, fastembed is this machine (footnoted[fastembed]).",
    )
    embedder_base_url: str | None = Field(
        default=None,
        pattern=HTTP_URL,
        description="Server of openai or voyage, with `/v1`; unset: the vendor's own.",
    )
    embedder_api_key: SecretStr | None = Field(
        default=None, description="Key of that server; one at home may need none."
    )
    embedder_model: str | None = Field(
        default=None,
        description="Model that embeds; unset: text-embedding-3-small, voyage-4 or, on this"
        " machine, BAAI/bge-small-en-v1.5.",
    )
    embedder_model_dir: Path | None = Field(
        default=None, description="Folder of that model for fastembed, instead of a download."
    )
    embedder_dimensions: int | None = Field(
        default=None,
        ge=1,
        le=8_192,
        description="Dimensions of its vectors; unset: what the model gives by itself."
        " Only text-embedding-3 and voyage are asked for that many; for any other model it has to"
        " be the number that it gives.",
    )
    embedder_version: Count = Field(
        default=1, description="Raise it when a model gives other vectors under the same name."
    )
    embedder_channels: str = Field(
        default="text,summary", description="What is embedded of a document, by commas."
    )
    search_weights: str = Field(
        default="",
        description="What channels count in a search: lexical=1,text=1,summary=0.5. Else 1 each.",
    )

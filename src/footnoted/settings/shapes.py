"""The shapes of values: durations, counts, addresses, ages and sizes."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

HTTP_URL = r"^https?://(\[[0-9a-fA-F:.]+\]|[\w.-]+)(:\d{1,5})?(/\S*)?$"

_LONGEST_S = 31_536_000  # a year: no pause is longer, and no clock overflows
Seconds = Annotated[float, Field(gt=0, le=_LONGEST_S)]
SecondsOrZero = Annotated[float, Field(ge=0, le=_LONGEST_S)]
_RETAINED = re.compile(r"\d{1,5}d(/\d{1,6}(MB|GB))?|\d{1,6}(MB|GB)")


def _require_rule(text: str | None) -> str | None:
    if text is not None and _RETAINED.fullmatch(text) is None:
        message = "write an age, a size or both: 90d, 2GB, 90d/2GB"
        raise ValueError(message)
    return text


Retained = Annotated[str | None, AfterValidator(_require_rule)]
HoursOrZero = Annotated[float, Field(ge=0, le=_LONGEST_S / 3600)]
Count = Annotated[int, Field(ge=1, le=1_000_000)]


class Part(BaseModel):
    """Settings about one thing; all of them together are `Settings`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

"""Bringing a file: a form with `file`, and what is to be said of it, in any order."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fastapi import APIRouter, Request
from pydantic import BaseModel

from footnoted.api.multipart import MalformedFormError, boundary_of, parts_of
from footnoted.app import make_uploads
from footnoted.catalogue import require_profiles
from footnoted.errors import UsageError
from footnoted.sources.record import Told
from footnoted.sources.uploads.recording import record_upload
from footnoted.sources.uploads.taking import UPLOAD_BROKEN_OFF, UploadRefusedError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator

    from footnoted.api.multipart import Part
    from footnoted.app import App
    from footnoted.sources.uploads.taking import Upload, UploadStore

_CREATED = 201
_LONGEST_FIELD = 1_000
_FIELDS = ("language", "owner", "creator", "profile")


class UploadItem(BaseModel):
    """What became of an upload under one profile; `id` is for `/api/v1/items`."""

    id: int
    profile: str
    status: str


class UploadAnswer(BaseModel):
    """A file that was taken; not `is_new` when its content was there before."""

    name: str
    sha256: str
    size_bytes: int
    content_type: str
    is_new: bool
    items: list[UploadItem]


@dataclass(slots=True)
class _Form:
    """What came in a form."""

    upload: Upload | None = None
    told: dict[str, list[str]] = field(default_factory=dict[str, list[str]])

    def one(self, name: str) -> str | None:
        """Return the last value of a field; None where there is none."""
        values = [value for value in self.told.get(name, []) if value]
        return values[-1] if values else None


def uploads_router(app: App) -> APIRouter:
    """Return the route of uploads."""
    router = APIRouter(prefix="/api/v1")
    settings, database, clock = app.storage.settings, app.storage.database, app.storage.clock
    store = make_uploads(settings)

    async def upload(request: Request) -> UploadAnswer:
        """Take a recording or a transcript, and begin to work on it."""
        form = await _read_form(request, store)
        if form.upload is None:
            message = "the form has no file: its part is called `file`"
            raise UsageError(message)
        profiles = [value for value in form.told.get("profile", []) if value]
        profiles = profiles or [settings.profile]
        require_profiles(settings, profiles)
        told = Told(form.one("creator"), form.one("language"), form.one("owner"))
        videos = await record_upload(database, form.upload, profiles, told, clock=clock)
        return UploadAnswer(
            name=form.upload.name,
            sha256=form.upload.sha256,
            size_bytes=form.upload.size_bytes,
            content_type=form.upload.content_type,
            is_new=form.upload.is_new,
            items=[UploadItem(**video._asdict()) for video in videos],
        )

    router.add_api_route("/uploads", upload, methods=["POST"], status_code=_CREATED)
    return router


async def _read_form(request: Request, store: UploadStore) -> _Form:
    """Return a form, its file on disk. Raises UsageError, and as `UploadStore.take` does."""
    form = _Form()
    try:
        boundary = boundary_of(request.headers.get("content-type", ""))
        async for part in parts_of(_pieces_of(request), boundary):
            await _read_part(form, part, store)
    except MalformedFormError as error:
        raise UsageError(str(error)) from None
    return form


async def _pieces_of(request: Request) -> AsyncGenerator[bytes]:
    """Yield the body as it comes (ASGI). Raises UploadRefusedError when the client goes away."""
    is_end = False
    while not is_end:
        message = await request.receive()
        if message["type"] == "http.disconnect":
            why = "the upload broke off"
            raise UploadRefusedError(why, failure_code=UPLOAD_BROKEN_OFF)
        is_end = not message.get("more_body", False)
        yield message.get("body", b"")


async def _read_part(form: _Form, part: Part, store: UploadStore) -> None:
    if part.name == "file":
        if form.upload is not None:
            message = "one file is taken at a time"
            raise UsageError(message)
        form.upload = await store.take(part.pieces, part.file_name or "")
    elif part.name in _FIELDS:
        form.told.setdefault(part.name, []).append(await _text_of(part.name, part.pieces))
    else:
        message = f"the form has a field {part.name[:50]!r}; there is file, {', '.join(_FIELDS)}"
        raise UsageError(message)


async def _text_of(name: str, pieces: AsyncIterator[bytes]) -> str:
    data = bytearray()
    async for piece in pieces:
        data += piece
        if len(data) > _LONGEST_FIELD:
            message = f"the field {name} is too long"
            raise UsageError(message)
    try:
        return data.decode().strip()
    except UnicodeDecodeError:
        message = f"the field {name} is not UTF-8"
        raise UsageError(message) from None

"""The endpoints under /v1: each takes a request through the gate and answers it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse, Response

from tests.emulator import faults
from tests.emulator.chance import digest
from tests.emulator.delivery import HTML_502, Delivery, Silence, StreamDelivery
from tests.emulator.errors import RefusedError
from tests.emulator.gate import MAX_BATCH_BODY, MAX_BODY, check_key, json_body, version_of
from tests.emulator.layout import layout_of
from tests.emulator.matching import Subject
from tests.emulator.models import CARDS, model_card, model_info
from tests.emulator.pages import page
from tests.emulator.validation import check_count, check_message

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request

    from tests.emulator.models import ModelCard
    from tests.emulator.world import World

    Handler = Callable[[Request], Awaitable[Response]]

NO_POOL = "default"


class Api:
    """The Messages API over one world."""

    def __init__(self, world: World) -> None:
        """Serve the world."""
        self._world = world
        self._requests = 0

    def guarded(self, handler: Handler) -> Handler:
        """Return the handler with authentication, error envelopes and common headers."""

        async def guard(request: Request) -> Response:
            self._requests += 1
            seed = self._world.engine.configuration.seed
            request.state.request_id = f"req_{digest(seed, 'request', self._requests)[:24]}"
            request.state.pool = NO_POOL
            try:
                check_key(request, self._world.engine.configuration.api_keys)
                request.state.version = version_of(request)
                return await handler(request)
            except RefusedError as error:
                return self._refused(request, error)
            except ClientDisconnect:  # it went before it had said all; nobody reads this
                return Response(status_code=400)

        return guard

    def _refused(self, request: Request, error: RefusedError) -> Response:
        refusal = error.refusal
        self._world.engine.ledger.refuse(refusal.status, refusal.error_code)
        return JSONResponse(
            refusal.body(request.state.request_id),
            refusal.status,
            {**self._headers(request), **refusal.headers()},
        )

    def _headers(self, request: Request) -> dict[str, str]:
        """Return the headers of every response."""
        engine = self._world.engine
        headers = {
            "request-id": request.state.request_id,
            "anthropic-organization-id": engine.configuration.organization,
        }
        workspace = request.headers.get("anthropic-workspace-id")
        if workspace is not None:
            headers["anthropic-workspace-id"] = workspace
        return {**headers, **engine.limiter.headers(request.state.pool, engine.clock.now())}

    def _json(self, request: Request, content: Any) -> Response:
        return JSONResponse(content, headers=self._headers(request))

    def _early(self, rule: faults.FaultRule) -> Response:
        """Return how a call that is never processed ends."""
        if rule.kind == "status":
            raise RefusedError(rule.refusal())
        self._world.engine.ledger.refuse(0, rule.kind)
        if rule.kind in {"reset_before", "timeout_before"}:
            return Silence(hangs=rule.kind == "timeout_before")
        return Response(HTML_502, 502, media_type="text/html")

    async def messages(self, request: Request) -> Response:
        """POST /v1/messages."""
        engine = self._world.engine
        body = await json_body(request, MAX_BODY)
        strict = engine.configuration.strict_fields
        card = check_message(body, request.state.version, strict=strict)
        request.state.pool = card.pool
        subject = Subject("messages", body, dict(request.headers))
        rule = engine.faults.strike(subject)
        if rule is not None and rule.kind in faults.BEFORE:
            return self._early(rule)
        self._world.desk.work()
        if rule is not None and rule.kind == "duplicate":
            self._buy_twin(subject, card, rule)
        running = engine.accept(subject, card, rule)
        kind = StreamDelivery if body.get("stream") else Delivery
        return kind(engine, running, self._headers(request))

    def _buy_twin(self, subject: Subject, card: ModelCard, rule: faults.FaultRule) -> None:
        """Process and bill the request once more than it was sent."""
        twin = self._world.engine.accept(subject, card, rule)
        self._world.engine.settle(twin)
        twin.row.delivered = False

    async def count_tokens(self, request: Request) -> Response:
        """POST /v1/messages/count_tokens."""
        engine = self._world.engine
        body = await json_body(request, MAX_BODY)
        strict = engine.configuration.strict_fields
        card = check_count(body, request.state.version, strict=strict)
        request.state.pool = card.pool
        rule = engine.faults.strike(Subject("count_tokens", body, dict(request.headers)))
        if rule is not None and rule.kind in faults.BEFORE:
            return self._early(rule)
        rpm, now_s = engine.configuration.count_tokens_rpm, engine.clock.now()
        engine.limiter.admit_single("count_tokens", rpm, now_s)
        return self._json(request, {"input_tokens": engine.estimate(layout_of(body))})

    async def models(self, request: Request) -> Response:
        """GET /v1/models."""
        return self._json(request, page([model_info(c) for c in CARDS], request.query_params))

    async def model(self, request: Request) -> Response:
        """GET /v1/models/{id}."""
        return self._json(request, model_info(model_card(request.path_params["model_id"])))

    async def create_batch(self, request: Request) -> Response:
        """POST /v1/messages/batches."""
        body = await json_body(request, MAX_BATCH_BODY)
        rule = self._world.engine.faults.strike(Subject("batches", body, dict(request.headers)))
        if rule is not None and rule.kind in faults.BEFORE:
            return self._early(rule)
        batch = self._world.desk.create(body, dict(request.headers), request.state.version)
        if rule is not None and rule.kind == "batch_accepted_500":
            raise RefusedError(rule.refusal())
        return self._json(request, batch.view(batch.created_s, self._base(request)))

    def _base(self, request: Request) -> str:
        return str(request.base_url).rstrip("/")

    async def batches(self, request: Request) -> Response:
        """GET /v1/messages/batches."""
        now_s, base = self._world.engine.clock.now(), self._base(request)
        views = [batch.view(now_s, base) for batch in self._world.desk.listed()]
        return self._json(request, page(views, request.query_params))

    def _batch_view(self, request: Request, *, cancel: bool = False) -> Response:
        desk, batch_id = self._world.desk, request.path_params["batch_id"]
        batch = desk.cancel(batch_id) if cancel else desk.get(batch_id)
        now_s = self._world.engine.clock.now()
        return self._json(request, batch.view(now_s, self._base(request)))

    async def batch(self, request: Request) -> Response:
        """GET /v1/messages/batches/{id}."""
        return self._batch_view(request)

    async def cancel_batch(self, request: Request) -> Response:
        """POST /v1/messages/batches/{id}/cancel."""
        return self._batch_view(request, cancel=True)

    async def delete_batch(self, request: Request) -> Response:
        """DELETE /v1/messages/batches/{id}."""
        batch_id = request.path_params["batch_id"]
        self._world.desk.delete(batch_id)
        return self._json(request, {"id": batch_id, "type": "message_batch_deleted"})

    async def batch_results(self, request: Request) -> Response:
        """GET /v1/messages/batches/{id}/results, one JSON object a line."""
        lines = self._world.desk.results(request.path_params["batch_id"])
        content = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
        headers = self._headers(request)
        return Response(content, headers=headers, media_type="application/x-jsonl")

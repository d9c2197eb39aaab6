"""A speech service on loopback: OpenAI's protocol and Deepgram's, with faults on demand.

It knows beforehand what is said in a recording (`Truth`), finds out which part of it was uploaded,
and tells the words of that part. It keeps its own books: what it heard, it bills.
"""

from __future__ import annotations

import asyncio
import io
import json
import wave
from collections import deque
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

import av
import numpy as np

from footnoted.transcripts.speech.port import RATE_HZ

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable

    from footnoted.transcripts.speech.port import Samples


@dataclass(frozen=True, slots=True)
class Truth:
    """A recording and the words in it: text, start and end in milliseconds, who says it."""

    samples: Samples
    words: tuple[tuple[str, int, int, int], ...]

    def place_of(self, part: Samples) -> int:
        """Return where (ms) a part of the recording lies in it, sample by sample."""
        at = self.samples.tobytes().find(part[: 2 * RATE_HZ].tobytes())
        assert at >= 0, "this sound is no part of the recording"
        return at // 2 * 1000 // RATE_HZ


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as it came."""

    path: str
    query: tuple[tuple[str, str], ...]
    headers: dict[str, str]
    fields: dict[str, list[str]]
    audio: bytes

    @property
    def samples(self) -> Samples:
        """Return the uploaded sound."""
        return samples_of(self.audio)


@dataclass(frozen=True, slots=True)
class Refuse:
    """Answer with a status and a body, without hearing anything."""

    status: int
    body: str = "{}"
    headers: tuple[tuple[str, str], ...] = ()
    bills: bool = False


@dataclass(frozen=True, slots=True)
class Reset:
    """Hear it, bill it, and break the connection."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Answer, as without a script."""


@dataclass(frozen=True, slots=True)
class Act:
    """Hear it, bill it, do something, and say nothing until the end."""

    act: Callable[[], Awaitable[None]]


@dataclass(slots=True)
class SpeechServer:
    """The service. `next` holds what becomes of coming requests; without, they are answered."""

    truth: Truth
    style: str = "verbose_json"
    key: str | None = None
    asked: list[Asked] = field(default_factory=list[Asked])
    next: deque[Answer | Refuse | Reset | Act] = field(
        default_factory=deque[Answer | Refuse | Reset | Act]
    )
    billed_ms: int = 0
    base_url: str = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the requests of one connection."""
        try:
            while request := await _read(reader):
                self.asked.append(request)
                if not await self._answer(request, writer):
                    return
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _answer(self, request: Asked, writer: asyncio.StreamWriter) -> bool:
        told = self.next.popleft() if self.next else None
        given = request.headers.get("authorization", "").partition(" ")[2]
        if self.key is not None and given != self.key:
            told = Refuse(401, json.dumps({"error": {"message": f"no such key: {given}"}}))
        match told:
            case Refuse():
                self.billed_ms += _length_ms(request.samples) if told.bills else 0
                _write(writer, told.status, told.body, told.headers)
                await writer.drain()
                return True
            case Reset() | Act():
                self.billed_ms += _length_ms(request.samples)
                if isinstance(told, Act):
                    await told.act()
                writer.transport.abort()
                return False
            case _:
                samples = request.samples
                self.billed_ms += _length_ms(samples)
                document = self._document(request, samples)
                _write(writer, 200, json.dumps(document), (("x-request-id", "req-1"),))
                await writer.drain()
                return True

    def _document(self, request: Asked, samples: Samples) -> dict[str, Any]:
        is_deepgram = request.path.endswith("/v1/listen")
        start_ms = 0 if is_deepgram else self.truth.place_of(samples)
        end_ms = start_ms + _length_ms(samples)
        words = [
            (text, (start - start_ms) / 1000, (end - start_ms) / 1000, who)
            for text, start, end, who in self.truth.words
            if start >= start_ms and end <= end_ms
        ]
        seconds = len(samples) / RATE_HZ
        if is_deepgram:
            return deepgram_document(words, seconds, diarize=("diarize", "true") in request.query)
        return openai_document(words, seconds, self.style)


Words = list[tuple[str, float, float, int]]


def openai_document(words: Words, seconds: float, style: str) -> dict[str, Any]:
    """Return an answer of OpenAI's protocol: segments of five words, words without punctuation."""
    text = " ".join(word for word, *_ in words)
    if style == "json":
        return {"text": text}
    groups = [words[at : at + 5] for at in range(0, len(words), 5)]
    return {
        "task": "transcribe",
        "language": "english",
        "duration": seconds,
        "text": text,
        "segments": [
            {
                "id": number,
                "start": group[0][1],
                "end": group[-1][2],
                "text": " " + " ".join(word for word, *_ in group) + ".",
            }
            for number, group in enumerate(groups)
        ],
        "words": [{"word": word, "start": start, "end": end} for word, start, end, _ in words],
    }


def deepgram_document(words: Words, seconds: float, *, diarize: bool) -> dict[str, Any]:
    """Return an answer of Deepgram's: utterances by speaker."""
    told = [
        {
            "word": word,
            "punctuated_word": word.capitalize(),
            "start": start,
            "end": end,
            "confidence": 0.99,
            **({"speaker": who} if diarize else {}),
        }
        for word, start, end, who in words
    ]
    runs: list[list[dict[str, Any]]] = []
    for word in told:
        if not runs or runs[-1][-1].get("speaker") != word.get("speaker"):
            runs.append([])
        runs[-1].append(word)
    utterances = [
        {
            "start": run[0]["start"],
            "end": run[-1]["end"],
            "transcript": " ".join(word["punctuated_word"] for word in run),
            "words": run,
            **({"speaker": run[0]["speaker"]} if diarize else {}),
        }
        for run in runs
    ]
    transcript = " ".join(word["punctuated_word"] for word in told)
    return {
        "metadata": {"request_id": "dg-1", "duration": seconds, "channels": 1},
        "results": {
            "channels": [
                {
                    "alternatives": [{"transcript": transcript, "words": told}],
                    "detected_language": "en",
                }
            ],
            "utterances": utterances,
        },
    }


@asynccontextmanager
async def serving(truth: Truth, **kwargs: Any) -> AsyncGenerator[SpeechServer]:
    """Yield a service that listens on loopback."""
    service = SpeechServer(truth, **kwargs)
    server = await asyncio.start_server(service.serve, "127.0.0.1", 0, limit=2**26)
    port = server.sockets[0].getsockname()[1]
    service.base_url = f"http://127.0.0.1:{port}"
    try:
        yield service
    finally:
        server.close()


def samples_of(data: bytes) -> Samples:
    """Return the sound of an upload, as a service would read it."""
    if data.startswith(b"RIFF"):
        with wave.open(io.BytesIO(data)) as file:
            return np.frombuffer(file.readframes(file.getnframes()), np.int16)
    resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE_HZ)
    with av.open(io.BytesIO(data), mode="r") as container:
        frames = [f for frame in container.decode(audio=0) for f in resampler.resample(frame)]
        frames += resampler.resample(None)
    return np.concatenate([frame.to_ndarray().reshape(-1) for frame in frames])


def _length_ms(samples: Samples) -> int:
    return -(-len(samples) * 1000 // RATE_HZ)


async def _read(reader: asyncio.StreamReader) -> Asked | None:
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
    except asyncio.IncompleteReadError:
        return None
    first, *lines = head.strip().split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (x.partition(":") for x in lines)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    url = urlsplit(first.split(" ")[1])
    query = tuple(parse_qsl(url.query))
    if not headers.get("content-type", "").startswith("multipart/"):
        return Asked(url.path, query, headers, {}, body)
    fields, audio = _parts(headers["content-type"], body)
    return Asked(url.path, query, headers, fields, audio)


def _parts(content_type: str, body: bytes) -> tuple[dict[str, list[str]], bytes]:
    head = f"content-type: {content_type}\r\n\r\n".encode()
    message = message_from_bytes(head + body, policy=policy.HTTP)
    fields: dict[str, list[str]] = {}
    audio = b""
    for part in message.iter_parts():
        name = part.get_param("name", header="content-disposition")
        payload = part.get_payload(decode=True)
        if part.get_filename():
            audio = bytes(payload)
        else:
            fields.setdefault(str(name), []).append(payload.decode())
    return fields, audio


def _write(
    writer: asyncio.StreamWriter, status: int, body: str, headers: tuple[tuple[str, str], ...]
) -> None:
    data = body.encode()
    lines = [f"HTTP/1.1 {status} Said", f"content-length: {len(data)}"]
    lines += [f"{name}: {value}" for name, value in headers]
    writer.write("\r\n".join([*lines, "", ""]).encode() + data)

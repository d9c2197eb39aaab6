"""The same questions asked as one would first write it: what the benches compare footnoted with.

    naive.py ADDRESS LIBRARY --scale K (--sleep-s 30 | --gather) [--cap-usd N] [--kept FOLDER]

`--gather` starts every video at once, leaves refusals to the SDK (two retries) and begins a video
anew that failed all the same. `--sleep-s` takes one video after the other, one call at a time, and
sleeps in between. Both check a cap after the fact: a call goes out while what came back so far cost
less. With `--kept`, a finished video is kept in a file, and not begun again after a restart. No
prompt is cached. The last line is a JSON object.
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import json
import sys
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]

import anthropic  # noqa: E402 - found through the path above
from pydantic import ValidationError  # noqa: E402 - the same

from footnoted.llm.anthropic_requests import schema_of  # noqa: E402 - the same
from footnoted.llm.tasks import (  # noqa: E402 - the same
    ClassifyTask,
    ExtractTask,
    MomentBrief,
    SegmentTask,
    SynthesisMoment,
    SynthesizeTask,
)
from footnoted.model.transcript import CueKind, TranscriptOrigin  # noqa: E402 - the same
from footnoted.profiles.techniques.label_question import (  # noqa: E402 - the same
    label_question,
    label_tokens,
)
from footnoted.profiles.techniques.moment_question import (  # noqa: E402 - the same
    moment_question,
    moment_tokens,
)
from footnoted.profiles.techniques.page_question import (  # noqa: E402 - the same
    page_question,
    page_tokens,
)
from footnoted.prompting import read_prompt  # noqa: E402 - the same
from footnoted.settings import bundled_dir  # noqa: E402 - the same
from footnoted.stages import cue_lines  # noqa: E402 - the same
from footnoted.stages.taxonomy import read_taxonomy  # noqa: E402 - the same
from footnoted.stages.topic_question import topic_question, topic_tokens  # noqa: E402 - the same
from footnoted.stages.topic_ranges import cover_with_topics  # noqa: E402 - the same
from footnoted.transcripts.captions import read_transcript  # noqa: E402 - the same

if TYPE_CHECKING:
    from footnoted.llm.port import ModelRequest

MODEL = "claude-haiku-5-5"
USD_PER_TOKEN = (0.10e-6, 0.50e-6)
BATCH, CHUNK, EXCERPT = 20, 40, 300
ROUNDS = 20


class CapReachedError(Exception):
    """What came back so far cost as much as may be spent."""


class Client(anthropic.AsyncAnthropic):
    """The SDK as it comes, but for the time it sleeps in."""

    scale = 1.0

    def _calculate_retry_timeout(self, *given: Any, **named: Any) -> float:
        return super()._calculate_retry_timeout(*given, **named) / self.scale


@dataclass
class Naive:
    """Asks without limits, without a journal, and counts money when it is spent."""

    client: Client
    asked: argparse.Namespace
    spent_usd: float = 0.0
    calls: int = 0
    failed: int = 0
    found: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    async def ask(self, request: ModelRequest[Any]) -> Any:
        """Return the answer to one request."""
        if self.asked.cap_usd is not None and self.spent_usd >= self.asked.cap_usd:
            raise CapReachedError
        schema = {"type": "json_schema", "schema": schema_of(request.answer)}
        message = await self.client.messages.create(
            model=MODEL,
            max_tokens=request.max_tokens_out,
            system=request.prompt.system,
            messages=[{"role": "user", "content": request.prompt.user}],
            output_config={"format": schema, "effort": "low"},  # type: ignore[typeddict-item]
        )
        self.calls += 1
        used = (message.usage.input_tokens, message.usage.output_tokens)
        self.spent_usd += sum(n * usd for n, usd in zip(used, USD_PER_TOKEN, strict=True))
        text = "".join(block.text for block in message.content if block.type == "text")
        return request.answer.model_validate_json(text)

    async def all(self, requests: list[ModelRequest[Any]]) -> list[Any]:
        """Return the answers: asked at once, or one after the other."""
        if self.asked.gather:
            return list(await asyncio.gather(*map(self.ask, requests)))
        return [await self.ask(request) for request in requests]

    async def video(self, path: Path) -> list[dict[str, Any]]:
        """Return the moments of one recording, with their categories."""
        prompts, taxonomy = _prompts(), _taxonomy()
        cues = _speech(path)
        task = SegmentTask(language="en", cues=cues)
        request = topic_question().request("t", task, prompts["segment"], topic_tokens(cues))
        answer = (await self.all([request]))[0]
        requests = []
        for topic in cover_with_topics(answer.topics, cues).topics:
            part = tuple(cue for cue in cues if topic.first_cue <= cue.index <= topic.last_cue)
            extract = ExtractTask(
                language="en",
                topic=topic.title or "unlabelled",
                cues=part,
                content_types=taxonomy.content_types,
            )
            requests.append(
                moment_question().request("m", extract, prompts["extract"], moment_tokens(part))
            )
        moments = [m for answer in await self.all(requests) for m in answer.moments]
        return await self.labelled([m.model_dump(mode="json") for m in moments])

    async def labelled(self, moments: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Return moments with their categories."""
        taxonomy, requests = _taxonomy(), []
        for start in range(0, len(moments), BATCH):
            batch = moments[start : start + BATCH]
            briefs = tuple(
                MomentBrief(
                    index=n, title=m["title"], summary=m["summary"], quote=m["quote"][:EXCERPT]
                )
                for n, m in enumerate(batch)
            )
            task = ClassifyTask(language="en", moments=briefs, categories=taxonomy.categories)
            question = label_question(taxonomy)
            prompt = _prompts()["classify"]
            requests.append(question.request("l", task, prompt, label_tokens(len(briefs))))
        for number, answer in enumerate(await self.all(requests)):
            for label in answer.labels:
                moments[number * BATCH + label.index]["category"] = label.category
        return moments

    async def pages(self, creators: dict[str, str]) -> None:
        """Ask for the pages of every creator and category."""
        groups: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
        for name in sorted(self.found):
            for moment in self.found[name]:
                if "category" in moment:
                    groups[creators[name], moment["category"]].append(moment)
        requests = []
        for (_, category), moments in sorted(groups.items()):
            for start in range(0, len(moments), CHUNK):
                part = tuple(map(_material, enumerate(moments[start : start + CHUNK])))
                task = SynthesizeTask(language="en", category=category, moments=part)
                requests.append(
                    page_question().request("p", task, _prompts()["compose"], page_tokens(part))
                )
        for attempt in range(ROUNDS):
            told = (
                await asyncio.gather(*map(self.ask, requests), return_exceptions=True)
                if (self.asked.gather)
                else [await self.ask(request) for request in requests]
            )
            pairs = zip(requests, told, strict=True)
            requests = [request for request, one in pairs if isinstance(one, BaseException)]
            self.failed += len(requests)
            if not requests or attempt == ROUNDS - 1:
                return

    async def safely(self, path: Path) -> bool:
        """Return whether a video is done; what came before an error is lost."""
        try:
            self.found[path.name] = await self.video(path)
        except (anthropic.APIError, ValidationError):
            self.failed += 1
            return False
        if self.asked.kept:
            kept = self.asked.kept / f"{path.name}.json"
            kept.write_text(json.dumps(self.found[path.name]))
        return True

    async def run(self, paths: list[Path], creators: dict[str, str]) -> None:
        """Take all videos, then all pages."""
        left = []
        for path in paths:
            kept = self.asked.kept / f"{path.name}.json" if self.asked.kept else None
            if kept is not None and kept.exists():
                self.found[path.name] = json.loads(kept.read_text())
            else:
                left.append(path)
        for _ in range(ROUNDS):
            if self.asked.gather:
                done = await asyncio.gather(*map(self.safely, left))
            else:
                done = [await self.one(path) for path in left]
            left = [path for path, is_done in zip(left, done, strict=True) if not is_done]
            if not left:
                break
        await self.pages(creators)

    async def one(self, path: Path) -> bool:
        """Take one video, then sleep."""
        is_done = await self.safely(path)
        await asyncio.sleep(self.asked.sleep_s / self.asked.scale)
        return is_done


def _speech(path: Path) -> tuple[Any, ...]:
    transcript = read_transcript(path.read_bytes(), path.name, origin=TranscriptOrigin.IMPORTED)
    return tuple(cue for cue in transcript.cues if cue.kind is CueKind.SPEECH)


def _material(numbered: tuple[int, dict[str, Any]]) -> SynthesisMoment:
    index, m = numbered
    return SynthesisMoment(
        index=index,
        title=m["title"],
        summary=m["summary"],
        content_type=m["content_type"],
        subtopic=None,
        tools=tuple(m["tools"]),
        quote=m["quote"][:EXCERPT],
    )


def _prompts() -> dict[str, Any]:
    if not _PROMPTS:
        roots = [bundled_dir("prompts")]
        for stage in ("segment", "extract", "classify", "compose"):
            _PROMPTS[stage] = read_prompt(roots, "techniques", stage)
    return _PROMPTS


def _taxonomy() -> Any:
    if "taxonomy" not in _TAXONOMY:
        _TAXONOMY["taxonomy"] = read_taxonomy([bundled_dir("prompts")], "techniques")
    return _TAXONOMY["taxonomy"]


_PROMPTS: dict[str, Any] = {}
_TAXONOMY: dict[str, Any] = {}


async def main() -> None:
    """Run and tell what was done."""
    parser = argparse.ArgumentParser()
    parser.add_argument("address")
    parser.add_argument("library", type=Path)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--sleep-s", type=float, default=30.0)
    parser.add_argument("--gather", action="store_true")
    parser.add_argument("--videos", type=int)
    parser.add_argument("--cap-usd", type=float)
    parser.add_argument("--kept", type=Path)
    parser.add_argument("--line-per-cue", action="store_true")
    asked = parser.parse_args()
    if asked.line_per_cue:
        cue_lines.BLOCK_MS = 0  # type: ignore[misc]
    with (asked.library / "metadata.csv").open(encoding="utf-8") as table:
        creators = {row["file"]: row["creator"] for row in csv.DictReader(table)}
    paths = sorted(asked.library.glob("*.vtt"))[: asked.videos]
    Client.scale = asked.scale
    client = Client(api_key="sk-bench", base_url=asked.address, timeout=600)
    naive = Naive(client, asked)
    was_capped = False
    try:
        await naive.run(paths, creators)
    except CapReachedError:
        was_capped = True
    told = {
        "done": len(naive.found),
        "failed": naive.failed,
        "calls": naive.calls,
        "was_capped": was_capped,
    }
    print(json.dumps(told))


if __name__ == "__main__":
    asyncio.run(main())

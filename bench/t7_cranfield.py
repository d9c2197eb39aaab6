"""T7: ranking on the Cranfield collection, through the embedded index as the product uses it.

1,400 abstracts, 225 questions, published judgements. nDCG@10 (Järvelin and Kekäläinen, "Cumulated
gain-based evaluation of IR techniques", 2002) with the judged grade as gain and log2(rank + 1) as
discount, averaged over all questions. Nothing is fitted here: k, b, stems and stop words are those
every search uses, and the average length is that of the collection.
"""

from __future__ import annotations

import asyncio
import math
import re
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from uuid import UUID

from footnoted.search.port import Document, DocumentKind, Query
from footnoted.search.qdrant_edge import QdrantEdgeIndex

TIME_LIMIT_S = 600
DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "gt-retrieval" / "cranfield"
GOAL = 0.383
DEPTH = 10


def main() -> int:
    """Print the figure; return 1 on FAIL."""
    if not DATA.is_dir():
        print("T7 - - - SKIP (no ../shared/data)")
        return 0
    documents, questions, grades = read_documents(), read_questions(), read_grades()
    assert (len(documents), len(questions), len(grades)) == (1400, 225, 225)
    rankings = asyncio.run(rank(documents, questions))
    scores = [ndcg(ranking, grades[number]) for number, ranking in enumerate(rankings, start=1)]
    upside_down = [ndcg(ranking[::-1], grades[n]) for n, ranking in enumerate(rankings, start=1)]
    value, turned = sum(scores) / len(scores), sum(upside_down) / len(upside_down)
    assert turned < value, "the figure does not depend on the order"
    print(f"# the same hits in reverse order: {turned:.3f}")
    print(f"T7 {value:.3f} ndcg_at_10 >={GOAL} {'PASS' if value >= GOAL else 'FAIL'}")
    return 0 if value >= GOAL else 1


def read_documents() -> list[Document]:
    """Return the abstracts; number n has the id n."""
    text = (DATA / "cran.all.1400.xml").read_text(encoding="utf-8")
    return [
        Document(
            id=UUID(int=int(field(each, "docno"))),
            kind=DocumentKind.WINDOW,
            profile="cranfield",
            video_id=1,
            creator=field(each, "author"),
            title=field(each, "title"),
            text=field(each, "text"),
        )
        for each in re.findall(r"<doc>(.*?)</doc>", text, re.DOTALL)
    ]


def field(document: str, tag: str) -> str:
    """Return what stands between a pair of tags."""
    found = re.search(rf"<{tag}>(.*?)</{tag}>", document, re.DOTALL)
    return found[1].strip() if found else ""


def read_questions() -> list[str]:
    """Return the questions in order; the judgements count them from 1, whatever their numbers."""
    text = (DATA / "cran.qry.xml").read_text(encoding="utf-8")
    return [each.strip() for each in re.findall(r"<title>(.*?)</title>", text, re.DOTALL)]


def read_grades() -> dict[int, dict[int, int]]:
    """Return the grade of each judged document for each question."""
    grades: defaultdict[int, dict[int, int]] = defaultdict(dict)
    for line in (DATA / "cranqrel.trec.txt").read_text(encoding="utf-8").splitlines():
        question, _, document, grade = line.split()
        grades[int(question)][int(document)] = int(grade)
    return grades


async def rank(documents: list[Document], questions: list[str]) -> list[list[int]]:
    """Return the numbers of the ten best documents for each question."""
    with tempfile.TemporaryDirectory() as folder:
        index = QdrantEdgeIndex(Path(folder) / "index")
        await index.upsert(documents)
        assert len(await index.document_ids()) == len(documents)
        answers = [await index.query(Query(text=text, limit=DEPTH)) for text in questions]
        await index.close()
    assert all(len(answer) == DEPTH for answer in answers)
    return [[hit.document_id.int for hit in answer] for answer in answers]


def ndcg(ranking: list[int], grades: dict[int, int]) -> float:
    """Return the gain of a ranking as a share of the best possible one."""
    best = gain(sorted(grades.values(), reverse=True)[:DEPTH])
    return gain([grades.get(document, 0) for document in ranking]) / best


def gain(grades: list[int]) -> float:
    """Return the discounted gain of grades in the order of rank."""
    return sum(grade / math.log2(rank + 1) for rank, grade in enumerate(grades, start=1))


if __name__ == "__main__":
    sys.exit(main())

"""Reading a file: every format gives the same two cues, every broken one a named reason."""

from __future__ import annotations

import io
import json
import zipfile
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footnoted.model.transcript import CueKind, TranscriptFormat, TranscriptOrigin
from footnoted.transcripts.captions import read_transcript
from footnoted.transcripts.unreadable import TranscriptUnreadableError, UnreadableCode

if TYPE_CHECKING:
    from collections.abc import Callable

    from footnoted.model.transcript import Transcript

    Read = Callable[..., Transcript]

ONE, TWO = "The bees came back.", "We had not expected them."
EXPECTED = [(1_000, 3_000, ONE), (4_000, 6_500, TWO)]

FILES: dict[str, tuple[TranscriptFormat, str]] = {
    "bees.vtt": (
        TranscriptFormat.WEBVTT,
        f"WEBVTT\n\n00:01.000 --> 00:03.000\n{ONE}\n\n00:04.000 --> 00:06.500\n{TWO}\n",
    ),
    "commas.vtt": (
        TranscriptFormat.WEBVTT,
        f"WEBVTT\n\n00:01,000 --> 00:03,000\n{ONE}\n\n00:04,000 --> 00:06,500\n{TWO}\n",
    ),
    "bees.srt": (
        TranscriptFormat.SRT,
        f"1\n00:00:01,000 --> 00:00:03,000\n{ONE}\n\n2\n00:00:04,000 --> 00:00:06,500\n{TWO}\n",
    ),
    "careless.srt": (
        TranscriptFormat.SRT,
        f"1\n0:0:1 --> 0:0:3\n<i>{ONE}</i>\n2\n0:00:04.0 --> 0:00:06.5  X1:5\n{{\\an8}}{TWO}",
    ),
    "unsigned.vtt": (
        TranscriptFormat.SRT,
        f"Captions\n\n00:01.000 --> 00:03.000\n{ONE}\n\n00:04.000 --> 00:06.500\n{TWO}\n",
    ),
    "bees.sbv": (
        TranscriptFormat.SBV,
        f"0:00:01.000,0:00:03.000\n{ONE}\n\n0:00:04.000,0:00:06.500\n{TWO}\n",
    ),
    "bees.ttml": (
        TranscriptFormat.TTML,
        f"""<tt xmlns="http://www.w3.org/ns/ttml"><body><div><p begin="1s" end="3s">{ONE}</p>
        <p begin="00:00:04" dur="2500ms">{TWO}</p></div></body></tt>""",
    ),
    "bees.srv3": (
        TranscriptFormat.YOUTUBE_SRV3,
        (
            f'<?xml version="1.0"?><timedtext format="3"><body><p t="1000" d="2000">{ONE}</p>'
            f'<p t="4000" d="2500">{TWO}</p></body></timedtext>'
        ),
    ),
    "bees.xml": (
        TranscriptFormat.YOUTUBE_SRV1,
        (
            f'<transcript><text start="1" dur="2">{ONE}</text>'
            f'<text start="4" dur="2.5">{TWO}</text></transcript>'
        ),
    ),
    "bees.json3": (
        TranscriptFormat.YOUTUBE_JSON3,
        json.dumps(
            {
                "wireMagic": "pb3",
                "events": [
                    {"tStartMs": 0, "dDurationMs": 9_000, "id": 1},
                    {"tStartMs": 1_000, "dDurationMs": 2_000, "segs": [{"utf8": ONE}]},
                    {"tStartMs": 2_990, "aAppend": 1, "segs": [{"utf8": "\n"}]},
                    {
                        "tStartMs": 4_000,
                        "dDurationMs": 2_500,
                        "segs": [{"utf8": "We had"}, {"utf8": TWO[6:]}],
                    },
                ],
            }
        ),
    ),
    "bees.ass": (
        TranscriptFormat.ASS,
        (
            "[Script Info]\n\n[Events]\n"
            "Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n"
            f"Dialogue: 0,0:00:04.00,0:00:06.50,Default,,0,0,0,,{TWO}\n"
            f"Dialogue: 0,0:00:01.00,0:00:03.00,Default,,0,0,0,,{{\\i1}}The bees\\Ncame back.\n"
        ),
    ),
    "bees.tsv": (TranscriptFormat.TSV, f"start\tend\ttext\n1000\t3000\t{ONE}\n4000\t6500\t{TWO}\n"),
    "bees.sub": (
        TranscriptFormat.MICRODVD,
        f"{{1}}{{1}}20\n{{20}}{{60}}{ONE}\n{{80}}{{130}}We had not|expected them.\n",
    ),
    "stamped.txt": (
        TranscriptFormat.PLAIN,
        f"[00:00:01.000 --> 00:00:03.000]  {ONE}\n[00:00:04.000 --> 00:00:06.500]  {TWO}\n",
    ),
}


def rows(transcript: Transcript) -> list[tuple[int | None, int | None, str]]:
    """Return start, end and text of each cue."""
    return [(cue.start_ms, cue.end_ms, cue.text) for cue in transcript.cues]


@pytest.mark.parametrize("name", FILES)
def test_every_timed_format_gives_the_same_cues(read: Read, name: str) -> None:
    """The format is told from the content, and nothing but times and words is left."""
    expected_format, content = FILES[name]
    transcript = read(content, name)
    assert (transcript.format, rows(transcript)) == (expected_format, EXPECTED)


@pytest.mark.parametrize("name", FILES)
def test_the_content_decides_whatever_the_file_is_called(read: Read, name: str) -> None:
    """A wrong name does not matter where the content speaks for itself."""
    assert rows(read(FILES[name][1], "download")) == EXPECTED


def test_cues_are_numbered_from_zero_and_put_in_order(read: Read) -> None:
    """The number of a cue is its place."""
    text = "WEBVTT\n\n00:05.000 --> 00:06.000\nsecond\n\n00:01.000 --> 00:02.000\nfirst\n"
    transcript = read(text, "a.vtt")
    assert [(cue.index, cue.text) for cue in transcript.cues] == [(0, "first"), (1, "second")]
    assert transcript.notes == ("cues put in order of time",)


def test_a_cue_never_ends_before_it_begins(read: Read) -> None:
    """The specification lets such cues through; a citation needs a span."""
    transcript = read("WEBVTT\n\n00:05.000 --> 00:04.000\nback\n", "a.vtt")
    assert (transcript.cues[0].start_ms, transcript.cues[0].end_ms) == (5_000, 5_000)


def test_entities_hard_spaces_and_invisible_characters_are_tidied(read: Read) -> None:
    """Text is what a person reads."""
    text = (
        "1\n00:00:01,000 --> 00:00:02,000\nSalt&nbsp;&amp; pepper\u200b,\n\u00a0 both\u00adof it\n"
    )
    assert read(text, "a.srt").cues[0].text == "Salt & pepper, bothof it"


def test_lines_of_chinese_join_without_a_space(read: Read) -> None:
    """A line break inside a Chinese sentence is no word boundary."""
    assert (
        read("1\n00:00:01,000 --> 00:00:02,000\n今天天气\n很好\n", "a.srt").cues[0].text
        == "今天天气很好"
    )


def test_sounds_are_marked_and_speakers_kept(read: Read) -> None:
    """Cues carry who speaks and whether anybody does."""
    text = "WEBVTT\n\n00:01.000 --> 00:02.000\n[Music]\n\n00:02.000 --> 00:03.000\n<v Ida>Hello.\n"
    found = [(cue.kind, cue.speaker, cue.text) for cue in read(text, "a.vtt").cues]
    assert found == [(CueKind.SOUND, None, "[Music]"), (CueKind.SPEECH, "Ida", "Hello.")]


def test_the_language_is_the_hint_then_the_file_then_its_name() -> None:
    """The nearest statement wins."""
    said = b"WEBVTT\nLanguage: fr\n\n00:01.000 --> 00:02.000\noui\n"
    plain = b"WEBVTT\n\n00:01.000 --> 00:02.000\noui\n"

    def language(data: bytes, hint: str | None = None) -> str | None:
        origin = TranscriptOrigin.CAPTIONS_AUTO
        return read_transcript(data, "talk.de.vtt", origin=origin, language_hint=hint).language

    assert [language(said, "it"), language(said), language(plain)] == ["it", "fr", "de"]


def test_a_repeated_copy_at_the_same_time_is_left_out(read: Read) -> None:
    """Styled captions lay a shadow under each line."""
    line = "1\n00:00:01,000 --> 00:00:02,000\nOnce.\n\n"
    assert len(read(line + line, "a.srt").cues) == 1


def test_a_srt_cue_without_times_costs_only_itself(read: Read) -> None:
    """The text of a cue that lost its times is not glued to the one before."""
    first = "1\n00:00:01,000 --> 00:00:02,000\nFirst.\n\n"
    text = f"{first}2\nLost.\n\n3\n00:00:05,000 --> 00:00:06,000\nThird.\n"
    assert [cue.text for cue in read(text, "a.srt").cues] == ["First.", "Third."]


def test_a_podcast_transcript_as_a_web_page_is_read(read: Read) -> None:
    """The podcast namespace allows HTML with cite, time and p."""
    page = (
        "<html><head><title>Show</title></head><body><cite>Ada:</cite><time>0:12</time>"
        "<p>The kiln&#39;s hot.</p><cite>Ben:</cite><time>1:02</time><p>Then we <b>fire</b>.</p>"
    )
    found = [(cue.start_ms, cue.speaker, cue.text) for cue in read(page, "a.html").cues]
    assert found == [(12_000, "Ada", "The kiln's hot."), (62_000, "Ben", "Then we fire.")]


def _docx(text: str = "hello", *, entry: str = "word/document.xml") -> bytes:
    body = (
        '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>'
        + "".join(f"<w:p><w:r><w:t>{line}</w:t></w:r></w:p>" for line in text.split("\n"))
        + "</w:body></w:document>"
    )
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(entry, body)
    return packed.getvalue()


def test_a_word_document_is_read_by_paragraph(read: Read) -> None:
    """Headed turns give speaker and time."""
    transcript = read(_docx("Ada (00:12)\nThe kiln is hot.\nBen (01:02)\nThen we fire."), "a.docx")
    assert transcript.format is TranscriptFormat.DOCX
    found = [(cue.start_ms, cue.speaker, cue.text) for cue in transcript.cues]
    assert found == [(12_000, "Ada", "The kiln is hot."), (62_000, "Ben", "Then we fire.")]


BROKEN: dict[str, tuple[bytes, str, UnreadableCode]] = {
    "nothing": (b"", "a.vtt", UnreadableCode.EMPTY),
    "white space": (b" \n\t \r\n", "a.srt", UnreadableCode.EMPTY),
    "a header only": (b"WEBVTT\n", "a.vtt", UnreadableCode.EMPTY),
    "no times": (b"WEBVTT\n\ncue\nno times at all\nwords\n", "a.vtt", UnreadableCode.MALFORMED),
    "prose named srt": (b"Once upon a time.", "a.srt", UnreadableCode.MALFORMED),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(64), "a.vtt", UnreadableCode.BINARY),
    "a recording": (b"ID3\x04" + bytes(64), "a.txt", UnreadableCode.BINARY),
    "control bytes": (bytes(range(32)) * 20, "a.txt", UnreadableCode.BINARY),
    "a cut UTF-16": (
        b"\xff\xfe" + b"\x00\xd8" * 20 + b"a\x00" * 20,
        "a.txt",
        UnreadableCode.ENCODING,
    ),
    "cut JSON": (b'{"segments": [{"start": 1, "text": "a', "a.json", UnreadableCode.MALFORMED),
    "wrong JSON": (b'{"segments": [{"start": 1}]}', "a.json", UnreadableCode.MALFORMED),
    "deep JSON": (b"[" * 100_000, "a.json", UnreadableCode.MALFORMED),
    "other JSON": (b'{"title": "x"}', "a.json", UnreadableCode.UNKNOWN_FORMAT),
    "a table": (b"name,age\nx,1\n", "a.csv", UnreadableCode.UNKNOWN_FORMAT),
    "another program's file": (b"print('hello')", "a.py", UnreadableCode.UNKNOWN_FORMAT),
    "other XML": (b"<rss><channel/></rss>", "a.xml", UnreadableCode.UNKNOWN_FORMAT),
    "cut XML": (b'<tt xmlns="x"><body><p begin="1s"', "a.ttml", UnreadableCode.MALFORMED),
    "entities": (
        b'<!DOCTYPE tt [<!ENTITY a "aaaa">]><tt><body><p begin="1s">&a;</p></body></tt>',
        "a.ttml",
        UnreadableCode.MALFORMED,
    ),
    "deep XML": (
        b"<tt>" + b"<div>" * 500 + b"</div>" * 500 + b"</tt>",
        "a.ttml",
        UnreadableCode.MALFORMED,
    ),
    "Scenarist": (
        b"Scenarist_SCC V1.0\n\n00:00:00:22\t9425\n",
        "a.scc",
        UnreadableCode.UNKNOWN_FORMAT,
    ),
    "a web page": (
        b"<!DOCTYPE html><html><body>Hi</body></html>",
        "a.vtt",
        UnreadableCode.ERROR_PAGE,
    ),
    "an error message": (
        "Could not retrieve a transcript for the video https://y.example!".encode("utf-16"),
        "a.json",
        UnreadableCode.ERROR_PAGE,
    ),
    "an archive": (_docx(entry="other.xml"), "a.docx", UnreadableCode.BINARY),
    "a cut archive": (_docx()[:60], "a.docx", UnreadableCode.MALFORMED),
}


@pytest.mark.parametrize("what", BROKEN)
def test_what_cannot_be_read_says_why(what: str) -> None:
    """One sentence that names the file, and a stable code."""
    data, name, code = BROKEN[what]
    with pytest.raises(TranscriptUnreadableError) as caught:
        read_transcript(data, name, origin=TranscriptOrigin.IMPORTED)
    assert caught.value.failure_code == code
    assert caught.value.message.startswith(f"{name}: ")
    assert caught.value.message.endswith(".")
    assert "\n" not in caught.value.message


def test_a_file_over_the_limit_is_refused_before_it_is_looked_at() -> None:
    """The bound is on bytes."""
    with pytest.raises(TranscriptUnreadableError) as caught:
        read_transcript(b"a" * 11, "a.txt", origin=TranscriptOrigin.IMPORTED, max_bytes=10)
    assert caught.value.failure_code == UnreadableCode.TOO_LARGE


def test_a_small_archive_that_unpacks_to_much_is_refused() -> None:
    """A Word document is opened only up to the bound."""
    bomb = _docx("0" * 3_000_000)
    assert len(bomb) < 100_000
    with pytest.raises(TranscriptUnreadableError) as caught:
        read_transcript(bomb, "a.docx", origin=TranscriptOrigin.IMPORTED, max_bytes=1_000_000)
    assert caught.value.failure_code == UnreadableCode.TOO_LARGE


def _read_or_refuse(data: bytes, name: str) -> None:
    try:
        transcript = read_transcript(data, name, origin=TranscriptOrigin.IMPORTED)
    except TranscriptUnreadableError as error:
        UnreadableCode(error.failure_code)
        return
    assert [cue.index for cue in transcript.cues] == list(range(len(transcript.cues)))
    assert all((cue.start_ms is None) == (cue.end_ms is None) for cue in transcript.cues)
    assert all(cue.text.strip() for cue in transcript.cues)
    assert all((cue.end_ms or 0) >= (cue.start_ms or 0) >= 0 for cue in transcript.cues)


NAMES = st.sampled_from([*FILES, "a.txt", "a.md", "a.json", "a.docx", "", "a.en.vtt"])


@given(data=st.binary(max_size=300), name=NAMES)
def test_no_bytes_crash_the_reader(data: bytes, name: str) -> None:
    """Whatever comes in, a transcript or a reason comes out."""
    _read_or_refuse(data, name)


@given(text=st.text(max_size=200), name=NAMES)
def test_no_text_crashes_the_reader(text: str, name: str) -> None:
    """The same for anything that is text."""
    _read_or_refuse(text.encode("utf-8", errors="surrogatepass"), name)


@given(st.data())
def test_no_damage_to_a_good_file_crashes_the_reader(data: st.DataObject) -> None:
    """Files are cut, doubled and overwritten in the middle; none of it may crash."""
    name = data.draw(st.sampled_from(sorted(FILES)))
    content = bytearray(FILES[name][1].encode())
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(content)))
        until = data.draw(st.integers(at, len(content)))
        content[at:until] = data.draw(st.binary(max_size=12) | st.just(bytes(content[:at])))
    _read_or_refuse(bytes(content), name)


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3)
    ),
    max_leaves=8,
)
KEYS = st.sampled_from(
    [
        "segments",
        "results",
        "events",
        "words",
        "text",
        "retval",
        "channels",
        "items",
        "alternatives",
        "start",
        "end",
        "speakers",
        "utterances",
        "audio_url",
        "lines",
    ]
)


@given(
    document=st.dictionaries(
        KEYS,
        st.dictionaries(KEYS, JSON_VALUES, max_size=3)
        | st.lists(st.dictionaries(KEYS, JSON_VALUES, max_size=4), max_size=3)
        | JSON_VALUES,
        max_size=4,
    )
    | st.lists(st.dictionaries(KEYS, JSON_VALUES, max_size=4), max_size=3)
)
def test_no_json_crashes_the_reader(document: object) -> None:
    """Structures that look like a recogniser's and are not."""
    _read_or_refuse(json.dumps(document).encode(), "a.json")

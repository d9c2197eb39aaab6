"""What a spec is, and what its hashes depend on."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from footnoted.search.embedding.spec import Channel, Spec, words_spec
from footnoted.search.layout import WORDS_ONLY, Layout, WrongDimensionsError

TEXT = Channel(name="text", maker="openai", model="tiny", dimensions=4)


def test_a_channel_is_known_by_all_that_its_vectors_depend_on() -> None:
    """Each field but the name: equal texts of two channels of one model have one vector."""
    others = [
        TEXT.model_copy(update={field: value})
        for field, value in {
            "maker": "voyage",
            "model": "big",
            "dimensions": 8,
            "version": 2,
            "base_url": "http://x",
        }.items()
    ]
    hashes = {TEXT.sha256, *(other.sha256 for other in others)}
    assert len(hashes) == 6
    assert TEXT.model_copy(update={"name": "summary"}).sha256 == TEXT.sha256


def test_a_spec_is_known_by_its_channels() -> None:
    """With their names, in their order; the same ones give the same spec after a round trip."""
    summary = TEXT.model_copy(update={"name": "summary"})
    one, two = words_spec(TEXT), words_spec(TEXT, summary)
    assert len({one.sha256, two.sha256, words_spec(summary).sha256}) == 3
    again = Spec.model_validate_json(two.model_dump_json())
    assert (again, again.sha256) == (two, two.sha256)


def test_the_layout_of_a_spec_carries_its_name() -> None:
    """Words alone have the name they had before there were specs."""
    spec = words_spec(TEXT)
    assert spec.layout == Layout(spec.key, (("text", 4),))
    assert words_spec().layout == WORDS_ONLY
    assert Layout.loaded(spec.layout.dumped()) == spec.layout


@pytest.mark.parametrize(
    ("channels", "words"),
    [
        ((TEXT,), "the first channel is 'lexical'"),
        ((*words_spec().channels, TEXT, TEXT), "two channels have one name"),
        (
            (*words_spec().channels, TEXT.model_copy(update={"dimensions": None})),
            "the channel 'text' has no dimensions",
        ),
    ],
)
def test_a_spec_that_is_none_is_refused(channels: tuple[Channel, ...], words: str) -> None:
    """A row that somebody wrote by hand does not become an index."""
    with pytest.raises(ValidationError, match=words):
        Spec(channels=channels)


def test_a_layout_refuses_what_does_not_fit() -> None:
    """Other dimensions, and a channel it does not have."""
    layout = words_spec(TEXT).layout
    layout.require({"text": [0.0] * 4})
    with pytest.raises(WrongDimensionsError, match="3 dimensions came for the channel 'text'"):
        layout.require({"text": [0.0] * 3})
    with pytest.raises(WrongDimensionsError, match="'visual', which has none"):
        layout.require({"visual": [0.0] * 4})

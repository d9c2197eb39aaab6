"""Categories by overlap and pages around shared words: nothing invented, nothing lost."""

from __future__ import annotations

from footnoted.llm.methods.composition import synthesize
from footnoted.llm.methods.taxonomy import classify, subdivide
from footnoted.llm.tasks import (
    Category,
    ClassifyTask,
    MomentBrief,
    MomentLabel,
    PageDraft,
    SubtopicTask,
    SynthesisMoment,
    SynthesizeTask,
)

_CATEGORIES = (
    Category(
        name="Audio",
        description="Mixing vocals and drums with compressors, threshold, ratio and reverb.",
        subtopics=("reverb and delay", "sound design"),
    ),
    Category(
        name="Baking",
        description="Bread from dough, flour and yeast, kneaded, proofed and baked in an oven.",
        subtopics=("sourdough bread",),
    ),
)


def _brief(index: int, said: str) -> MomentBrief:
    return MomentBrief(index=index, title=said.partition(" ")[0], summary=said, quote=said)


def _labels(*said: str) -> list[MomentLabel]:
    moments = tuple(_brief(at * 3, text) for at, text in enumerate(said))
    task = ClassifyTask(language="en", moments=moments, categories=_CATEGORIES)
    return list(classify(task).labels)


def test_a_moment_gets_the_category_whose_words_it_shares() -> None:
    """Stems are compared, so inflection does not matter; the task's own index comes back."""
    labels = _labels("Compress the vocal at a low threshold", "Knead the dough, then bake it")
    assert [(label.index, label.category) for label in labels] == [(0, "Audio"), (3, "Baking")]


def test_a_moment_that_shares_no_word_gets_no_label() -> None:
    """Unclassified is said by silence; no category is a default."""
    assert _labels("Elections are held in November") == []


def test_one_stray_word_is_not_enough_alone() -> None:
    """An oven in a talk on audio says nothing, unless the rest of the talk is on baking."""
    stray = "The oven broke during our meeting"
    assert _labels(stray, "Compress the vocal at a low threshold")[0].index == 3
    favoured = _labels(stray, "Knead the dough with flour", "Yeast makes bread dough rise")
    assert [label.category for label in favoured] == ["Baking"] * 3


def test_words_the_taxonomy_forgot_are_learnt_from_the_recording() -> None:
    """What speaks of crumb and crust like the moments on bread is on baking too."""
    labels = _labels(
        "Bread dough with a crackling crust and an airy crumb",
        "Flour and yeast give the crust its colour and the crumb its holes",
        "An open crumb needs a thin crust",
        "The senate votes in November",
    )
    assert [(label.index, label.category) for label in labels] == [
        (0, "Baking"),
        (3, "Baking"),
        (6, "Baking"),
    ]


def _subtopic(said: str) -> list[str | None]:
    task = SubtopicTask(language="en", category=_CATEGORIES[0], moments=(_brief(4, said),))
    return [label.subtopic for label in subdivide(task).subtopics]


def test_a_subtopic_needs_all_words_of_one_alternative() -> None:
    """`reverb and delay` is either; `sound design` is both words."""
    assert _subtopic("A long reverb makes vocals sound far away") == ["reverb and delay"]
    assert _subtopic("The threshold and the ratio change how loud vocals sound") == []


def _moment(
    index: int, title: str, said: str, kind: str = "technique", subtopic: str | None = None
) -> SynthesisMoment:
    return SynthesisMoment(
        index=index,
        title=title,
        summary=said,
        content_type=kind,
        subtopic=subtopic,
        tools=(),
        quote=said,
    )


_MOMENTS = (
    _moment(0, "Vocal Compressor", "Set the compressor before the reverb of the vocal."),
    _moment(1, "Compressor Attack", "A slow attack keeps the compressor off the drums.", "tip"),
    _moment(2, "Plate Reverb", "Use a plate for short songs.", "technique"),
    _moment(3, "Compressor Ratio", "A ratio is how much the compressor takes.", "definition"),
    _moment(4, "Hall Reverb", "A hall drowns fast songs.", "warning"),
    _moment(5, "Reverb Send", "Put the reverb on a send and share it.", "workflow"),
    _moment(6, "Coffee", "Drink water during long sessions.", "tip"),
)


def _pages(*moments: SynthesisMoment) -> tuple[PageDraft, ...]:
    task = SynthesizeTask(language="en", category="Audio", moments=moments)
    return synthesize(task).pages


def _indices(pages: tuple[PageDraft, ...]) -> list[int]:
    claims = [claim for page in pages for section in page.sections for claim in section.claims]
    return sorted(index for claim in claims for index in claim.moment_indices)


def test_every_moment_stands_on_exactly_one_page() -> None:
    """Pages together cover all moments, each once."""
    assert _indices(_pages(*_MOMENTS)) == list(range(7))


def test_moments_gather_around_the_words_they_share() -> None:
    """A page is called after what its moments have in common; the rest is one page more."""
    titles = [page.title for page in _pages(*_MOMENTS)]
    assert sorted(titles) == ["Compressor", "More on Audio", "Reverb"]


def test_moments_of_a_subtopic_share_its_page() -> None:
    """The taxonomy's word wins over shared words, whatever its case."""
    moments = (
        _moment(4, "Vocal Compressor", "Set the compressor first.", subtopic="gain staging"),
        _moment(9, "Room Size", "A small room needs less level.", subtopic="Gain staging"),
    )
    (page,) = _pages(*moments)
    assert page.title == "Gain Staging"
    assert _indices((page,)) == [4, 9]


def test_a_long_subtopic_falls_into_its_themes() -> None:
    """A page nobody would read to its end becomes several under the sub-topic's name."""
    themes = ("Room", "Plate", "Spring")
    moments = tuple(
        _moment(
            at, f"{themes[at % 3]} Sound", f"Take a {themes[at % 3]} at {at}.", subtopic="reverb"
        )
        for at in range(30)
    )
    pages = _pages(*moments)
    assert {page.title for page in pages} == {"Reverb: Room", "Reverb: Plate", "Reverb: Spring"}
    assert _indices(pages) == list(range(30))


def test_a_moment_more_renames_no_page() -> None:
    """Slugs come from titles, and links to them should last."""
    before = {page.title for page in _pages(*_MOMENTS)}
    more = _moment(7, "Parallel Compressor", "Blend a hard compressor under the dry drums.", "tip")
    assert {page.title for page in _pages(*_MOMENTS, more)} == before


def test_the_same_statement_twice_is_one_claim_with_two_supports() -> None:
    """Repetition is support, not another line."""
    said = "Set the compressor before the reverb of the vocal."
    pages = _pages(_moment(0, "Vocal Compressor", said), _moment(5, "Vocal Compressor", said))
    claims = [claim for page in pages for section in page.sections for claim in section.claims]
    assert [(claim.text, claim.moment_indices) for claim in claims] == [(said, (0, 5))]


def test_claims_stand_under_the_kind_of_statement_they_are() -> None:
    """Definitions come first; a type the headings do not know keeps its own name."""
    moments = (
        _moment(0, "Compressor Tip", "Set the compressor before the reverb.", "tip"),
        _moment(1, "Compressor Mood", "The compressor feels like velvet today.", "inner_mood"),
        _moment(2, "Compressor", "A compressor is what turns down loud parts.", "definition"),
    )
    (page,) = _pages(*moments)
    assert [section.heading for section in page.sections] == ["What it is", "Tips", "Inner Mood"]
    assert page.summary == ""


def test_a_long_page_begins_with_its_most_central_statement() -> None:
    """With the moment that says it; a short page would only say it twice."""
    moments = (
        _moment(0, "Compressor Tip", "Set the compressor before the reverb.", "tip"),
        _moment(1, "Compressor Attack", "A slow attack keeps the compressor off the drums.", "tip"),
        _moment(2, "Compressor", "A compressor is what turns down loud parts.", "definition"),
        _moment(3, "Compressor Ratio", "A ratio is how much the compressor takes.", "definition"),
        _moment(4, "Compressor Release", "The release of a compressor follows the song.", "tip"),
    )
    (page,) = _pages(*moments)
    claims = {
        claim.text: claim.moment_indices for section in page.sections for claim in section.claims
    }
    assert claims[page.summary] == page.summary_indices


def test_claims_are_what_was_said() -> None:
    """Nothing is reworded: a claim is its moment's statement, cleaned."""
    (page,) = _pages(_moment(0, "Knee", "so um, keep the knee soft on vocals"))
    assert page.sections[0].claims[0].text == "Keep the knee soft on vocals."

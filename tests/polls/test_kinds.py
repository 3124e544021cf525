"""Every kind of poll: what it takes, what it refuses with which code, and what its results are."""

import itertools

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as some
from i18nfield.strings import LazyI18nString

from apps.core.errors import Refused
from apps.polls import kinds, selectors, services
from apps.polls.kinds import Said, Share, plurals, wording, writing
from apps.polls.models import Answer, Kind, Poll
from tests.factories.chat import WordFactory
from tests.factories.events import RegistrationFactory


@pytest.fixture
def ask(event):
    def make(kind, options="abc", **fields):
        poll = services.create_poll(event=event, question="?", kind=kind, options=options, **fields)
        return services.open_poll(poll)

    return make


@pytest.fixture
def answer(event):
    """`answer(poll, said, …)`: each by another person; the outcomes, and the results."""

    def make(poll, *said):
        people = [RegistrationFactory(event=event).user for _ in said]
        votes = [services.Vote(event.pk, poll.pk, user.pk, one) for user, one in zip(people, said, strict=True)]
        return services.cast_votes(votes), selectors.all_results(event.pk, poll.pk)

    return make


def ids(poll):
    return [option.pk for option in poll.options.all()]


def votes(results):
    return [tally.votes for tally in results.votes]


def test_registry_has_every_kind_of_the_model_and_a_template_for_each_form():
    assert set(kinds.registry) == set(Kind.values)


# What counts -----------------------------------------------------------------------------------------------------


def test_multiple_counts_people(ask, answer):
    poll = ask(Kind.MULTIPLE)
    a, b, c = ids(poll)

    _outcomes, results = answer(poll, Said(options=[a, b]), Said(options=[b]), Said(options=[c, b, a]))

    assert (votes(results), results.total, results.of) == ([2, 3, 1], 3, 3)


def test_scale_has_a_mean(ask, answer):
    poll = ask(Kind.SCALE, "", least=0, most=10)

    _outcomes, results = answer(poll, Said(value=0), Said(value=10), Said(value=9))

    assert (results.mean, results.total, len(results.votes)) == (6.33, 3, 11)


def test_scale_goes_below_zero(ask, answer, drain):
    poll = ask(Kind.SCALE, "", least=-5, most=5)
    for said in (-5, 5, -3):
        answer(poll, Said(value=said))
    drain()

    results = selectors.all_results(poll.event_id, poll.pk)
    assert (results.mean, votes(results)) == (-1.0, [1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1])
    assert isinstance(answer(poll, Said(value=-6))[0][0], Refused)


def test_points_sum_up(ask, answer):
    poll = ask(Kind.POINTS)
    a, b, _c = ids(poll)

    _outcomes, results = answer(poll, Said(points=[Share(a, 60), Share(b, 40)]), Said(points=[Share(a, 100)]))

    assert (votes(results), results.of) == ([160, 40, 0], 200)


def test_words_merge_case_and_plural(ask, answer):
    poll = ask(Kind.WORDS, "")

    _outcomes, results = answer(
        poll,
        Said(words=["River", "reeds!"]),
        Said(words=["rivers", "river"]),
        Said(words=[" RIVER "]),
        Said(words=["class"]),
    )

    assert [(word.text, word.votes) for word in results.words] == [("RIVER", 3), ("class", 1), ("reeds", 1)]


def test_texts_are_shown_once_they_are_written(ask, answer, drain):
    poll = ask(Kind.TEXT, "")
    answer(poll, Said(text="First.\n\n\n\nAnd more."), Said(text="Second"))
    drain()

    results = selectors.all_results(poll.event_id, poll.pk)

    assert sorted(results.texts) == ["First.\n\nAnd more.", "Second"]
    assert results.total == 2


def test_ranking_partly(ask, answer):
    poll = ask(Kind.RANKING, most=2)
    a, b, c = ids(poll)

    _outcomes, results = answer(poll, Said(order=[c, a]), Said(order=[c, b]))

    assert (votes(results), results.of) == ([1, 1, 4], 4)


# What is refused -------------------------------------------------------------------------------------------------


def _in(language, message):
    with translation.override(language):
        return str(message)


BAD = [
    (Kind.SINGLE, {}, lambda a, b, c: Said(), "poll.answer_missing"),
    (Kind.SINGLE, {}, lambda a, b, c: Said(option=a, text="x"), "poll.answer_missing"),
    (Kind.SINGLE, {}, lambda a, b, c: Said(options=[a]), "poll.answer_missing"),
    (Kind.MULTIPLE, {}, lambda a, b, c: Said(options=[]), "poll.too_few"),
    (Kind.MULTIPLE, {"most": 2}, lambda a, b, c: Said(options=[a, b, c]), "poll.too_many"),
    (Kind.MULTIPLE, {"least": 2}, lambda a, b, c: Said(options=[a, a]), "poll.too_few"),
    (Kind.MULTIPLE, {}, lambda a, b, c: Said(options=[a, c + 1000]), "poll.option_unknown"),
    (Kind.SCALE, {}, lambda *_: Said(value=6), "poll.value_unknown"),
    (Kind.SCALE, {}, lambda *_: Said(value=0), "poll.value_unknown"),
    (Kind.RANKING, {}, lambda a, b, c: Said(order=[a, b]), "poll.ranking"),
    (Kind.RANKING, {}, lambda a, b, c: Said(order=[a, b, b]), "poll.ranking"),
    (Kind.RANKING, {}, lambda a, b, c: Said(order=[a, b, c + 1000]), "poll.option_unknown"),
    (Kind.POINTS, {}, lambda a, b, c: Said(points=[Share(a, 60), Share(b, 41)]), "poll.points"),
    (Kind.POINTS, {}, lambda a, b, c: Said(points=[Share(a, 50), Share(a, 50)]), "poll.points"),
    (Kind.POINTS, {}, lambda a, b, c: Said(points=[Share(c + 1000, 100)]), "poll.option_unknown"),
    (Kind.WORDS, {}, lambda *_: Said(words=["", " ! "]), "poll.answer_missing"),
    (Kind.WORDS, {}, lambda *_: Said(words=["a", "b", "c", "d"]), "poll.too_many"),
    (Kind.WORDS, {}, lambda *_: Said(words=["x" * 41]), "poll.word_too_long"),
    (Kind.TEXT, {"most": 20}, lambda *_: Said(text="x" * 21), "poll.text_too_long"),
    (Kind.TEXT, {}, lambda *_: Said(text="\u200b \n"), "poll.answer_missing"),
    (Kind.TEXT, {}, lambda *_: Said(text=""), "poll.answer_missing"),
    # Of any size: no door refuses with a code of its own what another one lets through to the kind.
    (Kind.SINGLE, {}, lambda *_: Said(option=-1), "poll.option_unknown"),
    (Kind.SINGLE, {}, lambda *_: Said(option=2**53), "poll.option_unknown"),
    (Kind.MULTIPLE, {}, lambda a, b, c: Said(options=[*range(c + 1000, c + 1100)]), "poll.option_unknown"),
    (Kind.SCALE, {}, lambda *_: Said(value=5000), "poll.value_unknown"),
    (Kind.RANKING, {}, lambda a, b, c: Said(order=[a] * 50), "poll.ranking"),
    (Kind.POINTS, {}, lambda a, b, c: Said(points=[Share(a, 101)]), "poll.points"),
    (Kind.POINTS, {}, lambda a, b, c: Said(points=[Share(a, 150), Share(b, -50)]), "poll.points"),
    (Kind.POINTS, {}, lambda a, b, c: Said(points=[]), "poll.points"),
    (Kind.WORDS, {}, lambda *_: Said(words=["a"] * 41), "poll.too_many"),
    (Kind.WORDS, {}, lambda *_: Said(words=["x" * 5000]), "poll.word_too_long"),
    (Kind.TEXT, {}, lambda *_: Said(text="x" * 5000), "poll.text_too_long"),
]


@pytest.mark.parametrize(("kind", "fields", "said", "code"), BAD)
def test_bad_answers_have_a_code_and_count_nothing(ask, answer, drain, kind, fields, said, code):
    with_options = kinds.registry[kind].most_options
    poll = ask(kind, "abc" if with_options else "", **fields)
    numbers = ids(poll) or [0, 0, 0]

    [outcome], results = answer(poll, said(*numbers))
    drain()

    assert isinstance(outcome, Refused)
    assert outcome.code == code
    assert (results.total, Answer.objects.count()) == (0, 0)
    # Whoever it is told to reads it in their own language, not in that of the thread which refused it.
    said = {language: _in(language, outcome.message) for language in ("en", "de", "ar")}
    assert len(set(said.values())) == 3, said


@pytest.mark.parametrize(
    ("kind", "options", "fields", "code"),
    [
        (Kind.SINGLE, "a", {}, "poll.options"),
        (Kind.SCALE, "ab", {}, "poll.options"),
        (Kind.SCALE, "", {"least": 5, "most": 5}, "poll.bounds"),
        (Kind.SCALE, "", {"least": 0, "most": 21}, "poll.bounds"),
        (Kind.SCALE, "", {"least": -1001, "most": -1000}, "poll.bounds"),
        (Kind.WORDS, "", {"most": -1}, "poll.bounds"),
        (Kind.MULTIPLE, "ab", {"most": 3}, "poll.bounds"),
        (Kind.MULTIPLE, "abc", {"least": 3, "most": 2}, "poll.bounds"),
        (Kind.RANKING, "ab", {"most": 3}, "poll.bounds"),
        (Kind.WORDS, "", {"most": 11}, "poll.bounds"),
        (Kind.TEXT, "", {"most": 5}, "poll.bounds"),
    ],
)
def test_polls_that_cannot_be_asked_are_not_made(event, kind, options, fields, code):
    with pytest.raises(Refused) as refused:
        services.create_poll(event=event, question="?", kind=kind, options=options, **fields)
    assert (refused.value.code, Poll.objects.count()) == (code, 0)


def test_pictures_are_needed_to_open(event):
    poll = services.create_poll(event=event, question="?", kind=Kind.IMAGE, options="ab")

    with pytest.raises(Refused) as refused:
        services.open_poll(poll)

    assert refused.value.code == "poll.pictures"


# Words -----------------------------------------------------------------------------------------------------------


def test_one_person_counts_once_for_a_word_in_all_its_forms(ask, answer):
    poll = ask(Kind.WORDS, "", most=10)

    _outcomes, results = answer(poll, Said(words=["parties", "PARTIES", "Party", "mud"]), Said(words=["party"]))

    assert [(word.text, word.votes) for word in results.words] == [("parties", 2), ("mud", 1)]


@pytest.fixture
def listed(event):
    WordFactory(event=event, text="slurry", action="refuse")
    WordFactory(event=event, text="sludge", action="hold")


@pytest.mark.parametrize(
    ("moderated", "said", "refused"),
    [
        (False, {"words": ["mud", "SLURRY"]}, True),
        (False, {"text": "What sludge, this."}, True),
        (True, {"text": "What sludge, this."}, False),  # somebody decides anyway
        (True, {"words": ["slurry!"]}, True),
        (False, {"text": "What mud, this."}, False),
    ],
)
def test_listed_words_do_not_come_through(ask, answer, listed, moderated, said, refused):
    poll = ask(Kind.WORDS if "words" in said else Kind.TEXT, "", moderated=moderated)

    [outcome], results = answer(poll, Said(**said))

    assert (isinstance(outcome, Refused) and outcome.code == "poll.word") is refused
    assert results.total == (0 if refused else 1)


def test_moderated_words_wait_for_a_decision(ask, answer):
    poll = ask(Kind.WORDS, "", moderated=True)
    _outcomes, before = answer(poll, Said(words=["reeds", "mud"]), Said(words=["Reeds"]))
    assert (before.words, [(one.text, one.votes, one.shown) for one in before.sayings]) == (
        [], [("Reeds", 2, None), ("mud", 1, None)],
    )  # fmt: skip

    services.decide_words(poll, subjects=[wording.subject("reeds")], shown=True)
    services.decide_words(poll, subjects=[wording.subject("mud")], shown=False)

    after = selectors.all_results(poll.event_id, poll.pk)
    assert [(word.text, word.votes) for word in after.words] == [("Reeds", 2)]
    assert sorted((one.text, one.shown) for one in after.sayings) == [("Reeds", True), ("mud", False)]


def test_hidden_texts_are_not_shown_whoever_says_them(ask, answer, drain):
    poll = ask(Kind.TEXT, "")
    answer(poll, Said(text="Kind words"), Said(text="RUDE words"))
    services.decide_words(poll, subjects=[wording.subject("rude words")], shown=False)
    answer(poll, Said(text="Rude words"))
    drain()

    assert selectors.all_results(poll.event_id, poll.pk).texts == ["Kind words"]


# Against references written independently ------------------------------------------------------------------------


@given(some.lists(some.permutations([0, 1, 2, 3]), min_size=1, max_size=30))
def test_borda_is_the_number_of_duels_won(ballots):
    """A Borda score is how often an option stands before another one, over all ballots and other options."""
    poll = Poll(pk=1, kind=Kind.RANKING)
    poll._prefetched_objects_cache = {"options": _Options([10, 11, 12, 13])}
    counts = {}
    for ballot in ballots:
        for name, number in kinds.counts_of({"order": [10 + one for one in ballot]}).items():
            counts[name] = counts.get(name, 0) + number

    results = kinds.kind_of(poll).results(poll, kinds.Counted(len(ballots), counts), kinds.Words())

    duels = [
        sum(ballot.index(one) < ballot.index(other) for ballot in ballots for other in range(4) if other != one)
        for one in range(4)
    ]
    assert votes(results) == duels


GROUPS = {
    "en": [
        ["river", "rivers"], ["city", "cities"], ["class", "classes"], ["bus", "buses"], ["knife", "knives"],
        ["care", "cares"], ["car", "cars"], ["news"], ["new"], ["cafe"], ["caves"], ["woman", "women"], ["gas"],
        ["leaf", "leaves"], ["organ"], ["organisation", "organisations"], ["potato", "potatoes"], ["is"], ["i"],
        ["good idea", "good ideas"],
    ],
    "de": [
        ["idee", "ideen"], ["kind", "kinder"], ["haus", "häuser"], ["bar"], ["bär"], ["schon"], ["schön"], ["fisch"],
        ["fischer"], ["mal"], ["maler"], ["lehrerin", "lehrerinnen"], ["auto", "autos"], ["garten", "gärten"],
        ["wort", "wörter"], ["mitglied", "mitglieder"], ["frau", "frauen"], ["car"],
    ],
    "ar": [
        ["ماء", "الماء", "مَاء"], ["كلمة", "كلمات", "الكلمة"], ["مهندس", "مهندسون", "المهندسين"],
        ["أمل", "الامل"], ["ال"],
    ],
}  # fmt: skip
"""Written by hand: what is one word in each language, its singular first."""


def test_stemmer_is_asked_only_where_both_were_said(monkeypatch):
    asked = []
    stem = plurals._stem
    monkeypatch.setattr(plurals, "_stem", lambda word, language: asked.append(word) or stem(word, language))

    merged = wording.merged({"bridge": 1, "bridges": 1, "towers": 1, "old mills": 1}, "en")

    assert (dict(merged), asked) == ({"bridge": 2, "towers": 1, "old mills": 1}, ["bridges", "bridge"])


@pytest.mark.parametrize("language", sorted(GROUPS))
@given(data=some.data())
def test_cloud_agrees_with_a_reference_in_any_order(language, data):
    """A form goes with its singular where that was said, and else stands for itself."""
    vocabulary = [form for group in GROUPS[language] for form in group]
    spellings = [*vocabulary, *(form.title() for form in vocabulary if form.title() != form)]
    counts = data.draw(some.dictionaries(some.sampled_from(spellings), some.integers(1, 9), max_size=30))
    said = {spelling.lower() for spelling in counts}
    expected = {}
    for spelling, number in counts.items():
        form = spelling.lower()
        group = next(group for group in GROUPS[language] if form in group)
        in_key = {wording.key(one) for one in said}
        root = wording.key(group[0]) if wording.key(group[0]) in in_key else wording.key(form)
        expected.setdefault(root, {})[spelling] = number
    totals = {
        min(spelled, key=lambda one: (-spelled[one], one)): sum(spelled.values()) for spelled in expected.values()
    }
    shuffled = data.draw(some.permutations(list(counts.items())))

    assert dict(wording.merged(dict(shuffled), language)) == totals
    for group in GROUPS[language]:
        assert len(wording.apart(group, language)) == 1


def test_cloud_takes_the_language_in_which_it_is_asked(event):
    event.default_language = "de"
    asked = {"de": "Was?", "en": "What?"}

    languages = [
        writing.language_of(Poll(event=event, question=LazyI18nString(question)))
        for question in (asked, {"en": "What?"}, "Was?")
    ]

    assert languages == ["de", "en", "de"]


class _Options(list):
    def __init__(self, numbers):
        super().__init__(_Option(number) for number in numbers)

    def all(self):
        return self


class _Option:
    def __init__(self, number):
        self.pk = number


BODIES = some.one_of(
    some.builds(lambda n: {"option": n}, some.integers(1, 9)),
    some.builds(lambda n: {"value": n}, some.integers(-10, 10)),
    some.builds(lambda n: {"options": sorted(n)}, some.sets(some.integers(1, 9), min_size=1)),
    some.builds(lambda n: {"order": n}, some.permutations([1, 2, 3])),
    some.builds(lambda n: {"words": n}, some.lists(some.text(min_size=1, max_size=8), min_size=1, max_size=3)),
)


@given(BODIES)
def test_counters_have_names_that_the_queue_can_spell(body):
    for name, number in kinds.counts_of(body).items():
        assert number == 1
        assert not set(name) & set(" ,=\n")


def test_rounds_and_every_order_of_casting_count_alike(ask, event):
    people = [RegistrationFactory(event=event).user for _ in range(3)]
    tallies = set()
    for order in itertools.permutations(range(3)):
        poll = ask(Kind.WORDS, "")
        for place in order:
            said = Said(words=[["mud"], ["Mud"], ["muds"]][place])
            services.cast_votes([services.Vote(event.pk, poll.pk, people[place].pk, said)])
        words = selectors.all_results(event.pk, poll.pk).words
        tallies.add(tuple((word.text, word.votes) for word in words))
    assert tallies == {(("Mud", 3),)}

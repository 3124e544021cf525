"""The questions of all sessions of an event over REST: to the end, for each what is theirs to see."""

import pytest
from django.urls import reverse

from apps.questions.models import Question
from tests.factories.accounts import UserFactory
from tests.factories.questions import QuestionFactory, VoteFactory
from tests.factories.tracks import SessionFactory, SessionSpeakerFactory


@pytest.fixture
def read(event, enter):
    address = reverse("api:questions-all", args=[event.slug])
    return lambda person, **asks: enter(person).get(address, asks)


def asked(event, session=None, **fields):
    session = session or SessionFactory(event=event)
    author = fields.pop("author", None) or UserFactory()
    return QuestionFactory(board__event=event, board__session=session, author=author, **fields)


def texts(answer):
    return [row["question"]["text"] for row in answer.json()["results"]]


def test_each_finds_the_questions_that_are_theirs_to_see(event, session, read, attendee, speaker, moderator):
    SessionSpeakerFactory(session=session, speaker__event=event, speaker__user=speaker)
    asked(event, text="Shown?")
    asked(event, text="Held?", state="held")
    asked(event, session, text="Held in my session?", state="held")
    asked(event, SessionFactory(event=event, sign_up=True), text="Behind a door?")
    asked(event, SessionFactory(event=event, state="withdrawn"), text="Withdrawn?")
    asked(event, text="Taken back?", state="withdrawn")
    QuestionFactory(text="Elsewhere?")

    everything = {"Shown?", "Held?", "Held in my session?", "Behind a door?", "Withdrawn?"}
    assert texts(read(attendee)) == ["Shown?"]
    assert set(texts(read(speaker))) == {"Shown?", "Held in my session?"}
    assert set(texts(read(moderator))) == everything


def test_list_is_narrowed_and_sorted(event, session, read, attendee):
    plain = asked(event, session, text="Who reads the gauge?", tags=["Trust"])
    wanted = asked(event, text="Who pays?", votes=1, reply="The towns.")
    VoteFactory(question=wanted, user=attendee)

    assert texts(read(attendee, sort="votes")) == ["Who pays?", "Who reads the gauge?"]
    assert texts(read(attendee, session=session.pk)) == texts(read(attendee, tag="Trust")) == [plain.text]
    assert texts(read(attendee, text="towns")) == ["Who pays?"]
    assert texts(read(attendee, state="answered")) == []
    [row] = read(attendee, text="pays").json()["results"]
    assert (row["voted"], row["mine"], row["session"]) == (True, False, wanted.board.session_id)


def test_own_are_marked_also_those_without_a_name_and_told_to_nobody_else(event, read, attendee, speaker):
    named = asked(event, author=attendee, text="Named?")
    nameless = asked(event, text="Nameless?")
    Question.objects.filter(pk=nameless.pk).update(
        author=None, is_anonymous=True, asker_key=nameless.board.key_of(attendee.pk)
    )

    for reader, mine in ((attendee, True), (speaker, False)):
        rows = {row["question"]["text"]: row for row in read(reader).json()["results"]}
        assert (rows[named.text]["mine"], rows["Nameless?"]["mine"]) == (mine, mine)
        assert rows["Nameless?"]["question"]["name"] == ""


def test_more_than_a_thousand_without_a_vote_are_read_to_the_end(event, session, read, attendee, enter):
    board = asked(event, session).board
    Question.objects.bulk_create(Question(board=board, text=f"{place}?", author=attendee) for place in range(1_199))
    client, found = enter(attendee), set()
    onward = reverse("api:questions-all", args=[event.slug]) + "?sort=votes&limit=200&fields=question"
    for _page in range(6):
        page = client.get(onward).json()
        found |= {row["question"]["id"] for row in page["results"]}
        onward = page["next"]

    assert (len(found), onward) == (1_200, None)


def test_visitors_and_strangers_find_nothing(event, read, outsider, visitor):
    assert read(outsider).status_code == 403
    assert visitor.get(reverse("api:questions-all", args=[event.slug])).status_code in (401, 403)

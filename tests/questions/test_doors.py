"""Each door of questions once happy, once refused: pages and forms, the API, the socket, the export, the desk."""

import csv
import io
import zipfile
from xml.etree import ElementTree

import pytest
from django.urls import reverse
from django.utils import translation

from apps.audit.models import Entry
from apps.core import sheets
from apps.events import permissions
from apps.live.commands import attempt
from apps.live.registry import Call, Rate, Who
from apps.questions import live, services
from apps.questions.models import Board, Question
from tests.factories.questions import QuestionFactory
from tests.factories.tracks import SessionSpeakerFactory, SpeakerFactory


@pytest.fixture
def question(board, attendee):
    return QuestionFactory(board=board, author=attendee, text="Who reads the gauge?")


@pytest.fixture
def page(session):
    return lambda name: reverse(f"questions:{name}", args=[session.event.slug, session.slug])


@pytest.fixture
def act(event):
    return lambda name, question: reverse(f"questions:{name}", args=[event.slug, question.pk])


@pytest.fixture
def own_speaker(session, speaker):
    SessionSpeakerFactory(session=session, speaker=SpeakerFactory(event=session.event, user=speaker))
    return speaker


# Pages and forms -----------------------------------------------------------------------------------------------


def test_form_asks_once_however_often_it_is_sent(page, session, attendee, enter, board):
    client = enter(attendee)
    data = {"text": "Who pays?", "id": "one", "next": session.get_absolute_url()}

    first, again = client.post(page("ask"), data), client.post(page("ask"), data)

    assert (first.status_code, first["Location"], again.status_code) == (302, session.get_absolute_url(), 302)
    assert Question.objects.get().author == attendee


def test_refused_form_keeps_what_was_written(page, session, attendee, enter):
    services.set_rules(session, most_chars=40, wait_seconds=0)

    answer = enter(attendee).post(page("ask"), {"text": "w" * 41, "anonymous": "on"})

    html = answer.content.decode()
    assert (answer.status_code, "w" * 41 in html, "at most 40 characters" in html) == (400, True, True)
    assert not Question.objects.exists()


def test_form_votes_follows_and_takes_back(act, question, speaker, attendee, enter):
    client = enter(speaker)

    client.post(act("vote", question), {"on": "1"})
    client.post(act("follow", question), {"on": "1"})
    own = enter(attendee).post(act("vote", question), {"on": "1"})

    question.refresh_from_db()
    assert (question.votes, question.followers.get().user, own.status_code) == (1, speaker, 409)
    client.post(act("vote", question), {"on": "0"})
    assert enter(attendee).post(act("withdraw", question)).status_code == 302
    question.refresh_from_db()
    assert (question.votes, question.state) == (0, "withdrawn")


def test_part_of_the_page_is_the_list_alone(page, question, attendee, enter):
    html = enter(attendee).get(page("list"), headers={"X-Part": "questions"}).content.decode()

    assert ("Who reads the gauge?" in html, "<html" in html) == (True, False)


@pytest.mark.parametrize("name", ["desk", "lectern", "screen", "export"])
def test_running_is_for_moderators_and_the_sessions_own_speakers(
    name, page, question, speaker, moderator, attendee, enter
):
    assert enter(moderator).get(page(name)).status_code == 200
    assert enter(speaker).get(page(name)).status_code == 403  # of another session
    assert enter(attendee).get(page(name)).status_code == 403


def test_speaker_runs_their_own_session(page, act, question, own_speaker, enter):
    client = enter(own_speaker)

    assert client.get(page("lectern")).status_code == 200
    client.post(page("next"), {"after": ""})
    question.refresh_from_db()
    assert question.state == "stage"
    client.post(act("move", question), {"to": "answered"})
    client.post(act("reply", question), {"text": "The school."})
    client.post(act("tags", question), {"tags": "Water, Trust"})

    question.refresh_from_db()
    assert (question.state, question.reply, question.tags) == ("answered", "The school.", ["Water", "Trust"])


def test_desk_joins_and_splits(page, act, board, question, moderator, enter):
    other = QuestionFactory(board=board)
    client = enter(moderator)

    client.post(act("merge", question), {"into": other.pk})
    assert "Joined with another" in client.get(page("desk")).content.decode()
    client.post(act("split", question))

    question.refresh_from_db()
    assert question.state == "new"


def test_desk_sets_the_rules(page, session, moderator, enter):
    client = enter(moderator)
    rules = {"is_open": "", "holds": "on", "most_chars": 100, "wait_seconds": 5}

    assert client.post(page("rules"), rules).status_code == 302
    assert client.post(page("rules"), rules | {"most_chars": 5}).status_code == 422

    board = Board.objects.get(session=session)
    assert (board.is_open, board.holds, board.most_chars) == (False, True, 100)


def test_export_is_safe_for_spreadsheets_and_names_nobody_who_did_not(ask, page, attendee, speaker, moderator, enter):
    ask(speaker, "=HYPERLINK(1)")
    ask(attendee, "Who really pays?", is_anonymous=True)

    text = b"".join(enter(moderator).get(page("export"))).decode()

    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    assert [(row["Question"], row["Asked by"]) for row in rows] == [
        ("'=HYPERLINK(1)", "Amara Lindqvist"),
        ("Who really pays?", ""),
    ]
    assert attendee.name not in text


def test_workbook_holds_the_same_table(ask, page, attendee, moderator, enter):
    ask(attendee, "Who pays <half>?")

    answer = enter(moderator).get(page("export-xlsx"))

    book = zipfile.ZipFile(io.BytesIO(b"".join(answer)))
    assert b'<sheet name="Questions"' in book.read("xl/workbook.xml")
    rows = ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml")).iter(f"{{{sheets.MAIN}}}row")
    head, row = (["".join(cell.itertext()) for cell in row] for row in rows)
    assert (head[3:6], row[3:6]) == (["Question", "Asked by", "Votes"], ["Who pays <half>?", attendee.name, "0"])


@pytest.mark.parametrize(
    ("name", "data", "field", "kept"),
    [
        ("reply", {"text": "w" * 2001}, "text", "w" * 2001),
        ("tags", {"tags": "one, two, three, four, five, six"}, "tags", "one, two, three, four, five, six"),
        ("merge", {"into": ""}, "into", "Choose the question that remains."),
    ],
)
def test_refused_act_says_why_at_its_field_and_keeps_what_was_written(
    name, data, field, kept, act, question, moderator, enter
):
    client = enter(moderator)

    page = client.post(act(name, question), data)
    told = client.post(act(name, question), data, headers={"Accept": "application/json"})

    html = page.content.decode()
    assert (page.status_code, kept in html, html.count('aria-invalid="true"')) == (400, True, 1)
    assert f'id="error-{question.pk}" role="alert"' in html
    assert (told.status_code, told.json()["field"]) == (400, field)


def test_refused_vote_is_said_over_the_list(act, question, attendee, enter):
    answer = enter(attendee).post(act("vote", question), {"on": "1"})

    assert (answer.status_code, "others vote for it" in answer.content.decode()) == (409, True)


def test_list_is_searched_by_every_word(page, board, question, attendee, enter):
    QuestionFactory(board=board, text="Who pays the reader of gauges?")

    found = [
        "Who reads the gauge?" in enter(attendee).get(page("list"), {"q": words}).content.decode()
        for words in ("GAUGE  reads", "gauge pays")
    ]

    assert found == [True, False]


def test_attendee_ends_mails_of_answers_beside_their_questions(page, question, attendee, enter):
    client = enter(attendee)

    client.post(page("mails"), {"wanted": "0"})

    assert "Mail me answers" in client.get(page("list"), {"sort": "mine"}).content.decode()


def test_no_page_names_who_asked_without_a_name(ask, page, attendee, moderator, organiser, enter):
    question = ask(attendee, "Who really pays?", is_anonymous=True)
    desk = reverse("admin:questions_question_change", args=[question.pk])

    for client, address in (
        *((enter(moderator), page(name)) for name in ("list", "desk", "lectern")),
        (enter(organiser), desk),
        (enter(organiser), reverse("admin:questions_question_changelist")),
        (enter(moderator), reverse("api:question", args=[question.board.event.slug, question.pk])),
    ):
        html = client.get(address).content.decode()
        assert "Who really pays?" in html, address
        assert attendee.name not in html, address
        assert question.asker_key not in html, address


# API -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def api(event):
    return lambda name, *args: reverse(f"api:{name}", args=[event.slug, *args])


def test_api_asks_votes_and_reads(api, session, attendee, speaker, enter, board):
    asked = enter(attendee).post(
        api("questions", session.slug), {"text": "Who pays?", "anonymous": True}, content_type="application/json"
    )
    number = asked.json()["question"]["id"]
    client = enter(speaker)

    assert (asked.status_code, asked.json()["question"]["name"]) == (201, "")
    assert client.put(api("question-vote", number)).json()["votes"] == 1
    assert client.put(api("question-follow", number)).json()["following"] is True
    read = client.get(api("questions", session.slug), {"sort": "unanswered"}).json()
    assert [(row["question"]["id"], row["voted"], row["mine"]) for row in read["questions"]] == [(number, True, False)]
    assert client.delete(api("question-vote", number)).json()["votes"] == 0
    assert enter(attendee).delete(api("question", number)).status_code == 204


def test_api_refuses_with_codes(api, session, question, attendee, speaker, enter):
    own = enter(attendee).put(api("question-vote", question.pk))
    strange = enter(attendee).put(api("question-vote", 2**40))
    run = enter(speaker).post(api("question-move", question.pk), {"to": "stage"}, content_type="application/json")
    long = enter(speaker).post(api("questions", session.slug), {"text": "w" * 301}, content_type="application/json")

    found = [(answer.status_code, answer.json()["code"]) for answer in (own, strange, run, long)]
    assert found == [
        (409, "question.own"),
        (404, "question.unknown"),
        (403, "question.not_running"),
        (400, "question.too_long"),
    ]


def test_forms_and_rest_are_paced_as_the_socket_is(api, act, page, session, question, speaker, enter, monkeypatch):
    for command in (live.VoteCommand, live.FollowCommand, live.Ask):
        monkeypatch.setattr(command, "rate", Rate(per_second=0.001, burst=1))
    client = enter(speaker)

    told = [
        client.put(api(f"question-{name}", question.pk)).status_code for name in ("vote", "vote", "follow", "follow")
    ]
    asked = [client.post(page("ask"), {"text": text}) for text in ("Who keeps the key?", "And who the spare one?")]

    assert told == [200, 429, 200, 429]
    assert client.post(act("vote", question), {"on": "0"}).status_code == 429
    assert [answer.status_code for answer in asked] == [302, 429]
    assert "And who the spare one?" in asked[1].content.decode()


def test_api_runs_a_session(api, session, board, question, moderator, enter):
    client = enter(moderator)
    other = QuestionFactory(board=board, votes=3)

    def send(method, name, number, data):
        return getattr(client, method)(api(name, number), data, content_type="application/json").json()

    assert send("post", "questions-next", session.slug, {})["question"]["id"] == other.pk
    assert send("put", "question-reply", question.pk, {"text": "Yes."})["question"]["reply"]["text"] == "Yes."
    assert send("put", "question-tags", question.pk, {"tags": ["Water"]})["question"]["tags"] == ["Water"]
    assert send("post", "question-move", question.pk, {"to": "later"})["question"]["state"] == "later"
    assert send("post", "question-merge", question.pk, {"into": other.pk})["question"]["id"] == other.pk
    assert client.delete(api("question-merge", question.pk)).json()["question"]["state"] == "later"  # as it was
    assert send("patch", "questions-rules", session.slug, {"open": False})["open"] is False
    similar = client.get(api("questions-similar", session.slug), {"q": "who read the gauge"}).json()
    assert similar == []  # made by a factory: without words to be found by


# Socket --------------------------------------------------------------------------------------------------------


def call(command, person, event, **body):
    return Call(
        Who(person.pk, event.pk, person.name, permissions.roles_of(person, event), 1), command.Body(**body), "1"
    )


def test_commands_of_one_tick_are_answered_in_order(event, session, board, question, speaker, attendee, crowd):
    asked, again = live.Ask().run(
        [
            call(live.Ask, speaker, event, session=session.pk, text="Who pays?"),
            call(live.Ask, attendee, event, session=session.pk + 999, text="Who pays?"),
        ]
    )
    mine, own = live.VoteCommand().run(
        [
            call(live.VoteCommand, speaker, event, question=question.pk),
            call(live.VoteCommand, attendee, event, question=question.pk),
        ]
    )
    [moved] = live.Move().run([call(live.Move, speaker, event, question=question.pk, to="stage")])

    assert (asked.question.text, again.code) == ("Who pays?", "question.session_unknown")
    assert (mine.votes, own.code, moved.code) == (1, "question.own", "question.not_running")


def test_move_that_fails_is_its_own_senders(event, board, question, moderator, monkeypatch):
    real, moved = services.move_question, []

    def move(one, *, to):
        done = real(one, to=to)
        moved.append(to)
        if to == "later":
            raise ZeroDivisionError
        return done

    monkeypatch.setattr("apps.questions.live.services.move_question", move)
    moves = [call(live.Move, moderator, event, question=question.pk, to=to) for to in ("stage", "later")]

    answers = attempt(live.Move(), moves)

    question.refresh_from_db()
    assert (moved, question.state) == (["stage", "later"], "stage")
    assert answers[1].code == "internal"


# The organisers' desk ------------------------------------------------------------------------------------------


def test_organisers_queue_acts_and_is_scoped(board, organiser, other_organiser, enter):
    held = QuestionFactory(board=board, state="held")
    listed = reverse("admin:questions_question_changelist")
    act = {"action": "let_through", "_selected_action": [held.pk], "confirmed": "1"}

    enter(other_organiser).post(listed, act)
    held.refresh_from_db()
    assert held.state == "held"
    enter(organiser).post(listed, act)
    held.refresh_from_db()
    assert held.state == "new"


def test_organisers_tags_are_refused_at_their_field_and_a_joined_question_stands(board, organiser, enter):
    question = QuestionFactory(board=board)
    address = reverse("admin:questions_question_change", args=[question.pk])
    client = enter(organiser)

    refused = client.post(address, {"tags": "a,b,c,d,e,f", "reply": "Kept words"})

    assert refused.status_code == 200
    assert "Kept words" in refused.content.decode()
    assert "at most 5 tags" in refused.content.decode()
    assert client.post(address, {"tags": " Water ,Water", "reply": "Yes"}).status_code == 302
    question.refresh_from_db()
    assert (question.tags, question.reply) == (["Water"], "Yes")
    services.merge_question(question, into=QuestionFactory(board=board))
    assert 'name="reply"' not in client.get(address).content.decode()


def test_organisers_set_the_usual_rules(event, organiser, enter, board):
    data = {"event": event.pk, "session": "", "is_open": "on", "most_chars": 200, "wait_seconds": 9}

    answer = enter(organiser).post(reverse("admin:questions_board_add"), data)

    assert answer.status_code == 302, answer.context["adminform"].form.errors
    board.refresh_from_db()
    assert (board.most_chars, board.is_anonymous_allowed) == (200, False)


def test_export_is_in_its_readers_language(question, page, moderator, enter):
    Question.objects.filter(pk=question.pk).update(state="held")
    with translation.override("de"):
        waiting = str(Question.State.HELD.label)

    answer = enter(moderator).get(page("export"), headers={"Accept-Language": "de"})
    with translation.override("en"):  # what is sent later is sent by whoever comes by
        head, row = csv.reader(io.StringIO(b"".join(answer).decode().removeprefix("\ufeff")))

    assert (head[2], head[3], row[2]) == ("Status", "Frage", waiting)
    assert waiting != "Waiting for a moderator"


@pytest.mark.parametrize("data", [{}, {"on": "yes"}, {"on": ""}])
@pytest.mark.parametrize("name", ["vote", "follow"])
def test_wish_without_a_word_is_not_guessed(act, question, speaker, enter, name, data):
    answer = enter(speaker).post(act(name, question), data, headers={"Accept": "application/json"})

    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (400, "invalid", "on")
    assert (question.voters.count(), question.followers.count()) == (0, 0)


def test_wish_for_mails_is_not_guessed(page, speaker, enter, board):
    client = enter(speaker)

    assert client.post(page("mails"), {"wanted": "0"}).status_code == 302
    assert client.post(page("mails"), {}).status_code == 400
    assert "Answers are not mailed to you." in client.get(f"{page('list')}?sort=mine").content.decode()


def test_tags_that_are_no_tags_are_refused_by_code(act, question, moderator, enter):
    answer = enter(moderator).post(act("tags", question), {"tags": "w" * 400}, headers={"Accept": "application/json"})

    assert (answer.status_code, answer.json()["code"]) == (400, "question.tags")
    assert "-" * 20 not in answer.content.decode()


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_export_is_taken_by_call_and_on_record(session, question, attendee, moderator, enter, form):
    address = reverse("api:questions-export", args=[session.event.slug, session.slug])
    client = enter(moderator)

    answer = client.get(address, {"form": form}, headers={"Accept": "text/csv"})

    assert answer["Content-Disposition"].endswith(f'questions.{form}"')
    told = b"".join(answer)
    if form == "xlsx":
        told = zipfile.ZipFile(io.BytesIO(told)).read("xl/worksheets/sheet1.xml")
    assert question.text.encode() in told
    entry = Entry.objects.get(kind="done")
    assert (entry.who, entry.event_id, entry.door) == (moderator.email, session.event_id, "api")
    assert client.get(address, {"form": "pdf"}).status_code == 400
    assert enter(attendee).get(address).status_code == 403

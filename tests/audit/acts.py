"""Every act of staff by call and by socket: what has to be there, and what is sent so that it succeeds.

`SENT` and `SAID` are held against the routes and commands themselves, so that a new one is named here or fails.
"""

import json
from datetime import timedelta
from io import BytesIO

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from PIL import Image

from apps.chat.models import Act, Message, Room
from apps.core import clock
from apps.events.models import Ban, Event, EventRole, MemberInvitation, Registration
from apps.exhibitors.models import ContactRequest
from apps.polls.models import Poll
from apps.questions.models import Question
from apps.quizzes.models import Bank, Game
from apps.quizzes.services import ask_next
from apps.tracks import services as tracks_services
from apps.tracks.models import Room as Stage
from tests.events.providers import Federation
from tests.factories import chat, events, exhibitors, media, notifications, polls, questions, quizzes, tracks
from tests.factories.intake import DeadLetterFactory
from tests.tracks.samples import event_xml, schedule_xml

A_DAY = timedelta(days=1)


def sent(body=None, **where):
    """A call that finds what it needs in the world: its body, and what else its address names."""
    return lambda place: (body, where)


def registered(place):
    return events.RegistrationFactory(event=place.event)


def decided(do, state):
    def prepare(place):
        row = events.RegistrationFactory(event=place.event, state=state)
        events.JoinLinkFactory(registration=row, event=place.event)
        return {"do": do}, {"registration": row.pk}

    return prepare


def polled(do, state, **more):
    def prepare(place):
        poll = polls.PollFactory(event=place.event, state=state, **more.pop("is_", {}))
        polls.OptionFactory.create_batch(2, poll=poll)
        return {"do": do, **more}, {"poll": poll.pk}

    return prepare


def a_draft(place):
    poll = polls.PollFactory(event=place.event, state=Poll.State.DRAFT)
    polls.OptionFactory.create_batch(2, poll=poll)
    return None, {"poll": poll.pk}


def a_cloud(place):
    poll = polls.PollFactory(event=place.event, kind="words")
    return {"subjects": ["0" * 64], "shown": False}, {"poll": poll.pk}


def a_quiz(place):
    quiz = quizzes.QuizFactory(event=place.event)
    quizzes.QuestionFactory(bank=quiz.bank)
    return None, {"quiz": quiz.pk}


def a_step(do, *, asked, **more):
    def prepare(place):
        game = place.things[Game]
        if asked:
            game = ask_next(game)
        return {"do": do, "position": game.position, **more}, {"quiz": game.quiz_id, "game": game.pk}

    return prepare


def a_player(place):
    return {"extra": 50}, {"person": place.people["attendee"].pk, "quiz": place.things[Game].quiz_id}


def another_question(place):
    return questions.QuestionFactory(board=place.things[Question].board)


def to_merge(place):
    return {"into": another_question(place).pk}, {}


def merged(place):
    row = another_question(place)
    row.state, row.merged_into = Question.State.MERGED, place.things[Question]
    row.save()
    return None, {"question": row.pk}


def on_stage(place):
    row = place.things[Question]
    row.state = Question.State.STAGE
    row.save()
    return {"after": row.pk, "to": "later"}, {"session": row.board.session_id, "slug": row.board.session.slug}


def waiting(place):
    message = chat.MessageFactory(room=place.things[Room], seq=None, held="waiting")
    return {"messages": [message.pk], "approve": True}, {}


def reported(place):
    message = chat.MessageFactory(room=place.things[Room], seq=99_001)
    chat.ReportFactory(message=message)
    return {"messages": [message.pk], "remove": True}, {}


def one_said(place):
    return {}, {"message": place.things[Message].pk, "room": place.things[Room].pk}


def muted(place):
    person = registered(place).user
    chat.SanctionFactory(event=place.event, user=person)
    return {"kind": "mute"}, {"person": person.pk}


def a_mute(place):
    person = registered(place).user
    imposed = chat.SanctionFactory(event=place.event, user=person)
    act = Act.objects.create(
        event=place.event, kind="mute", person=person, by=place.people["moderator"], detail={"sanction": imposed.pk}
    )
    return None, {"act": act.pk}


def to_bar(kind):
    return lambda place: ({"kind": kind}, {"person": registered(place).user_id})


def unused(factory, name, by="pk", **fields):
    """Something that nothing hangs on, to be deleted."""

    def prepare(place):
        row = factory(event=place.event, **fields)
        return None, {name: getattr(row, by)}

    return prepare


def a_file(place):
    file = SimpleUploadedFile("schedule.xml", schedule_xml(event_xml()))
    return {"file": file}, {}


def read_file(place):
    content = schedule_xml(event_xml())
    row = tracks_services.keep_for_review(
        event=place.event,
        schedule=tracks_services.read_schedule(content, event=place.event),
        content=content,
        file_name="schedule.xml",
        by=place.people["organiser"],
    )
    return None, {"schedule": row.pk}


def to_say(place):
    row = events.AnnouncementFactory(event=place.event, seq=None, state="scheduled", due_at=clock.now() + A_DAY)
    return {"text": "Lunch is late."}, {"announcement": row.pk}


def a_member(place):
    row = events.MembershipFactory(organisation=place.event.organisation)
    return {"role": "manager"}, {"member": row.pk}


def an_end(place):
    row = notifications.DeliveryFactory(endpoint__organisation=place.event.organisation, state="failed")
    return {"since": (clock.now() - A_DAY).isoformat()}, {"webhook": row.endpoint_id, "delivery": row.pk}


def unanswered(place):
    row = place.things[MemberInvitation]
    return None, {"invitation": row.pk}


def a_session(place):
    starts = place.event.starts_at + timedelta(hours=3)
    times = {"starts_at": starts.isoformat(), "ends_at": (starts + timedelta(hours=1)).isoformat()}
    return {"title": "Low water", "room": place.things[Stage].slug, **times}, {}


def a_draft_event(place):
    place.event.state = Event.State.DRAFT
    place.event.save()
    return None, {}


def a_guest_file(place):
    return {"file": SimpleUploadedFile("guests.csv", b"email\nada@example.org\n")}, {}


def a_bank_file(place):
    return {"file": SimpleUploadedFile("bank.csv", b"kind,question,right\ntruth,Water flows uphill.,false\n")}, {}


def reordered(place):
    question = quizzes.QuestionFactory(bank=place.things[Bank])
    return {"questions": [question.pk]}, {}


def a_picture(place):
    drawn = BytesIO()
    Image.new("RGB", (40, 20)).save(drawn, "PNG")
    return {"file": SimpleUploadedFile("logo.png", drawn.getvalue())}, {}


def with_logo(place):
    place.event.logo = "events/logo.webp"
    place.event.save()
    return None, {}


def a_failure(place):
    asset = media.AssetFactory(event=place.event, state="failed")
    media.TranscodeJobFactory(asset=asset, state="failed")
    return None, {"key": asset.key}


def to_seat(place):
    session = tracks.SessionFactory(event=place.event, sign_up=True)
    return {"person": registered(place).user_id}, {"session": session.slug}


def a_link(place):
    row = registered(place)
    return None, {"registration": row.pk, "link": events.JoinLinkFactory(registration=row, event=place.event).pk}


def a_role(place):
    return EventRole.objects.get(event=place.event, role=EventRole.Role.SPEAKER)


def a_role_link(place):
    row = a_role(place)
    link = events.JoinLinkFactory(registration=None, role=row, event=place.event)
    return None, {"role": row.pk, "link": link.pk}


def asked_here(place, **more):
    row = exhibitors.ContactRequestFactory(booth=place.things[ContactRequest].booth, **more)
    return {"answer": "All of them."}, {"asked": row.pk}


def a_letter(place):
    poll = polls.PollFactory(event=place.event)
    option, voter = polls.OptionFactory(poll=poll), registered(place).user
    of_poll = {"event_id": place.event.pk, "gate": poll.gate, "title": str(poll)}
    return None, {"letter": DeadLetterFactory(key=str(voter.pk), body={"option": option.pk}, **of_poll).pk}


def a_failed_mail(place):
    return {}, {"mail": notifications.OwedMailFactory(event=place.event, state="failed").pk}


def a_wish(place):
    row = events.RegistrationFactory(event=place.event, state=Registration.State.PENDING)
    return {"deed": "approve", "registrations": [row.pk]}, {}


def a_provider(place):
    return {"name": "Staff", "kind": "saml", "metadata": Federation().metadata()}, {}


def to_leave(place):
    events.MembershipFactory(organisation=place.event.organisation, role="owner")
    return None, {}


S, R = Poll.State, Registration.State
SENT = {
    "POST webhooks": [sent({"name": "CRM", "url": "https://crm.example.org/", "kinds": ["poll.closed"]})],
    "PATCH webhook": [sent({"name": "Another"})],
    "DELETE webhook": [sent()],
    "POST webhook-secret": [sent({"renew": True})],
    "POST webhook-test": [sent()],
    "POST webhook-replay": [an_end],
    "POST webhook-delivery": [an_end],
    "POST polls": [sent({"question": "Who pays?", "options": ["All", "Some"]})],
    "PATCH poll": [lambda place: ({"question": "Who pays?"}, a_draft(place)[1])],
    "POST poll-run": [
        polled("open", S.DRAFT),
        polled("close", S.OPEN),
        polled("lock", S.OPEN),
        polled("unlock", S.OPEN, is_={"locked": True}),
        polled("reveal", S.OPEN),
        polled("hide", S.OPEN, is_={"revealed": True}),
        polled("extend", S.OPEN, seconds=60),
        polled("reset", S.CLOSED, ends=1),
        polled("archive", S.CLOSED),
        polled("restore", S.ARCHIVED),
        polled("schedule", S.DRAFT, opens_at=(clock.now() + A_DAY).isoformat()),
        polled("unschedule", S.SCHEDULED, is_={"opens_at": clock.now() + A_DAY}),
    ],
    "POST poll-open": [a_draft],
    "POST poll-close": [lambda place: (None, polled("", S.OPEN)(place)[1])],
    "POST poll-words": [a_cloud],
    "POST poll-keep": [lambda place: ({"name": "Often asked"}, a_draft(place)[1])],
    "POST poll-template": [sent({})],
    "PATCH questions-rules": [sent({"wait": 90})],
    "POST questions-next": [on_stage],
    "POST question-move": [sent({"to": "later"})],
    "PUT question-reply": [sent({"text": "The towns."})],
    "PUT question-tags": [sent({"tags": ["money"]})],
    "POST question-merge": [to_merge],
    "DELETE question-merge": [merged],
    "POST quiz-open": [a_quiz],
    "POST quiz-step": [
        a_step("next", asked=False),
        a_step("reveal", asked=True),
        a_step("extend", asked=True, seconds=30),
        a_step("end", asked=False),
    ],
    "POST quiz-player": [
        lambda place: ({"do": "rename"}, a_player(place)[1]),
        lambda place: ({"do": "decline"}, a_player(place)[1]),
    ],
    "DELETE desk-poll": [a_draft],
    "PATCH desk-poll-template": [sent({"name": "Often asked"})],
    "DELETE desk-poll-template": [sent()],
    "POST desk-banks": [sent({"name": "Gauges"})],
    "PATCH desk-bank": [sent({"name": "Gauges"})],
    "DELETE desk-bank": [unused(quizzes.BankFactory, "bank")],
    "POST desk-bank-file": [a_bank_file],
    "PUT desk-bank-order": [reordered],
    "POST desk-bank-questions": [sent({"kind": "truth", "text": "Water flows uphill.", "truth": False})],
    "PATCH desk-bank-question": [sent({"seconds": 45})],
    "DELETE desk-bank-question": [sent()],
    "POST desk-quizzes": [lambda place: ({"title": "Read the gauge", "bank": place.things[Bank].pk}, {})],
    "PATCH desk-quiz": [sent({"title": "Read the gauge"})],
    "DELETE desk-quiz": [unused(quizzes.QuizFactory, "quiz")],
    "PUT quiz-player-time": [a_player],
    "PUT quiz-time": [sent({"extra": 50})],
    "POST chat-waiting": [waiting, lambda place: ({**waiting(place)[0], "approve": False}, {})],
    "POST chat-reports": [reported, lambda place: ({**reported(place)[0], "remove": False}, {})],
    "POST chat-bar": [to_bar("mute"), to_bar("ban"), to_bar("expel")],
    "DELETE chat-bar": [lambda place: (None, {**muted(place)[1], "?": "kind=mute"})],
    "POST chat-words": [sent({"language": "en", "words": ["bilge"]})],
    "DELETE chat-word": [sent()],
    "POST chat-undo": [a_mute],
    "PUT chat-rules": [sent({"open": False, "slow": 30})],
    "DELETE chat-message": [one_said],
    "PUT chat-pinned": [lambda place: ({"message": place.things[Message].pk}, {})],
    "DELETE desk-whole": [a_draft_event],
    "POST desk-guest-lists": [a_guest_file],
    "DELETE desk-guest-list": [sent()],
    "POST desk-guests-invite": [sent()],
    "PUT desk-logo": [a_picture],
    "DELETE desk-logo": [with_logo],
    "PATCH desk-asset": [sent({"title": "Another"})],
    "DELETE desk-asset": [unused(media.AssetFactory, "key", "key")],
    "POST desk-asset-again": [a_failure],
    "POST desk-booths": [sent({"name": "Lakeside"})],
    "PATCH desk-booth": [sent({"name": "Lakeside"})],
    "DELETE desk-booth": [sent()],
    "POST booth-answer": [asked_here, lambda place: ({}, asked_here(place)[1])],
    "DELETE booth-answer": [lambda place: (None, asked_here(place, handled_at=clock.now())[1])],
    "DELETE desk-contact-request": [sent()],
    "POST desk-letter-again": [a_letter],
    "DELETE desk-letter": [sent()],
    "POST desk-mail-again": [a_failed_mail],
    "POST desk-tags": [sent({"name": "Beginners"})],
    "PATCH desk-tag": [sent({"name": "Beginners"})],
    "DELETE desk-tag": [sent()],
    "POST desk-speaker-invitation": [sent({})],
    "POST webhook-receivers": [sent()],
    "DELETE webhook-receiver": [sent()],
    "POST webhook-receiver-test": [sent()],
    "POST desk-errands": [a_wish],
    "POST organisation-members": [sent({"email": "new@example.org"})],
    "PATCH organisation-itself": [sent({"name": "Lakeside Trust"})],
    "POST organisation-connections": [a_provider],
    "PATCH organisation-connection": [sent({"name": "Staff"})],
    "DELETE organisation-connection": [sent()],
    "POST organisation-connection-forget": [sent()],
    "POST organisation-connection-domains": [sent({"domain": "staff.example"})],
    "DELETE organisation-connection-domain": [sent()],
    "POST organisation-connection-prove": [sent()],
    "POST desk-seats": [to_seat],
    "DELETE desk-seat": [sent()],
    "POST desk-registrations": [sent({"email": "ada@example.org"})],
    "POST desk-decision": [
        decided("approve", R.PENDING),
        decided("decline", R.PENDING),
        decided("reconsider", R.DECLINED),
        decided("cancel", R.CONFIRMED),
        decided("send_link", R.CONFIRMED),
        decided("end_links", R.CONFIRMED),
    ],
    "PATCH desk-registration": [lambda place: ({"email": "ada@example.org"}, {"registration": registered(place).pk})],
    "POST desk-registration-links": [sent()],
    "DELETE desk-registration-link": [a_link],
    "POST desk-tickets": [sent({"name": "Day two"})],
    "PATCH desk-ticket": [sent({"name": "Day three"})],
    "DELETE desk-ticket": [unused(events.TicketKindFactory, "ticket")],
    "POST desk-codes": [sent({})],
    "PATCH desk-code": [sent({"note": "For the press"})],
    "DELETE desk-code": [sent()],
    "DELETE desk-unused-code": [sent()],
    "POST desk-asked": [sent({"label": "And you?"})],
    "PATCH desk-ask": [sent({"label": "And you?"})],
    "DELETE desk-ask": [unused(events.QuestionFactory, "question")],
    "PUT desk-opens": [sent({"tracks": [], "sessions": []})],
    "POST desk-roles": [sent({"email": "ada@example.org", "role": "speaker"})],
    "DELETE desk-role": [sent()],
    "POST desk-role-errands": [lambda place: ({"deed": "end_roles", "roles": [a_role(place).pk]}, {})],
    "POST desk-ban-errands": [lambda place: ({"bans": [place.things[Ban].pk]}, {})],
    "POST desk-role-links": [lambda place: (None, {"role": a_role(place).pk})],
    "DELETE desk-role-link": [a_role_link],
    "POST desk-bans": [lambda place: ({"person": registered(place).user_id}, {})],
    "DELETE desk-ban": [sent()],
    "PATCH desk-settings": [sent({"place": "The weir"})],
    "POST desk-state": [sent({"do": "end"})],
    "POST desk-tracks": [sent({"name": "Seas"})],
    "PATCH desk-track": [sent({"name": "Seas"})],
    "DELETE desk-track": [unused(tracks.TrackFactory, "track", "slug")],
    "POST desk-rooms": [sent({"name": "Great hall"})],
    "PATCH desk-room": [sent({"name": "Great hall"})],
    "DELETE desk-room": [unused(tracks.RoomFactory, "room", "slug")],
    "POST desk-speakers": [sent({"name": "Amara"})],
    "PATCH desk-speaker": [sent({"name": "Amara"})],
    "DELETE desk-speaker": [unused(tracks.SpeakerFactory, "speaker", "slug")],
    "POST desk-sessions": [a_session],
    "PATCH desk-session": [sent({"title": "Low water"})],
    "DELETE desk-session": [unused(tracks.SessionFactory, "session", "slug")],
    "POST desk-imports": [a_file],
    "DELETE desk-import": [sent()],
    "POST desk-apply": [read_file],
    "POST event-announcing": [sent({"text": "Lunch is ready."})],
    "DELETE event-announcement": [sent()],
    "PATCH event-announcement": [to_say],
    "POST event-call-off": [to_say],
    "POST event-duplicate": [sent({"name": "Next year", "starts_on": "2030-05-06"})],
    "POST organisation-events": [sent({"kind": "webinar", "name": "Next", "starts_at": "2030-05-06T10:00:00Z"})],
    "PATCH organisation-member": [a_member],
    "DELETE organisation-member": [a_member],
    "POST organisation-invitations": [sent({"email": "ada@example.org"})],
    "POST organisation-invitation": [unanswered],
    "DELETE organisation-invitation": [unanswered],
    "DELETE organisation-membership": [to_leave],
}
"""What is sent by call, by method and route."""

SAID = {
    "chat.remove": [one_said],
    "chat.pin": [one_said],
    "chat.decide": [waiting],
    "chat.settle": [reported],
    "chat.remove_many": [lambda place: ({"messages": [place.things[Message].pk]}, {})],
    "chat.purge": [lambda place: ({"person": place.things[Message].author_id}, {})],
    "chat.bar": [lambda place: ({**to_bar("mute")(place)[1], "kind": "mute"}, {})],
    "chat.lift": [lambda place: ({**muted(place)[1], "kind": "mute"}, {})],
    "chat.rules": [lambda place: ({"room": place.things[Room].pk, "slow": 30}, {})],
    "chat.undo": [lambda place: (a_mute(place)[1], {})],
    "question.move": [lambda place: ({"question": place.things[Question].pk, "to": "later"}, {})],
    "question.next": [on_stage],
    "quiz.step": [
        a_step("next", asked=False),
        a_step("reveal", asked=True),
        a_step("extend", asked=True, seconds=30),
        a_step("end", asked=False),
    ],
}
"""The same by socket, by command."""


def body_of(body):
    """As a call sends it: JSON, or a form where a file goes along. With its kind."""
    if isinstance(body, dict) and any(isinstance(value, SimpleUploadedFile) for value in body.values()):
        return encode_multipart(BOUNDARY, body), MULTIPART_CONTENT
    return json.dumps(body if body is not None else {}).encode(), "application/json"

"""What has to be there before an act of staff, and what is sent then."""

from datetime import timedelta
from io import BytesIO

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from apps.chat.models import Act, Message, Room
from apps.core import clock
from apps.events.models import Event, EventRole, MemberInvitation, Registration
from apps.exhibitors.models import ContactRequest
from apps.media.models import Asset, Stream, Transcript
from apps.polls.models import Poll
from apps.questions.models import Question
from apps.quizzes.models import Bank, Game
from apps.quizzes.services import ask_next
from apps.tracks import services as tracks_services
from apps.tracks.models import Room as Stage
from apps.tracks.models import Session
from apps.tracks.models import Stage as OnStage
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


def of_film(place):
    return place.things[Transcript].asset


def a_deleted_transcript(place):
    row = media.TranscriptFactory(asset=of_film(place), language="sv", deleted_at=clock.now())
    return None, {"transcript": row.pk}


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


def some_chapters(place):
    film = media.VideoFactory(event=place.event, seconds=60.0)
    return {"chapters": [{"begins": 0, "title": "One"}]}, {"key": film.key}


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


def a_preparation(place):
    job = media.TranscodeJobFactory(asset__event=place.event)
    return None, {"key": job.asset.key}


def a_recording(place):
    return {"title": "Kelp", "begins": 0, "ends": 3}, {"key": media.recording(place.event).key}


def a_sound(place):
    of = {"event": place.event, "state": "ready"}
    ladder = media.EncodingFactory(organisation=place.event.organisation)
    film = media.VideoFactory(**of, encoding=ladder)
    sound = media.VideoFactory(**of, kind="audio", encoding=ladder)
    return {"sound": sound.key, "language": "de", "role": "interpreted"}, {"key": film.key}


def an_ended_stream(place):
    stream = media.StreamFactory(event=place.event, state="ended")
    return None, {"key": stream.key}


def in_green_room(place):
    """Somebody who can be put on the session's stage."""
    session = place.things[Session]
    Session.objects.filter(pk=session.pk).update(stream=place.things[Stream])
    OnStage.objects.filter(session=session).update(source="stream")
    return media.ContributionFactory(stream=place.things[Stream]).pk


def a_replacement(place):
    asset = place.things[Asset]
    media.AssetFactory(event=place.event, replaces=asset, state="failed")
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

"""How one more row comes into each list of the API."""

from datetime import timedelta

from apps.chat import services as chats
from apps.chat.models import Group, Member, Room
from apps.core import clock
from apps.events.models import EventRole, GuestList, Registration
from apps.exhibitors.models import ContactRequest
from apps.media.models import Asset, Stream, Transcript
from apps.notifications.models import Endpoint, Receiver
from apps.polls.models import Poll
from apps.questions.models import Question
from apps.quizzes import services
from apps.quizzes.models import Bank, Game, Quiz
from apps.tracks.models import Session
from tests.access import world
from tests.factories import chat, exhibitors, media, notifications, polls, questions, quizzes, tracks
from tests.factories import events as of_events
from tests.factories.accounts import ApiTokenFactory, UserFactory, UserSessionFactory
from tests.factories.audit import EntryFactory
from tests.factories.events import EventFactory
from tests.factories.intake import DeadLetterFactory


def spoken(place):
    tracked = tracks.TrackFactory(event=place.event)
    link = tracks.SessionSpeakerFactory(session__event=place.event, session__track=tracked)
    link.session.tags.add(tracks.TagFactory(event=place.event))


def asked(place):
    board, author = place.things[Question].board, UserFactory()
    question = questions.QuestionFactory(board=board, author=author, text=f"{world.SECRET}, for whom {author.pk}?")
    questions.VoteFactory(question=question, user=UserFactory())


def asked_elsewhere(place):
    """In another session, of which each has a board of its own."""
    session = tracks.SessionFactory(event=place.event)
    questions.QuestionFactory(board__event=place.event, board__session=session, author=UserFactory(), reply="Ask Marl.")


def asked_beside_the_film(place):
    session = recorded(place)
    board = getattr(session, "question_board", None) or questions.BoardFactory(event=place.event, session=session)
    questions.QuestionFactory(board=board, author=UserFactory(), text=f"{world.SECRET}?", created_at=session.starts_at)


def polled_beside_the_film(place):
    session = recorded(place)
    poll = polls.PollFactory(
        event=place.event, session=session, question=f"{world.SECRET}?", state="closed", opened_at=session.starts_at,
        closed_at=session.starts_at,
    )  # fmt: skip
    polls.OptionFactory(poll=poll)


def recorded(place):
    """The session, once it is over and its recording shown."""
    session = Session.objects.get(pk=place.things[Session].pk)
    if session.video is None:
        begins, film = clock.now() - timedelta(hours=1), media.AssetFactory(event=place.event, kind="video")
        ends = begins + timedelta(minutes=30)
        Session.objects.filter(pk=session.pk).update(starts_at=begins, ends_at=ends, video=film)
        session.refresh_from_db()
    return session


def said(place):
    """By somebody else each time, as the room itself counts what is said in it."""
    author = of_events.EventRoleFactory(event=place.event, role="moderator").user
    saying = chats.Saying(
        event_id=place.event.pk,
        room_id=place.things[Room].pk,
        user_id=author.pk,
        roles=frozenset({"moderator"}),
        text=f"{world.SECRET} {author.pk}",
    )
    [message] = chats.send_messages([saying])
    chat.MarkFactory(message_id=message.id, message=None, user=UserFactory())


def reported(place):
    message = chat.MessageFactory(room=place.things[Room], author=UserFactory())
    chat.ReportFactory(message=message, by=UserFactory())


def asked_at_registration(place):
    question = of_events.QuestionFactory(event=place.event, kind="choice", choices=["Ice", "Rain"])
    question.tickets.add(of_events.TicketKindFactory(event=place.event))


def registered(place):
    of_events.RegistrationFactory(
        event=place.event,
        ticket=of_events.TicketKindFactory(event=place.event),
        code=of_events.InvitationCodeFactory(event=place.event),
        by=UserFactory(),
    )


def barred(place):
    user = of_events.RegistrationFactory(event=place.event).user
    chat.SanctionFactory(event=place.event, user=user)
    of_events.BanFactory(event=place.event, user=of_events.RegistrationFactory(event=place.event).user)


def asked_all(place):
    poll = polls.PollFactory(event=place.event, session=tracks.SessionFactory(event=place.event))
    polls.OptionFactory(poll=poll)


def written(place):
    poll = place.things[Poll]
    poll.kind = Poll.Kind.TEXT
    poll.save()
    polls.AnswerFactory(poll=poll, said={"text": f"{world.SECRET} {UserFactory().pk}"})


def played(place):
    quizzes.GameFactory(quiz=quizzes.QuizFactory(event=place.event))


def joined(place):
    seat = quizzes.SeatFactory(game=place.things[Game])
    quizzes.AllowanceFactory(event=place.event, user=seat.user)


def banked(place):
    """A question with a picture and two answers."""
    picture = media.AssetFactory(event=place.event, kind="image")
    quizzes.QuestionFactory(bank=place.things[Bank], media=picture, choices=[("Ice", 1), ("Rain", 0)])


def answered(place):
    """Somebody else's answer to a question that is revealed; and one more question is."""
    seat, game = quizzes.SeatFactory(game=place.things[Game]), place.things[Game]
    last = game.turns.order_by("-position").first()
    turn = game.turns.create(
        position=last.position + 1, kind="truth", sheet={"text": {"en": "?"}, "media": None, "media_words": {}},
        key={"right": True, "explanation": {}}, seconds=20, worth=1000, opens_at=clock.now(), closed_at=clock.now(),
    )  # fmt: skip
    turn.taken.create(side=seat.side, said=True, after_ms=900, share=1, base=900, answered_at=clock.now())


def handed_in(place):
    """By somebody else each time, in a training whose bank grows."""
    [training] = Quiz.objects.filter(event=place.event, mode=Quiz.Mode.ALONE)
    question = quizzes.QuestionFactory(bank=training.bank, kind="truth", choices=[])
    attempt = training.attempts.create(user=UserFactory(), number=1, finished_at=clock.now(), percent=100, passed=True)
    attempt.tasks.create(
        question=question, position=1, kind="truth", sheet={"text": {}, "media": None}, key={}, said=True, share=1
    )


def another_game(place):
    """Of the same quiz, over by now."""
    quiz = place.things[Quiz]
    game = Game.objects.create(quiz=quiz, phase=Game.Phase.OVER, ended_at=clock.now())
    game.turns.create(
        position=1, kind="truth", sheet={}, key={}, seconds=20, worth=0, opens_at=clock.now(), closed_at=clock.now()
    )
    quizzes.SeatFactory(game=game)


def tried(place):
    """One more attempt of the organiser's own, who hands in the one before."""
    [training] = Quiz.objects.filter(event=place.event, mode=Quiz.Mode.ALONE)
    person = place.people["organiser"]
    services.hand_in(services.begin(training, user=person))


def staffed(place):
    booth = exhibitors.BoothFactory(event=place.event)
    exhibitors.BoothStaffFactory(booth=booth, user=UserFactory())
    exhibitors.BoothDocumentFactory(booth=booth, asset=media.AssetFactory(event=place.event))


def asked_at_a_booth(place, **who):
    booth = place.things[ContactRequest].booth
    done = {"answer": "Yes", "answered_by": UserFactory(), "handled_at": clock.now()}
    exhibitors.ContactRequestFactory(booth=booth, **({"user": UserFactory()} | who), **done)


def listed(place):
    guests = place.things[GuestList]
    line = len(guests.rows) + 2
    guests.rows.append({"line": line, "email": f"guest{line}@example.org"})
    guests.save()


def connected(place):
    connection = of_events.SignInConnectionFactory(organisation=place.event.organisation)
    of_events.SignInDomainFactory(connection=connection)


def seated(place):
    registration = of_events.RegistrationFactory(event=place.event)
    tracks.SeatFactory(session=place.things[Session], user=registration.user, by=UserFactory())


def member(place):
    group = chat.GroupFactory(event=place.event, made_by=place.people["organiser"])
    for role in ("organiser", "attendee"):
        chat.MemberFactory(group=group, user=place.people[role])
    chat.RoomFactory(event=place.event, owner=f"group/{group.pk}")


def joined_a_group(place):
    """Somebody else each time; the organiser, who looks, is in it."""
    Member.objects.get_or_create(
        group=place.things[Group], user=place.people["organiser"], defaults={"joined_at": clock.now()}
    )
    chat.MemberFactory(group=place.things[Group], user=UserFactory())


def invited(place):
    """The organiser, by the owner of another organisation."""
    owner = of_events.MembershipFactory()
    asks = {"organisation": owner.organisation, "by": owner.user}
    of_events.MemberInvitationFactory(email=place.people["organiser"].email, **asks)


def at_the_desk(place):
    """Somebody with a place and two roles."""
    person = of_events.RegistrationFactory(event=place.event).user
    for role in ("speaker", "exhibitor"):
        of_events.EventRoleFactory(event=place.event, user=person, role=role)


MORE = {
    "api:me-devices": lambda place: UserSessionFactory(user=place.people["organiser"]),
    "api:me-tokens": lambda place: ApiTokenFactory(user=place.people["organiser"], event_id=EventFactory().pk),
    "api:me-invitations": invited,
    "api:desk-people": at_the_desk,
    "api:event-list": lambda place: EventFactory(),
    "api:event-announcements": lambda place: of_events.AnnouncementFactory(event=place.event, by=UserFactory()),
    "api:event-announcing": lambda place: of_events.AnnouncementFactory(event=place.event, by=UserFactory()),
    "api:event-segments": lambda place: of_events.TicketKindFactory(event=place.event),
    "api:event-tickets": lambda place: of_events.TicketKindFactory(event=place.event),
    "api:event-asked": asked_at_registration,
    "api:desk-registrations": registered,
    "api:desk-tickets": lambda place: of_events.TicketKindFactory(event=place.event),
    "api:desk-codes": lambda place: of_events.InvitationCodeFactory(event=place.event),
    "api:desk-asked": asked_at_registration,
    "api:desk-registration-links": lambda place: of_events.JoinLinkFactory(registration=place.things[Registration]),
    "api:desk-role-links": lambda place: of_events.JoinLinkFactory(registration=None, role=place.things[EventRole]),
    "api:desk-roles": lambda place: of_events.EventRoleFactory(event=place.event),
    "api:desk-booths": staffed,
    "api:desk-guest-lists": lambda place: of_events.GuestListFactory(event=place.event, by=UserFactory()),
    "api:desk-guest-lines": listed,
    "api:desk-contact-requests": asked_at_a_booth,
    "api:booth-requests": asked_at_a_booth,
    "api:contact-requests": lambda place: asked_at_a_booth(place, user=place.people["organiser"]),
    "api:desk-mails": lambda place: notifications.OwedMailFactory(event=place.event),
    "api:desk-audit": lambda place: EntryFactory(
        organisation_id=place.event.organisation_id, event_id=place.event.pk
    ),
    "api:desk-set-aside": lambda place: DeadLetterFactory(event_id=place.event.pk),
    "api:desk-errands": lambda place: of_events.ErrandFactory(event=place.event, by=UserFactory()),
    "api:desk-role-errands": lambda place: of_events.ErrandFactory(
        event=place.event, by=UserFactory(), deed="mail_roles"
    ),
    "api:desk-ban-errands": lambda place: of_events.ErrandFactory(
        event=place.event, by=UserFactory(), deed="lift_bans"
    ),
    "api:desk-tags": lambda place: tracks.TagFactory(event=place.event),
    "api:desk-seats": seated,
    "api:desk-bans": lambda place: of_events.BanFactory(event=place.event, by=UserFactory()),
    "api:desk-tracks": lambda place: tracks.TrackFactory(event=place.event),
    "api:desk-rooms": lambda place: tracks.RoomFactory(event=place.event),
    "api:desk-speakers": lambda place: tracks.SpeakerFactory(
        event=place.event, photo=media.AssetFactory(event=place.event, kind="image")
    ),
    "api:desk-sessions": spoken,
    "api:desk-imports": lambda place: tracks.ScheduleImportFactory(event=place.event, by=UserFactory()),
    "api:webhooks": lambda place: notifications.EndpointFactory(
        organisation=place.event.organisation, event=place.event
    ),
    "api:webhook-deliveries": lambda place: notifications.DeliveryFactory(endpoint=place.things[Endpoint]),
    "api:webhook-receivers": lambda place: notifications.ReceiverFactory(endpoint=place.things[Endpoint]),
    "api:webhook-received": lambda place: notifications.ReceiverCallFactory(receiver=place.things[Receiver]),
    "api:organisation-connections": connected,
    "api:organisation-audit": lambda place: EntryFactory(
        organisation_id=place.event.organisation_id, event_id=place.event.pk
    ),
    "api:organisations": lambda place: of_events.MembershipFactory(user=place.people["organiser"]),
    "api:organisation-wishes": lambda place: of_events.OrganisationWishFactory(by=place.people["organiser"]),
    "api:organisation-events": lambda place: EventFactory(organisation=place.event.organisation),
    "api:organisation-members": lambda place: of_events.MembershipFactory(organisation=place.event.organisation),
    "api:organisation-invitations": lambda place: of_events.MemberInvitationFactory(
        organisation=place.event.organisation, by=UserFactory()
    ),
    "api:booths": staffed,
    "api:assets": lambda place: media.AssetFactory(event=place.event),
    "api:transcripts": lambda place: media.TranscriptFactory(asset=media.VideoFactory(event=place.event)),
    "api:transcript-lines": lambda place: media.LineFactory(transcript=place.things[Transcript]),
    "api:word-jobs": lambda place: media.WordJobFactory(asset=place.things[Transcript].asset, state="done"),
    "api:said": lambda place: media.LineFactory(transcript=place.things[Transcript], text=world.SECRET),
    "api:streams": lambda place: media.StreamKeyFactory(stream__event=place.event),
    "api:desk-stream-recordings": lambda place: media.RecordingFactory(stream=place.things[Stream]),
    "api:desk-folders": lambda place: media.FolderFactory(
        event=place.event, parent=media.FolderFactory(event=place.event)
    ),
    "api:desk-trash": lambda place: media.AssetFactory(event=place.event, deleted_at=clock.now()),
    "api:desk-asset-sounds": lambda place: media.AddedSoundFactory(asset=place.things[Transcript].asset),
    "api:desk-asset-uses": lambda place: tracks.SessionFactory(event=place.event, video=place.things[Asset]),
    "api:desk-asset-versions": lambda place: media.VersionFactory(
        asset=place.things[Asset], brought_by=UserFactory(), replaced_by=UserFactory()
    ),
    "api:organisation-shelf": lambda place: media.ShelfFileFactory(
        organisation=place.event.organisation, kept_by=UserFactory()
    ),
    "api:agenda-sessions": spoken,
    "api:agenda-session": lambda place: tracks.SessionSpeakerFactory(
        session=place.things[Session], speaker__event=place.event
    ),
    "api:agenda-speakers": spoken,
    "api:agenda-tracks": spoken,
    "api:agenda-rooms": spoken,
    "api:polls": asked_all,
    "api:poll-answers": lambda place: polls.AnswerFactory(poll=place.things[Poll]),
    "api:poll-texts": written,
    "api:poll-words": written,
    "api:poll-templates": lambda place: polls.TemplateFactory(organisation=place.event.organisation),
    "api:quizzes": played,
    "api:quizzes-to-run": played,
    "api:quiz-games": another_game,
    "api:quiz-game-questions": answered,
    "api:quiz-game-people": answered,
    "api:quiz-game-answers": answered,
    "api:quiz-attempts": handed_in,
    "api:quiz-attempt-questions": handed_in,
    "api:desk-banks": lambda place: quizzes.QuestionFactory(bank__event=place.event),
    "api:desk-bank-questions": banked,
    "api:desk-quizzes": lambda place: quizzes.QuizFactory(
        event=place.event, session=tracks.SessionFactory(event=place.event)
    ),
    "api:desk-quiz-times": lambda place: quizzes.AllowanceFactory(event=place.event),
    "api:questions-all": asked_elsewhere,
    "api:chat-everything": said,
    "api:chat-rooms": lambda place: chat.RoomFactory(
        event=place.event, owner=f"session/{tracks.SessionFactory(event=place.event).pk}"
    ),
    "api:quiz-players": joined,
    "api:trainings": lambda place: quizzes.QuizFactory(event=place.event, mode="alone", is_published=True),
    "api:training-attempts": tried,
    "api:questions": asked,
    "api:questions-clock": asked_beside_the_film,
    "api:polls-clock": polled_beside_the_film,
    "api:questions-similar": asked,
    "api:chat-places": member,
    "api:chat-groups": member,
    "api:chat-group": joined_a_group,
    "api:chat-room": said,
    "api:chat-messages": said,
    "api:chat-search": said,
    "api:chat-clock": said,
    "api:chat-people": lambda place: of_events.RegistrationFactory(event=place.event, user__name=world.SECRET),
    "api:chat-waiting": lambda place: chat.MessageFactory(room=place.things[Room], seq=None, held="waiting"),
    "api:chat-reports": reported,
    "api:chat-barred": barred,
    "api:chat-words": lambda place: chat.WordFactory(event=place.event, text=f"word {UserFactory().pk}"),
    "api:chat-log": lambda place: chat.ActFactory(event=place.event, person=UserFactory(), room=place.things[Room]),
}  # fmt: skip
"""How one more row comes into each list."""

"""What people take with them holds every row that is theirs: each table that leads to a person is in the file, or
stands here with the reason why it is not."""

import pytest
from django.apps import apps

from apps.accounts import services
from apps.accounts.models import User
from apps.core import clock
from tests.factories.accounts import UserFactory
from tests.factories.chat import MentionFactory, ReportFactory, SanctionFactory
from tests.factories.events import (
    AnswerFactory,
    BanFactory,
    EventFactory,
    InvitationCodeFactory,
    QuestionFactory,
    RegistrationFactory,
    SignInConnectionFactory,
)
from tests.factories.tracks import SeatFactory, SpeakerFactory

TOLD = {
    "account.EmailAddress.user": "person",
    "accounts.ApiToken.user": "tokens",
    "chat.Attachment.by": "chat_files",
    "chat.Mark.user": "chat_marks",
    "chat.Member.user": "groups",
    "chat.Mention.user": "chat_mentions",
    "chat.Message.author": "messages",
    "chat.Reading.user": "chat_read",
    "chat.Report.by": "chat_reports",
    "chat.Sanction.user": "chat_bars",
    "events.Ban.user": "bans",
    "events.EventRole.user": "roles",
    "events.FormerMember.user": "former_memberships",
    "events.Membership.user": "roles",
    "events.OrganisationWish.by": "organisation_wishes",
    "events.Registration.user": "places",
    "events.SignInIdentity.user": "providers",
    "events.Unmet.user": "typed_by_others",
    "exhibitors.BoothStaff.user": "booths",
    "exhibitors.ContactRequest.user": "contact_requests",
    "media.Asset.brought_by": "files",
    "media.Asset.uploaded_by": "files",
    "media.AssetVersion.brought_by": "earlier_files",
    "media.Watched.person": "watched",
    "mfa.Authenticator.user": "second_steps",
    "notifications.OwedMail.user": "mails",
    "notifications.Silence.user": "mails_not_wanted",
    "polls.Answer.user": "poll_answers",
    "polls.Participation.user": "polls_without_names",
    "questions.Follow.user": "questions_followed",
    "questions.Question.author": "questions",
    "questions.Vote.user": "question_votes",
    "quizzes.Allowance.user": "quiz_times",
    "quizzes.Attempt.user": "quiz_attempts",
    "quizzes.Seat.user": "quiz_seats",
    "tracks.Attendance.user": "visits",
    "tracks.Seat.user": "seats",
    "tracks.Speaker.user": "speaker_pages",
    "tracks.Star.user": "stars",
    "usersessions.UserSession.user": "devices",
}
ACTS = "what staff did is the event's, and in its log"
OTHERS = "a row of somebody else, who is told of it"
BRIEF = "kept for some days, or until it is whole"
NOT_TOLD = {
    "admin.LogEntry.user": "nothing is written there",
    "chat.Act.by": ACTS,
    "chat.Act.person": ACTS,
    "chat.Change.by": ACTS,
    "chat.Declined.user": "that they declined an invitation, until its group ends",
    "chat.Group.made_by": "groups names those that they are in",
    "chat.Member.invited_by": OTHERS,
    "core.KeptAnswer.user": BRIEF,
    "events.Announcement.by": ACTS,
    "events.Ban.by": ACTS,
    "events.Ban.lifted_by": ACTS,
    "events.Errand.by": ACTS,
    "events.OrganisationWish.decided_by": ACTS,
    "events.GuestList.begun_by": ACTS,
    "events.GuestList.by": ACTS,
    "events.InvitationCode.by": ACTS,
    "events.MemberInvitation.by": ACTS,
    "events.Registration.by": OTHERS,
    "events.Registration.decided_by": ACTS,
    "exhibitors.ContactRequest.answered_by": ACTS,
    "media.AssetVersion.replaced_by": ACTS,
    "media.ShelfFile.kept_by": ACTS,
    "media.Transcript.made_by": ACTS,
    "media.BackstageLine.author": BRIEF,
    "media.Contribution.person": BRIEF,
    "media.Upload.by": BRIEF,
    "media.WordJob.made_by": ACTS,
    "notifications.Endpoint.keeper": ACTS,
    "questions.Question.replied_by": ACTS,
    "tracks.ScheduleImport.by": ACTS,
    "tracks.Seat.by": ACTS,
}


def leading_to_people():
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.fields:
            if field.is_relation and field.related_model is User:
                yield f"{model._meta.app_label}.{model.__name__}.{field.name}"


@pytest.fixture
def nadia(db):
    return UserFactory(name="Nadia Okello", email="nadia@lakeside.example")


def test_every_table_that_leads_to_a_person_is_decided_about():
    found = {one for one in leading_to_people() if not one.startswith("accounts.User_")}
    assert found == {*TOLD, *NOT_TOLD}
    assert not TOLD.keys() & NOT_TOLD.keys()


def test_what_is_told_is_in_the_file(nadia):
    assert {*TOLD.values()} <= services.everything_of(nadia).keys()


def test_place_is_told_whole(event, nadia):
    by = UserFactory(name="Bram Toft")
    code = InvitationCodeFactory(event=event, code="HERON")
    place = RegistrationFactory(
        event=event, user=nadia, by=by, code=code, source="newsletter", state="declined", reason="Full of rivers",
        offered_to="ada@example.org",
    )  # fmt: skip
    terms = QuestionFactory(event=event, kind="consent", version=3)
    AnswerFactory(registration=place, question=terms, text="We film", version=2)
    [told] = services.everything_of(nadia)["places"]
    names = ("came_by", "code", "registered_by", "what_we_told_you", "offered_to")
    assert [told[name] for name in names] == ["newsletter", "HERON", "Bram Toft", "Full of rivers", "ada@example.org"]
    assert (told["answers"][0]["version"], told["answers"][0]["version_now"]) == (2, 3)


def test_seats_bans_providers_and_pages_are_told(event, nadia):
    SeatFactory(session__event=event, session__title="Reading a gauge", user=nadia)
    BanFactory(event=event, user=nadia, reason="Between us")
    connection = SignInConnectionFactory(organisation=event.organisation, name="Lakeside account")
    connection.identities.create(user=nadia, subject="lake-31")
    SpeakerFactory(event=event, user=nadia, name="Nadia Okello", title="Hydrologist")
    found = services.everything_of(nadia)
    assert found["seats"][0]["session"] == "Reading a gauge"
    assert [row["event"] for row in found["bans"]] == [event.slug]
    assert (found["providers"][0]["provider"], found["providers"][0]["known_as"]) == ("Lakeside account", "lake-31")
    assert found["speaker_pages"][0]["title"] == "Hydrologist"
    assert "Between us" not in str(found)


def test_what_others_said_is_not_in_the_file(event, nadia):
    MentionFactory(message__room__event=event, message__text="Ask Nadia about weirs", user=nadia)
    SanctionFactory(event=event, user=nadia, reason="Between us")
    ReportFactory(message__room__event=event, message__text="Bilge", by=nadia, text="That is rude")
    found = services.everything_of(nadia)
    assert (len(found["chat_mentions"]), len(found["chat_bars"])) == (1, 1)
    assert found["chat_reports"][0]["text"] == "That is rude"
    assert not any(words in str(found) for words in ("Ask Nadia", "Between us", "Bilge"))


def test_file_is_of_this_person_alone(nadia):
    other = UserFactory()
    SeatFactory(session__event=EventFactory(), user=other)
    BanFactory(user=other)
    found = services.everything_of(nadia)
    assert (found["seats"], found["bans"], found["made_at"] <= clock.now()) == ([], [], True)

"""Speakers are invited from their list: account, role, and a link of their own."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from drf_spectacular.generators import SchemaGenerator

from apps.accounts.models import User
from apps.core.errors import Refused
from apps.events.models import EventRole, JoinLink
from apps.notifications.models import OwedMail
from apps.tracks import services
from apps.tracks.models import Speaker
from tests.factories.accounts import UserFactory
from tests.factories.events import BanFactory, EventRoleFactory
from tests.factories.tracks import SpeakerFactory

pytestmark = pytest.mark.django_db
PAGE = "admin:tracks_speaker_changelist"


@pytest.fixture
def amara(event):
    return SpeakerFactory(event=event, name="Amara Lindqvist", user=None)


@pytest.fixture
def desk(organiser, enter):
    return enter(organiser)


def choose(desk, *speakers, **given):
    chosen = {"action": "invite", "_selected_action": [speaker.pk for speaker in speakers]}
    return desk.post(reverse(PAGE), chosen | given, follow=True)


def test_speaker_without_an_account_gets_one(event, amara):
    services.invite_speaker(amara, email="Amara@Lakeside.example")

    amara.refresh_from_db()
    assert (amara.user.email, amara.user.name) == ("amara@lakeside.example", "Amara Lindqvist")
    assert EventRole.objects.get().role == "speaker"
    assert (OwedMail.objects.get().to, JoinLink.objects.get().role.user) == (amara.user.email, amara.user)


def test_speaker_with_an_account_is_invited_by_it(event):
    speaker = SpeakerFactory(event=event, user=UserFactory())
    services.invite_speaker(speaker, email="somebody@else.example")
    assert OwedMail.objects.get().to == speaker.user.email


def test_call_says_of_a_name_that_no_account_may_have_what_it_is_described_to_say(desk, event):
    trio = SpeakerFactory(event=event, name="Weir Trio, www.weir.org", user=None)
    path = f"/api/v1/events/freshet/desk/speakers/{trio.slug}/invitation/"
    refused = desk.post(path, {"email": "trio@weir.example"}, content_type="application/json")
    described = SchemaGenerator().get_schema(request=None, public=True)["paths"]
    call = described["/api/v1/events/{event}/desk/speakers/{speaker}/invitation/"]["post"]
    assert (refused.status_code, refused.json()["code"]) == (409, "person.name")
    assert "person.name" in call["responses"]["409"]["description"]
    assert not User.objects.filter(email="trio@weir.example").exists()


def test_person_comes_before_the_event_as_where_they_register(event, amara):
    with CaptureQueriesContext(connection) as queries:
        services.invite_speaker(amara, email="amara@lakeside.example")
    said = [query["sql"] for query in queries]
    made = next(place for place, sql in enumerate(said) if sql.startswith('INSERT INTO "accounts_user"'))
    held = next(place for place, sql in enumerate(said) if 'FROM "events_event"' in sql and "FOR NO KEY UPDATE" in sql)
    assert made < held


def test_account_that_was_given_meanwhile_stays(event, amara):
    other = UserFactory()
    Speaker.objects.update(user=other)
    with pytest.raises(Refused) as refused:
        services.invite_speaker(amara, email="amara@lakeside.example")
    assert refused.value.code == "speaker.linked"
    amara.refresh_from_db()
    assert (amara.user, EventRole.objects.count()) == (other, 0)
    assert not User.objects.filter(email="amara@lakeside.example").exists()


def test_list_asks_for_the_address_first(desk, event, amara):
    page = choose(desk, amara).content.decode()
    assert "Invite 1 speaker?" in page
    assert "Address of Amara Lindqvist" in page
    assert (
        "Enter a valid email address." in choose(desk, amara, confirmed="1", **field(amara, "nobody")).content.decode()
    )
    assert not OwedMail.objects.exists()


def field(speaker, email):
    return {f"email_{speaker.pk}": email}


def test_list_invites_who_was_chosen(desk, event, amara):
    known = SpeakerFactory(event=event, user=UserFactory())
    answer = choose(desk, amara, known, confirmed="1", **field(amara, "amara@lakeside.example"))
    assert "2 speakers are invited" in answer.content.decode()
    assert {mail.to for mail in OwedMail.objects.all()} == {"amara@lakeside.example", known.user.email}


def test_list_says_who_cannot_be_invited(desk, event, amara):
    banned = BanFactory(event=event).user
    out = SpeakerFactory(event=event, name="Otto Fremd", user=banned)
    answer = choose(desk, amara, out, confirmed="1", **field(amara, "amara@lakeside.example")).content.decode()
    assert "Otto Fremd: This person was put out of the event." in answer
    assert "One speaker is invited" in answer


def test_speakers_of_another_event_are_not_invited(desk, other_event):
    theirs = SpeakerFactory(event=other_event, user=UserFactory())
    choose(desk, theirs, confirmed="1")
    assert not OwedMail.objects.exists()


def test_staff_who_speak_keep_to_signing_in(event):
    """The role is theirs; their link leads to signing in, as every link of theirs does."""
    staff = EventRoleFactory(event=event, role="moderator").user
    services.invite_speaker(SpeakerFactory(event=event, user=staff))
    assert set(EventRole.objects.values_list("role", flat=True)) == {"moderator", "speaker"}

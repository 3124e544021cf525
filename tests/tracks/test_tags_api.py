"""Tags, invitations of speakers, and the address of one's own agenda, by call."""

import pytest

from apps.core.models import KeptAnswer
from apps.events.models import EventRole
from apps.notifications.models import OwedMail
from apps.tracks.models import Tag
from tests.factories.tracks import SessionFactory, SpeakerFactory, TagFactory

JSON = "application/json"
TAGS = "/api/v1/events/freshet/desk/tags/"
SPEAKERS = "/api/v1/events/freshet/desk/speakers/"


@pytest.fixture
def client(organiser, enter):
    return enter(organiser)


def test_tag_is_made_named_anew_and_deleted(client, event):
    made = client.post(TAGS, {"name": "Beginners"}, content_type=JSON)
    session = SessionFactory(event=event)
    session.tags.add(made.json()["id"])
    path = f"{TAGS}{made.json()['id']}/"

    assert (made.status_code, client.get(path).json()["name"]) == (201, "Beginners")
    assert client.patch(path, {"name": "For beginners"}, content_type=JSON).json()["name"] == "For beginners"
    assert [tag.name for tag in session.tags.all()] == ["For beginners"]
    assert client.delete(path).status_code == 204
    assert not Tag.objects.exists()


def test_change_of_a_tag_reaches_the_agenda(client, event):
    tag = TagFactory(event=event)
    before = event.agenda_version
    client.patch(f"{TAGS}{tag.pk}/", {"name": "Other"}, content_type=JSON)
    event.refresh_from_db()
    assert event.agenda_version > before


def test_name_of_another_tag_is_refused(client, event):
    TagFactory(event=event, name="Beginners")
    other = TagFactory(event=event, name="Experts")
    for answer in (
        client.post(TAGS, {"name": "Beginners"}, content_type=JSON),
        client.patch(f"{TAGS}{other.pk}/", {"name": "Beginners"}, content_type=JSON),
    ):
        assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (409, "agenda.name_taken", "name")


def test_tag_of_another_event_is_not_there(client, other_event):
    tag = TagFactory(event=other_event)
    assert client.get(f"{TAGS}{tag.pk}/").status_code == 404
    assert client.delete(f"{TAGS}{tag.pk}/").status_code == 404


def test_moderator_writes_no_tag(moderator, event, enter):
    assert enter(moderator).post(TAGS, {"name": "Mine"}, content_type=JSON).status_code == 403


def test_speaker_is_invited_by_address(client, event):
    speaker = SpeakerFactory(event=event, user=None, slug="amara")
    lacking = client.post(f"{SPEAKERS}amara/invitation/", {}, content_type=JSON)
    told = client.post(f"{SPEAKERS}amara/invitation/", {"email": "Amara@example.org"}, content_type=JSON)

    speaker.refresh_from_db()
    assert (lacking.status_code, list(lacking.json()["errors"])) == (400, ["email"])
    assert (told.status_code, told.json()["person"]) == (200, speaker.user_id)
    assert EventRole.objects.get(event=event, user=speaker.user).role == "speaker"
    assert OwedMail.objects.filter(to="amara@example.org").count() == 1


def test_speaker_of_another_event_is_not_invited(client, other_event):
    SpeakerFactory(event=other_event, slug="amara")
    path = f"{SPEAKERS}amara/invitation/"
    assert client.post(path, {"email": "amara@example.org"}, content_type=JSON).status_code == 404


# The address of one's own agenda ------------------------------------------------------------------------------------
ADDRESS = "/api/v1/events/freshet/agenda-address/"


def test_address_opens_the_agenda_until_it_is_renewed(attendee, visitor, enter, settings):
    client = enter(attendee)
    first = client.get(ADDRESS).json()["ics"].removeprefix(settings.SITE_URL)
    assert visitor.get(first).status_code == 200
    second = client.post(ADDRESS, headers={"Idempotency-Key": "one"}).json()["ics"].removeprefix(settings.SITE_URL)
    assert (visitor.get(first).status_code, visitor.get(second).status_code) == (404, 200)
    assert not KeptAnswer.objects.exists()


def test_who_has_no_place_has_no_address(speaker, outsider, enter):
    assert enter(speaker).get(ADDRESS).status_code == 404
    assert enter(outsider).get(ADDRESS).status_code == 403

"""The doors of sounds that are added to a film: over REST, and at the organisers' desk."""

import pytest
from django.urls import reverse

from apps.events.models import Event
from apps.media import services
from apps.media.models import AddedSound
from tests.factories.events import EventFactory
from tests.factories.media import AddedSoundFactory, AssetFactory, EncodingFactory, VideoFactory

pytestmark = pytest.mark.django_db


def played(event, kind, **more):
    encoding = EncodingFactory(organisation=event.organisation, seconds=60.0)
    return VideoFactory(event=event, kind=kind, state="ready", encoding=encoding, seconds=60.0, **more)


@pytest.fixture
def film(event):
    return played(event, "video")


@pytest.fixture
def sound(event):
    return played(event, "audio", title="Booth two, afternoon")


def call(name, film, *more):
    return reverse(f"api:desk-{name}", args=[film.event.slug, film.key, *more])


def page(name, film, *more):
    return reverse(f"admin:media_asset_{name}", args=[film.pk, *more])


WISH = {"language": "de", "role": "interpreted", "title": "Booth two", "begins": -1.5}


# REST -------------------------------------------------------------------------------------------------------------
def test_a_program_adds_reads_and_takes_away(enter, organiser, film, sound, sent):
    client = enter(organiser)
    answer = client.post(call("asset-sounds", film), {"sound": sound.key, **WISH}, content_type="application/json")
    assert answer.status_code == 201
    told = answer.json()
    row = film.added_sounds.get()
    assert told == {
        "id": row.pk, "sound": sound.key, "in_trash": False, **WISH, "state": "waiting", "progress": 0, "reason": "",
    }  # fmt: skip
    assert client.get(call("asset-sounds", film)).json() == [told]
    assert client.delete(call("asset-sound", film, row.pk)).status_code == 204
    assert not AddedSound.objects.exists()


def test_a_refusal_says_why(enter, organiser, film, sound, sent):
    client, wish = enter(organiser), {"sound": sound.key, **WISH, "begins": 60}
    answer = client.post(call("asset-sounds", film), wish, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (409, "sounds.beyond")


def test_one_that_failed_is_begun_again(enter, organiser, film, sent):
    row = AddedSoundFactory(asset=film, state="failed", error="missing")
    client = enter(organiser)
    [told] = client.get(call("asset-sounds", film)).json()
    assert told["reason"] == "The sound is no longer in storage. Bring it again."
    assert client.post(call("asset-sound-again", film, row.pk)).json()["state"] == "waiting"
    assert client.post(call("asset-sound-again", film, row.pk)).json()["code"] == "sounds.not-failed"


def test_what_is_anothers_is_not_there(enter, organiser, event, film, sound, sent):
    other = EventFactory(organisation=event.organisation, slug="other")
    theirs = AddedSoundFactory(asset=played(other, "video"))
    client = enter(organiser)

    def added(key, to=film):
        wish = {"sound": key, **WISH}
        return client.post(call("asset-sounds", to), wish, content_type="application/json").status_code

    assert added(theirs.sound.key) == 404
    assert added(sound.key, to=VideoFactory.build(event=event, key="nobodys")) == 404
    assert client.delete(call("asset-sound", film, theirs.pk)).status_code == 404
    assert client.post(call("asset-sound-again", film, theirs.pk)).status_code == 404
    mine = AddedSoundFactory(asset=played(event, "video"))
    assert client.delete(call("asset-sound", film, mine.pk)).status_code == 404  # of another film
    assert AddedSound.objects.count() == 2


def test_attendees_add_nothing(enter, attendee, film, sound):
    answer = enter(attendee).post(call("asset-sounds", film), {"sound": sound.key, **WISH})
    assert answer.status_code == 403
    assert not AddedSound.objects.exists()


# The desk ---------------------------------------------------------------------------------------------------------
def test_the_desk_adds_one_and_takes_it_away(enter, organiser, film, sound, sent):
    client = enter(organiser)
    assert page("sounds", film) in client.get(reverse("admin:media_asset_change", args=[film.pk])).content.decode()
    shown = client.get(page("sounds", film)).content.decode()
    assert "Booth two, afternoon" in shown
    form = {"sound": sound.key, "language": "de", "role": "interpreted", "title": "", "begins": "-0:01.5"}
    answer = client.post(page("sounds", film), form, follow=True)
    row = film.added_sounds.get()
    assert (row.begins, row.language, row.title) == (-1.5, "de", "")
    assert "begins at second -1.5" in answer.content.decode()
    answer = client.post(page("sound_remove", film, row.pk), follow=True)
    assert "The sound is taken away." in answer.content.decode()
    assert not AddedSound.objects.exists()


def test_the_desk_says_beside_the_field_what_cannot_be(enter, organiser, film, sound):
    form = {"sound": sound.key, "language": "de", "role": "main", "title": "", "begins": "2:00"}
    answer = enter(organiser).post(page("sounds", film), form)
    assert list(answer.context["form"].errors) == ["begins"]
    form |= {"begins": "soon", "sound": "nobodys"}
    answer = enter(organiser).post(page("sounds", film), form)
    assert set(answer.context["form"].errors) == {"begins", "sound"}


def test_the_desk_shows_why_one_failed_and_begins_it_again(enter, organiser, film, sent):
    row = AddedSoundFactory(asset=film, state="failed", error="no-sound")
    client = enter(organiser)
    assert "There is no sound in this file." in client.get(page("sounds", film)).content.decode()
    client.post(page("sound_again", film, row.pk))
    row.refresh_from_db()
    assert row.state == "waiting"


def test_the_desk_says_of_one_in_the_trash_that_nobody_hears_it(enter, organiser, event, film):
    row = AddedSoundFactory(asset=film)
    services.trash_assets(event, [row.sound.key])
    assert "lies in the trash" in enter(organiser).get(page("sounds", film)).content.decode()


def test_nothing_is_changed_in_an_archived_event_or_by_a_look(enter, organiser, event, film, sound):
    row = AddedSoundFactory(asset=film, state="failed")
    client = enter(organiser)
    assert client.get(page("sound_remove", film, row.pk)).status_code == 405
    Event.objects.filter(pk=event.pk).update(state="archived")
    client.post(page("sound_remove", film, row.pk))
    form = {"sound": sound.key, "language": "de", "role": "main", "begins": "0:00"}
    client.post(page("sounds", film), form)
    assert list(AddedSound.objects.all()) == [row]


def test_the_desk_of_others_has_no_such_page(enter, organiser, film, sound):
    client = enter(organiser)
    theirs = AddedSoundFactory()
    assert client.get(page("sounds", theirs.asset)).status_code == 404
    assert client.post(page("sound_remove", film, theirs.pk)).status_code == 404
    assert client.get(page("sounds", AssetFactory(event=sound.event))).status_code == 404
    assert client.get(page("sounds", sound)).context["form"] is None  # is no film
    assert AddedSound.objects.filter(pk=theirs.pk).exists()

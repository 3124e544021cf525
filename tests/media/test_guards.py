"""Who may have a file that is not public: whom the thing is for that shows it; a film that nothing shows, few."""

import pytest
from django.urls import reverse

from apps.events.models import Event
from apps.quizzes.models import Turn
from apps.tracks import services as tracks
from tests.factories.events import EventRoleFactory, RegistrationFactory
from tests.factories.exhibitors import BoothDocumentFactory, BoothFactory, BoothStaffFactory
from tests.factories.media import AssetFactory, EncodingFactory, VideoFactory
from tests.factories.quizzes import GameFactory
from tests.factories.tracks import SessionFactory, SpeakerFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def film(event):
    """It can be played; nothing lies in storage for it."""
    return VideoFactory(event=event, state="ready", encoding=EncodingFactory(organisation=event.organisation))


@pytest.fixture
def asks(enter):
    def status(person, asset, name="master"):
        client = enter(person)
        return client.get(reverse(f"media:{name}", args=[asset.event.slug, asset.key])).status_code

    return status


def test_film_of_a_deleted_session_is_nobodys(event, film, attendee, organiser, asks):
    session = SessionFactory(event=event, is_over=True, video=film)
    assert asks(attendee, film) == 200

    tracks.remove(rows=[session])

    assert (asks(attendee, film), asks(organiser, film)) == (404, 200)


def test_film_that_nothing_shows_is_for_who_brought_it(event, film, attendee, moderator, asks):
    speaker = EventRoleFactory(event=event).user
    film.uploaded_by = speaker
    film.save()

    assert (asks(attendee, film), asks(speaker, film)) == (404, 200)


def test_public_film_is_asked_about_nowhere(event, film, attendee, visitor, asks):
    film.is_public = True
    film.save()

    assert asks(attendee, film) == 200
    assert visitor.get(reverse("media:master", args=[event.slug, film.key])).status_code == 200


def test_document_that_nothing_shows_is_for_all_who_take_part(event, attendee, outsider, visitor, asks):
    paper = AssetFactory(event=event)

    assert (asks(attendee, paper, "download"), asks(outsider, paper, "download")) == (302, 404)
    assert visitor.get(reverse("media:download", args=[event.slug, paper.key])).status_code == 404


def test_files_of_an_archived_event_are_for_those_who_took_part(event, film, attendee, organiser, visitor, asks):
    paper = AssetFactory(event=event)
    SessionFactory(event=event, is_over=True, video=film)
    shut = {person: asks(person, paper, "download") for person in (attendee, organiser)}

    Event.objects.update(state=Event.State.ARCHIVED)

    assert {person: asks(person, paper, "download") for person in (attendee, organiser)} == shut
    assert visitor.get(reverse("media:master", args=[event.slug, film.key])).status_code == 404


@pytest.mark.parametrize("change", [{"state": Event.State.DRAFT}, {"visibility": Event.Visibility.PRIVATE}])
def test_files_of_an_event_that_is_not_shown_are_not_there_for_visitors(event, film, visitor, change):
    film.is_public = True
    film.save()
    Event.objects.update(**change)

    assert visitor.get(reverse("media:master", args=[event.slug, film.key])).status_code == 404


def test_files_of_a_deleted_event_are_gone(event, film, organiser, enter):
    address = reverse("media:master", args=[event.slug, film.key])
    event.delete()

    assert enter(organiser).get(address).status_code == 404


def test_files_of_a_booth_that_is_not_shown_are_its_peoples(event, film, attendee, organiser, asks):
    booth = BoothFactory(event=event, film=film, is_published=False)
    paper = BoothDocumentFactory(booth=booth).asset
    theirs = BoothStaffFactory(booth=booth).user
    RegistrationFactory(event=event, user=theirs)

    for asset, name, given in ((film, "master", 200), (paper, "download", 302)):
        assert (asks(attendee, asset, name), asks(theirs, asset, name), asks(organiser, asset, name)) == (
            *(404, given),
            given,
        )

    booth.is_published = True
    booth.save()

    assert (asks(attendee, film), asks(attendee, paper, "download")) == (200, 302)


def test_film_of_a_deleted_booth_is_nobodys(event, film, attendee, asks):
    booth = BoothFactory(event=event, film=film)
    assert asks(attendee, film) == 200

    booth.delete()

    assert asks(attendee, film) == 404


def test_document_of_a_deleted_booth_is_for_who_looks_after_files_and_who_brought_it(
    event, attendee, organiser, exhibitor, asks
):
    booth = BoothFactory(event=event, is_published=True)
    paper = BoothDocumentFactory(booth=booth, asset=AssetFactory(event=event, uploaded_by=exhibitor)).asset
    assert asks(attendee, paper, "download") == 302

    booth.delete()

    found = [asks(person, paper, "download") for person in (attendee, organiser, exhibitor)]
    assert found == [404, 302, 302]


def test_document_that_is_taken_off_a_booth_is_not_handed_on(event, attendee, asks):
    document = BoothDocumentFactory(booth=BoothFactory(event=event, is_published=True))
    assert asks(attendee, document.asset, "download") == 302

    document.delete()

    assert asks(attendee, document.asset, "download") == 404


def test_document_that_another_booth_shows_stays_there(event, attendee, asks):
    first, second = (BoothFactory(event=event, is_published=True) for _number in range(2))
    paper = BoothDocumentFactory(booth=first).asset
    BoothDocumentFactory(booth=second, asset=paper)

    first.delete()

    assert asks(attendee, paper, "download") == 302


def test_portrait_of_a_deleted_speaker_is_not_handed_on(event, attendee, asks):
    portrait = AssetFactory(event=event, kind="image")
    first, second = (SpeakerFactory(event=event, photo=portrait) for _number in range(2))

    tracks.remove(rows=[first])
    between = asks(attendee, portrait, "download")
    tracks.remove(rows=[second])

    assert (between, asks(attendee, portrait, "download")) == (302, 404)


def test_clip_of_a_quiz_is_there_once_it_was_asked(event, film, attendee, asks):
    game = GameFactory(quiz__event=event)
    Turn.objects.filter(game=game).update(sheet={"text": {}, "media": film.pk, "media_words": {}}, opens_at=None)
    assert asks(attendee, film) == 404

    Turn.objects.update(opens_at=event.starts_at)

    assert asks(attendee, film) == 200

"""What others show of our pages: Open Graph, schema.org, maps for searches; of listed events alone."""

import json
import re
from datetime import datetime
from xml.etree import ElementTree

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.events.models import Event
from apps.tracks.selectors import previews
from tests.factories.tracks import SessionFactory, SessionSpeakerFactory, SpeakerFactory

pytestmark = pytest.mark.django_db
DATA = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)


@pytest.fixture(autouse=True)
def empty_cache():
    cache.clear()


def data(page):
    found = DATA.findall(page)
    assert len(found) == 1
    return json.loads(found[0])


def meta(page, name):
    return re.findall(rf'<meta (?:property|name)="{name}" content="([^"]*)"', page)


@pytest.fixture
def talk(event):
    event.tagline, event.place, event.time_zone = "Rivers & <towns>", "Lisbon", "Europe/Lisbon"
    event.save()
    session = SessionFactory(
        event=event, title="High </script> water", abstract="<p>A year &amp; a day.</p><p>More.</p>"
    )
    SessionSpeakerFactory(session=session, speaker=SpeakerFactory(event=event, name="Ada Weir", title="Hydrologist"))
    return session


def test_event_says_what_it_is(event, talk, visitor, settings):
    page = visitor.get(event.get_absolute_url()).content.decode()
    found = data(page)
    assert meta(page, "og:title") == ["Freshet 2026"]
    assert meta(page, "og:description") == ["Rivers &amp; &lt;towns&gt;"]
    assert meta(page, "og:url") == [f"{settings.SITE_URL}/e/freshet/"]
    assert meta(page, "og:locale") == ["en_GB"]
    assert meta(page, "og:locale:alternate") == ["de_DE", "ar_AR"]
    assert f'<link rel="canonical" href="{settings.SITE_URL}/e/freshet/">' in page
    assert (found["@context"], found["@type"], found["name"]) == ("https://schema.org", "Event", "Freshet 2026")
    assert found["eventAttendanceMode"] == "https://schema.org/MixedEventAttendanceMode"
    assert [one["@type"] for one in found["location"]] == ["VirtualLocation", "Place"]
    assert datetime.fromisoformat(found["startDate"]) == event.starts_at.replace(microsecond=0)
    assert found["offers"]["availability"] == "https://schema.org/InStock"
    assert found["organizer"]["name"] == "Weir Society"


def test_script_cannot_be_ended_from_inside(event, talk, visitor):
    page = visitor.get(event.get_absolute_url()).content.decode()
    [part] = data(page)["subEvent"]
    assert part["name"] == "High </script> water"
    assert part["performer"] == [{"@type": "Person", "name": "Ada Weir"}]
    assert "</script> water" not in page


def test_session_and_speaker_say_what_they_are(event, talk, visitor):
    page = visitor.get(talk.get_absolute_url()).content.decode()
    assert meta(page, "og:description") == ["A year &amp; a day. More."]
    assert data(page)["superEvent"]["name"] == "Freshet 2026"
    speaker = talk.people[0]
    found = data(visitor.get(speaker.get_absolute_url()).content.decode())
    assert (found["@type"], found["name"], found["jobTitle"]) == ("Person", "Ada Weir", "Hydrologist")


def test_cancelled_session_says_so(event, talk, visitor):
    talk.state = "cancelled"
    talk.save()
    page = visitor.get(talk.get_absolute_url()).content.decode()
    assert data(page)["eventStatus"] == "https://schema.org/EventCancelled"


def test_long_texts_are_cut(event, visitor):
    event.tagline = "river " * 49
    event.save()
    [description] = meta(visitor.get(event.get_absolute_url()).content.decode(), "og:description")
    assert len(description) <= 200


def test_parts_have_an_end(event, monkeypatch):
    monkeypatch.setattr(previews, "MOST_SESSIONS", 3)
    SessionFactory.create_batch(5, event=event)
    assert len(previews.event_parts(event)) == 3


def test_parts_are_made_once(event, talk):
    made = previews.event_parts(event)
    assert [part["name"] for part in made] == [talk.title]
    with CaptureQueriesContext(connection) as asked:
        again = previews.event_parts(event)
    assert (again, len(asked)) == (made, 0)


def test_unlisted_event_tells_nothing_and_asks_not_to_be_indexed(event, talk, visitor):
    Event.objects.update(visibility=Event.Visibility.UNLISTED)
    for address in (event.get_absolute_url(), talk.get_absolute_url(), talk.people[0].get_absolute_url()):
        page = visitor.get(address).content.decode()
        assert "og:title" not in page
        assert "ld+json" not in page
        assert 'name="description"' not in page
        assert meta(page, "robots") == ["noindex"]


def test_private_event_is_not_there(event, talk, visitor, attendee, enter):
    Event.objects.update(visibility=Event.Visibility.PRIVATE)
    assert visitor.get(event.get_absolute_url()).status_code == 404
    page = enter(attendee).get(talk.get_absolute_url()).content.decode()
    assert ("og:title" in page, "share-address" in page) == (False, False)


def test_language_by_address_holds_for_one_answer(event, visitor):
    german = visitor.get(event.get_absolute_url() + "?lang=de")
    assert '<html lang="de"' in german.content.decode()
    assert "?lang=de" in re.search(r'rel="canonical" href="([^"]*)"', german.content.decode())[1]
    assert german.cookies.get("django_language") is None
    assert '<html lang="en"' in visitor.get(event.get_absolute_url()).content.decode()


def test_page_can_be_passed_on_without_a_script(event, talk, visitor, settings):
    page = visitor.get(talk.get_absolute_url()).content.decode()
    assert f'readonly dir="ltr" value="{settings.SITE_URL}{talk.get_absolute_url()}"' in page
    assert "mailto:?subject=High" in page


def test_map_holds_what_is_listed_alone(event, talk, visitor, settings):
    hidden = SessionFactory(event__visibility=Event.Visibility.UNLISTED)
    SessionFactory(event=event, state="withdrawn", title="Never was", slug="never-was")
    answer = visitor.get("/sitemap.xml")
    places = [loc.text for loc in ElementTree.fromstring(answer.content).iter() if loc.tag.endswith("}loc")]
    assert f"{settings.SITE_URL}{talk.get_absolute_url()}" in places
    assert f"{settings.SITE_URL}/e/freshet/" in places
    assert not [place for place in places if hidden.event.slug in place or "never-was" in place]


def test_map_is_made_once(event, visitor):
    made = visitor.get("/sitemap.xml").content
    with CaptureQueriesContext(connection) as asked:
        again = visitor.get("/sitemap.xml?again=1").content
    assert (again, len(asked)) == (made, 0)


def test_robots_know_the_map(visitor, settings):
    lines = visitor.get("/robots.txt").content.decode().splitlines()
    assert f"Sitemap: {settings.SITE_URL}/sitemap.xml" in lines
    assert "Disallow: /admin/" in lines


# Feeds for other people's pages


@pytest.mark.parametrize("form", ["xml", "json", "ics", "csv", "xlsx"])
def test_other_pages_may_ask_whether_the_agenda_changed(event, visitor, form):
    address = reverse("tracks:schedule", args=[event.slug, form])
    asked = visitor.options(
        address,
        headers={"Origin": "https://example.org", "Access-Control-Request-Headers": "if-none-match"},
    )
    assert (asked.status_code, asked["Access-Control-Allow-Origin"]) == (204, "*")
    assert "If-None-Match" in asked["Access-Control-Allow-Headers"]
    answer = visitor.get(address)
    assert (answer["Access-Control-Allow-Origin"], answer["Access-Control-Expose-Headers"]) == ("*", "ETag")
    again = visitor.get(address, headers={"If-None-Match": answer["ETag"]})
    assert (again.status_code, again["Access-Control-Allow-Origin"]) == (304, "*")


def test_hidden_and_personal_agendas_are_no_other_pages_business(event, attendee, enter, visitor):
    Event.objects.update(visibility=Event.Visibility.PRIVATE)
    address = reverse("tracks:schedule", args=[event.slug, "json"])
    assert visitor.options(address).status_code == 404
    assert "Access-Control-Allow-Origin" not in enter(attendee).options(address)
    registration = attendee.registrations.get()
    personal = visitor.get(reverse("tracks:personal", args=[event.slug, registration.agenda_token, "json"]))
    assert (personal.status_code, "Access-Control-Allow-Origin" in personal) == (200, False)


def test_one_persons_agenda_is_no_table(event, attendee, visitor):
    """A table cannot say that it is not the whole, and would withdraw the rest when it is read back."""
    token = attendee.registrations.get().agenda_token
    assert visitor.get(f"/e/{event.slug}/my/{token}/agenda.csv").status_code == 404


# Pictures


def test_picture_of_a_link_is_there_and_kept(event, talk, visitor, settings):
    for address in (event.get_absolute_url(), talk.get_absolute_url()):
        [picture] = meta(visitor.get(address).content.decode(), "og:image")
        answer = visitor.get(picture.removeprefix(settings.SITE_URL))
        assert (answer["Content-Type"], answer.content[:4]) == ("image/png", b"\x89PNG")
        assert answer["Cache-Control"] == "public, max-age=31536000, immutable"


def test_picture_of_former_words_is_gone(event, visitor, settings):
    [picture] = meta(visitor.get(event.get_absolute_url()).content.decode(), "og:image")
    Event.objects.update(name="Ebb")
    assert visitor.get(picture.removeprefix(settings.SITE_URL)).status_code == 404

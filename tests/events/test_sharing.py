"""Links that are counted, and the desk's page to make them."""

import pytest
from django.urls import reverse
from i18nfield.strings import LazyI18nString
from lxml import html

from apps.events import services
from apps.events.models import Registration
from apps.events.selectors import sources
from tests.factories.events import RegistrationFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(organiser, enter):
    return enter(organiser)


def share(event, query=""):
    return reverse("admin:events_event_share", args=[event.pk]) + query


def code(event, query=""):
    return reverse("admin:events_event_code", args=[event.pk]) + query


def about(**changes):
    return {"name": "Ada", "email": "ada@example.org", **changes}


def test_label_of_the_link_goes_along_to_the_registration(event, visitor):
    landing = visitor.get(f"/e/{event.slug}/?ref=Newsletter").content.decode()
    assert '<input type="hidden" name="ref" value="newsletter">' in landing
    visitor.post(f"/e/{event.slug}/register/", about(ref="newsletter"))
    assert Registration.objects.get().source == "newsletter"


def test_form_keeps_the_label_of_its_address(event, visitor):
    page = visitor.get(f"/e/{event.slug}/register/?ref=fair").content.decode()
    assert 'name="ref" value="fair"' in page


@pytest.mark.parametrize("label", ["<script>", "a b", "x" * 41, "", ".hidden", "ütopia"])
def test_strange_label_refuses_nobody(event, visitor, label):
    visitor.post(f"/e/{event.slug}/register/", about(ref=label))
    assert Registration.objects.get().source == ""


def test_label_of_the_api(event, visitor):
    visitor.post(f"/api/v1/events/{event.slug}/register/", about(ref="partner"), content_type="application/json")
    assert Registration.objects.get().source == "partner"


def test_second_link_takes_no_place_from_the_first(event, visitor):
    for label in ("first", "second"):
        visitor.post(f"/e/{event.slug}/register/", about(ref=label))
    assert Registration.objects.get().source == "first"


def test_who_cancels_and_comes_again_came_by_the_new_link(event, visitor):
    visitor.post(f"/e/{event.slug}/register/", about(ref="first"))
    services.cancel_registration(Registration.objects.get())
    visitor.post(f"/e/{event.slug}/register/", about(ref="second"))
    assert Registration.objects.get().source == "second"


def test_labels_are_counted(event, other_event):
    RegistrationFactory.create_batch(2, event=event, source="b")
    RegistrationFactory(event=event, source="a")
    RegistrationFactory(event=event)
    RegistrationFactory(event=other_event, source="c")
    assert sources.counted(event.registrations.all()) == [("b", 2), ("a", 1)]


def test_desk_makes_a_link_and_says_who_came(desk, event, settings):
    RegistrationFactory.create_batch(2, event=event, source="fair")
    page = desk.get(share(event, "?ref=Fair")).content.decode()
    assert f"{settings.SITE_URL}/e/{event.slug}/?ref=fair" in page
    assert '<td dir="ltr">fair</td><td>2</td>' in page
    assert "iframe" not in page


def test_desk_shows_what_to_copy_where_a_website_is_named(desk, event, settings):
    event.embed_origins = "https://www.example.org"
    event.save()
    page = desk.get(share(event)).content.decode()
    assert f"&lt;iframe data-plenary src=&quot;{settings.SITE_URL}/e/{event.slug}/embed/agenda/&quot;" in page
    assert "embed/register/?ref=website&quot;" in page


def test_name_of_an_event_says_nothing_to_the_website_it_is_copied_into(desk, event):
    event.embed_origins = "https://www.example.org"
    event.name = LazyI18nString({"en": '" onload="alert(1)"><script>alert(2)</script>'})
    event.save()

    page = html.fromstring(desk.get(share(event)).content.decode())
    copied = [html.fragments_fromstring(shown.text_content()) for shown in page.findall(".//pre")]

    assert [[part.tag for part in parts] for parts in copied] == [["iframe", "script"]] * 2
    for frame, script in copied:
        assert set(frame.attrib) == {"data-plenary", "src", "title", "width", "height", "style", "loading"}
        assert frame.get("title") == str(event.name)
        assert (set(script.attrib), script.text) == ({"src", "async"}, None)


def test_desk_of_others_is_not_there(desk, other_event):
    assert desk.get(share(other_event)).status_code == 404
    assert desk.get(code(other_event)).status_code == 404


@pytest.mark.parametrize(("form", "begins"), [("svg", b"<?xml"), ("png", b"\x89PNG")])
def test_code_is_a_file_to_print(desk, event, form, begins):
    answer = desk.get(code(event, f"?form={form}&ref=poster"))
    assert answer.content.startswith(begins)
    assert answer["Content-Disposition"] == f'attachment; filename="{event.slug}.{form}"'


def test_code_leads_into_its_event_alone(desk, event):
    own = desk.get(code(event)).content
    there = desk.get(code(event, f"?to=/e/{event.slug}/agenda/")).content
    assert there != own
    assert desk.get(code(event, "?to=https://evil.example/")).content == own


def test_list_is_filtered_by_label_of_ones_own_events(desk, event, other_event):
    came = RegistrationFactory(event=event, source="fair")
    other = RegistrationFactory(event=event, source="mail")
    RegistrationFactory(event=other_event, source="stranger")
    page = desk.get(f"/admin/events/registration/?event__id__exact={event.pk}&source=fair").content.decode()
    assert came.user.email in page
    assert other.user.email not in page
    assert "stranger" not in page

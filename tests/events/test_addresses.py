"""Addresses made from names, for two at once too; and what the desk says of an address or dates that others took."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db.models.signals import pre_save
from django.urls import reverse

from apps.core import clock
from apps.core.errors import Refused
from apps.events import services
from apps.events.forms import EventForm
from apps.events.models import Event, Organisation
from apps.events.services import addresses
from tests.access.test_stale_forms import sent
from tests.factories.events import EventFactory, MembershipFactory, OrganisationFactory

JSON = "application/json"


@pytest.fixture
def desk(event, organiser, enter):
    return enter(organiser)


def another(organisation, name, **given):
    now = clock.now()
    return services.create_event(organisation, name=name, starts_at=now, ends_at=now + timedelta(hours=1), **given)


def taken_meanwhile(monkeypatch, *slugs):
    """The first addresses that are found free are somebody else's when they are written."""
    left, real = list(slugs), addresses.free_slug
    monkeypatch.setattr(addresses, "free_slug", lambda model, name: left.pop(0) if left else real(model, name))


def test_fiftieth_event_without_a_latin_letter_has_an_address_too(desk, event, organiser):
    house = MembershipFactory(user=organiser).organisation
    Event.objects.bulk_create(
        EventFactory.build(organisation=house, slug=f"event-{number}" if number > 1 else "event")
        for number in range(1, 51)
    )
    assert another(house, "مؤتمر").slug == "event-51"
    wish = {"name": {"en": "مؤتمر"}, "starts_on": "2030-05-06"}
    copied = desk.post(f"/api/v1/events/{event.slug}/duplicate/", wish, content_type=JSON)
    assert (copied.status_code, copied.json()["slug"]) == (201, "event-52")


def test_number_that_is_free_is_taken_first(event):
    for slug in ("rain", "rain-2", "rain-4", "rain-coat"):
        EventFactory(slug=slug)
    assert another(event.organisation, "Rain").slug == "rain-3"


def test_two_events_of_one_name_at_once_have_two_addresses(event, monkeypatch):
    EventFactory(slug="webinar")
    EventFactory(slug="webinar-2")
    taken_meanwhile(monkeypatch, "webinar", "webinar-2")
    assert another(event.organisation, "Webinar").slug == "webinar-3"


def test_two_organisations_of_one_name_at_once_have_two_addresses(organiser, monkeypatch):
    OrganisationFactory(slug="dry-dock")
    taken_meanwhile(monkeypatch, "dry-dock")
    assert services.found_organisation(organiser, name="Dry Dock").slug == "dry-dock-2"


def test_tries_have_an_end(event, monkeypatch):
    taken_meanwhile(monkeypatch, *[event.slug] * (addresses.MOST_TRIES + 1))
    with pytest.raises(Refused) as refused:
        another(event.organisation, "Freshet")
    assert (refused.value.code, Event.objects.count()) == ("event.slug_taken", 1)


# At the desk, where somebody else is quicker ------------------------------------------------------------------------
@pytest.fixture
def unseen(monkeypatch):
    """The form finds all addresses free: what is taken was taken after it looked."""
    monkeypatch.setattr(EventForm, "validate_unique", lambda form: None)


def form_of(desk, address):
    return sent(desk.get(address), "event_form")


def test_address_that_another_event_took_is_told_beside_it(desk, event, unseen):
    EventFactory(slug="rain")
    address = reverse("admin:events_event_change", args=[event.pk])
    answer = desk.post(address, form_of(desk, address) | {"slug": "rain", "place": "The old weir"})
    form = answer.context["adminform"].form
    assert list(form.errors) == ["slug"]
    assert form["place"].value() == "The old weir"
    event.refresh_from_db()
    assert event.slug == "freshet"


def test_address_that_another_new_event_took_is_told_beside_it(desk, event, unseen):
    address = reverse("admin:events_event_add")
    given = form_of(desk, f"{address}?kind=webinar") | {"name_0": "Rain", "slug": event.slug}
    answer = desk.post(address, given)
    assert list(answer.context["adminform"].form.errors) == ["slug"]
    assert Event.objects.count() == 1


def test_dates_that_do_not_go_with_those_of_another_organiser_are_told(desk, event):
    Event.objects.update(starts_at=datetime(2030, 5, 6, 10, tzinfo=UTC), ends_at=datetime(2030, 5, 8, tzinfo=UTC))

    def meanwhile(instance, **_signal):
        Event.objects.update(ends_at=datetime(2030, 5, 6, 12, tzinfo=UTC))

    address = reverse("admin:events_event_change", args=[event.pk])
    given = form_of(desk, address) | {"starts_at_0": "2030-05-07", "place": "The old weir"}
    pre_save.connect(meanwhile, sender=Event)
    try:
        answer = desk.post(address, given)
    finally:
        pre_save.disconnect(meanwhile, sender=Event)
    form = answer.context["adminform"].form
    assert "Somebody else changed its dates" in str(form.non_field_errors())
    assert form["place"].value() == "The old weir"


def test_address_that_another_organisation_took_is_told_beside_it(desk, event, monkeypatch):
    OrganisationFactory(slug="dry-dock")
    monkeypatch.setattr(Organisation, "validate_unique", lambda organisation, exclude=None: None)
    address = reverse("admin:events_organisation_change", args=[event.organisation_id])
    answer = desk.post(address, {"name": "Another name", "slug": "dry-dock"})
    form = answer.context["adminform"].form
    assert (list(form.errors), form["name"].value()) == (["slug"], "Another name")

"""Booths made and changed by call, for those who run the event."""

import pytest

from apps.events.models import EventRole
from apps.exhibitors.models import Booth
from tests.factories.exhibitors import BoothFactory, BoothStaffFactory
from tests.factories.media import AssetFactory

JSON = "application/json"
BOOTHS = "/api/v1/events/freshet/desk/booths/"


@pytest.fixture
def client(organiser, enter):
    return enter(organiser)


def test_booth_is_made_with_its_people_and_files(client, event, attendee):
    logo, sheet = AssetFactory(event=event, kind="image"), AssetFactory(event=event)
    wish = {
        "name": "Lakeside Water",
        "tagline": {"en": "Gauges that last"},
        "website": "https://lakeside.example",
        "logo": logo.key,
        "staff": [attendee.pk],
        "documents": [sheet.key],
    }
    answer = client.post(BOOTHS, wish, content_type=JSON)

    told = answer.json()
    assert (answer.status_code, told["slug"], told["logo"]) == (201, "lakeside-water", logo.key)
    assert (told["staff"], told["documents"]) == ([attendee.pk], [sheet.key])
    assert EventRole.objects.filter(event=event, user=attendee, role="exhibitor").exists()


def test_second_booth_of_a_name_gets_an_address_of_its_own(client, event):
    slugs = [client.post(BOOTHS, {"name": "Lakeside"}, content_type=JSON).json()["slug"] for _time in range(2)]
    assert slugs == ["lakeside", "lakeside-2"]


def test_address_of_another_booth_is_refused(client, event):
    BoothFactory(event=event, slug="lakeside")
    booth = BoothFactory(event=event, slug="weir")
    refused = client.patch(f"{BOOTHS}{booth.slug}/", {"slug": "lakeside"}, content_type=JSON)
    assert refused.status_code in (400, 409)
    booth.refresh_from_db()
    assert booth.slug == "weir"


def test_change_leaves_what_is_not_said(client, event, attendee):
    booth = BoothFactory(event=event, name="Weir", is_published=False)
    BoothStaffFactory(booth=booth, user=attendee)
    told = client.patch(f"{BOOTHS}{booth.slug}/", {"is_published": True}, content_type=JSON).json()
    assert (told["name"], told["is_published"], told["staff"]) == ("Weir", True, [attendee.pk])
    assert client.patch(f"{BOOTHS}{booth.slug}/", {"staff": []}, content_type=JSON).json()["staff"] == []


@pytest.mark.parametrize("field", ["logo", "film", "documents", "staff"])
def test_what_is_of_another_event_is_not_there(client, event, other_event, outsider, field):
    foreign = AssetFactory(event=other_event, kind={"logo": "image", "film": "video"}.get(field, "document"))
    said = {"documents": [foreign.key], "staff": [outsider.pk]}.get(field, foreign.key)
    refused = client.post(BOOTHS, {"name": "Weir", field: said}, content_type=JSON)
    assert (refused.status_code, list(refused.json()["errors"])) == (400, [field])
    assert not Booth.objects.exists()


def test_list_is_narrowed_and_holds_what_is_not_shown(client, event):
    BoothFactory(event=event, name="Shown")
    BoothFactory(event=event, name="Kept", is_published=False)
    names = [[row["name"] for row in client.get(BOOTHS, asked).json()["results"]] for asked in (
        {}, {"is_published": "false"}, {"is_published": "true", "fields": "name"},
    )]  # fmt: skip
    assert [sorted(found) for found in names] == [["Kept", "Shown"], ["Kept"], ["Shown"]]


def test_booth_is_deleted(client, event, other_event):
    booth, foreign = BoothFactory(event=event), BoothFactory(event=other_event, slug="foreign")
    assert client.delete(f"{BOOTHS}{foreign.slug}/").status_code == 404
    assert client.delete(f"{BOOTHS}{booth.slug}/").status_code == 204
    assert Booth.objects.get() == foreign


def test_exhibitor_writes_no_booth(exhibitor, event, enter):
    assert enter(exhibitor).post(BOOTHS, {"name": "Mine"}, content_type=JSON).status_code == 403

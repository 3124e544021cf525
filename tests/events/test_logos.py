"""An event's logo goes with what it belonged to."""

import io

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from apps.core.errors import Refused
from apps.events import services
from apps.events.models import Event
from tests.access.test_stale_forms import sent
from tests.factories.events import EventFactory


def picture(colour="navy"):
    file = io.BytesIO()
    Image.new("RGB", (60, 60), colour).save(file, "PNG")
    return file.getvalue()


@pytest.fixture
def files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return lambda: sorted(path.name for path in (tmp_path / "events").glob("*"))


@pytest.fixture
def branded(event, files):
    event.logo.save("first.webp", ContentFile(picture()))
    return event


def test_logo_that_is_replaced_is_deleted_once_that_is_settled(branded, files, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        branded.logo.save("second.webp", ContentFile(picture()))
        assert files() == ["first.webp", "second.webp"]
    assert files() == ["second.webp"]


def test_logo_that_is_removed_at_the_desk_is_deleted(
    branded, organiser, enter, files, django_capture_on_commit_callbacks
):
    desk = enter(organiser)
    address = reverse("admin:events_event_change", args=[branded.pk])
    with django_capture_on_commit_callbacks(execute=True):
        desk.post(address, sent(desk.get(address), "event_form") | {"logo-clear": "on"})
    branded.refresh_from_db()
    assert (branded.logo.name, files()) == ("", [])


def test_logo_that_comes_at_the_desk_takes_the_place_of_the_former(
    branded, organiser, enter, files, django_capture_on_commit_callbacks
):
    desk = enter(organiser)
    address = reverse("admin:events_event_change", args=[branded.pk])
    new = SimpleUploadedFile("new.png", picture("teal"), content_type="image/png")
    with django_capture_on_commit_callbacks(execute=True):
        desk.post(address, sent(desk.get(address), "event_form") | {"logo": new})
    branded.refresh_from_db()
    assert files() == [branded.logo.name.rpartition("/")[2]]
    assert branded.logo.name != "events/first.webp"


def test_other_changes_keep_the_logo(branded, files, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        branded.save(update_fields=["place"])
        branded.save()
    assert files() == ["first.webp"]


def test_logo_goes_with_its_event(branded, files, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        branded.delete()
    assert files() == []


def test_copy_has_a_logo_of_its_own_and_one_that_is_refused_none(branded, organiser, files):
    wish = {"organisation": branded.organisation, "name": "Next year", "chosen": [], "by": organiser}
    wish["starts_on"] = branded.starts_at.date()
    EventFactory(slug="taken")
    with pytest.raises(Refused):
        services.duplicate_event(branded, **wish, slug="taken")
    assert files() == ["first.webp"]
    services.duplicate_event(branded, **wish, slug="next-year")
    copy = Event.objects.get(slug="next-year")
    assert copy.logo.name != branded.logo.name
    assert len(files()) == 2

"""People: found by address, changed by themselves."""

import io

import pytest
from django.db import IntegrityError, transaction
from PIL import Image

from apps.accounts import services
from apps.accounts.models import User
from apps.core.errors import Refused
from tests.factories.accounts import UserFactory


def picture(size=(40, 20), kind="PNG", **options):
    file = io.BytesIO()
    Image.new("RGB", size, "teal").save(file, kind, **options)
    file.seek(0)
    return file


@pytest.fixture
def nadia(db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return UserFactory(name="Nadia Okello", email="nadia@lakeside.example")


def test_address_is_kept_in_lower_case(db):
    user = User.objects.create_user("Nadia@Lakeside.Example")
    assert user.email == "nadia@lakeside.example"
    assert User.objects.get(email="NADIA@lakeside.example") == user


def test_address_is_one_persons(nadia):
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create_user("NADIA@lakeside.example")


def test_known_person_is_found_as_they_are(nadia):
    assert services.find_or_create(email="Nadia@lakeside.example", name="Eve") == (nadia, False)
    nadia.refresh_from_db()
    assert nadia.name == "Nadia Okello"


def test_person_with_a_known_address_is_not_made_again(nadia):
    with pytest.raises(Refused) as refused:
        services.create_person(email="nadia@lakeside.example")
    assert refused.value.code == "person.exists"


def test_only_the_profile_is_changed(nadia):
    with pytest.raises(ValueError, match="is_staff"):
        services.update_profile(nadia, is_staff=True)


def test_photo_is_written_anew_without_what_else_the_file_said(nadia):
    exif = Image.Exif()
    exif[0x010F] = "Camera of Nadia"
    services.update_profile(nadia, photo=picture((900, 300), "JPEG", exif=exif))
    with nadia.photo.open() as file:
        image = Image.open(file)
        assert (image.format, image.size, len(image.getexif())) == ("WEBP", (512, 512), 0)


def test_former_photo_is_removed(nadia, django_capture_on_commit_callbacks):
    services.update_profile(nadia, photo=picture())
    former, storage = nadia.photo.name, nadia.photo.storage
    with django_capture_on_commit_callbacks(execute=True):
        services.update_profile(nadia, remove_photo=True)
    assert (nadia.photo_url, storage.exists(former)) == ("", False)


@pytest.mark.parametrize(
    "content", [b"", b"GIF89a", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"\x89PNG\r\n\x1a\n" + b"0" * 99]
)
def test_what_is_no_picture_is_refused(nadia, content):
    with pytest.raises(Refused) as refused:
        services.update_profile(nadia, photo=io.BytesIO(content))
    assert (refused.value.code, refused.value.field) == ("picture.unreadable", "photo")


def test_picture_that_would_not_fit_into_memory_is_refused_unopened(nadia):
    with pytest.raises(Refused):
        services.update_profile(nadia, photo=picture((9000, 9000)))


def test_file_that_is_too_large_is_refused(nadia):
    with pytest.raises(Refused) as refused:
        services.update_profile(nadia, photo=io.BytesIO(b"0" * (8 * 1024 * 1024 + 1)))
    assert refused.value.code == "picture.too_large"

"""What people say of themselves, checked and tidied, and whom it is shown to."""

import io

import pytest
from django.db import IntegrityError, transaction
from PIL import Image, PngImagePlugin

from apps.accounts import services
from apps.accounts.models import SHOWN_FIELDS, Audience, User
from apps.accounts.permissions import Reader
from apps.accounts.selectors import shown_of
from apps.core.errors import Refused
from tests.factories.accounts import UserFactory

FULL = {
    "title": "Hydrologist",
    "company": "Lakeside",
    "pronouns": "she",
    "bio": "Ask me about weirs.",
    "languages": ["sw", "en"],
    "interests": ["Rivers"],
    "links": ["https://example.org/nadia"],
    "time_zone": "Africa/Nairobi",
}


@pytest.fixture
def nadia(db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return UserFactory(name="Nadia Okello")


def picture(size=(80, 80), form="PNG", **extra):
    file = io.BytesIO()
    Image.new("RGB", size, "#0b4f5c").save(file, form, **extra)
    file.seek(0)
    return file


def seen(person, reader):
    shown = shown_of(User.objects.get(pk=person.pk), to=reader)
    return {field for field in SHOWN_FIELDS if getattr(shown, "photo_url" if field == "photo" else field)}


def test_first_only_what_was_always_shown_is_shown(nadia):
    services.update_profile(nadia, photo=picture(), **FULL)
    assert seen(nadia, Reader.PEOPLE) == {"photo", "title", "company"}
    assert seen(nadia, Reader.STAFF) == {"photo", "title", "company"}
    assert seen(nadia, Reader.STRANGER) == set()
    assert seen(nadia, Reader.SELF) == set(SHOWN_FIELDS)


@pytest.mark.parametrize("field", SHOWN_FIELDS)
def test_each_field_is_shown_to_whom_its_person_chose(nadia, field):
    services.update_profile(nadia, photo=picture(), **FULL)
    found = []
    for audience in Audience:
        services.update_profile(nadia, visibility={field: audience})
        readers = (Reader.STRANGER, Reader.PEOPLE, Reader.STAFF, Reader.SELF)
        found.append([reader for reader in readers if field in seen(nadia, reader)])
    assert found == [[Reader.PEOPLE, Reader.STAFF, Reader.SELF], [Reader.STAFF, Reader.SELF], [Reader.SELF]]


def test_choices_that_are_not_named_stay(nadia):
    services.update_profile(nadia, visibility={"bio": "staff", "title": "nobody"})
    services.update_profile(nadia, visibility={"bio": "everybody"})
    nadia.refresh_from_db()
    assert (nadia.audience_of("bio"), nadia.audience_of("title")) == (Audience.EVERYBODY, Audience.NOBODY)


@pytest.mark.parametrize("wish", [{"email": "everybody"}, {"bio": "the world"}, {"name": "nobody"}])
def test_choice_that_does_not_exist_is_refused(nadia, wish):
    with pytest.raises(Refused) as refused:
        services.update_profile(nadia, title="Changed", visibility=wish)
    nadia.refresh_from_db()
    assert (refused.value.code, nadia.title) == ("profile.visibility", "")


def test_database_keeps_no_field_in_two_lists(nadia):
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=nadia.pk).update(hidden_fields=["bio"], staff_fields=["bio"])
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=nadia.pk).update(hidden_fields=["email"])


def test_interests_are_tidied_and_kept_once(nadia):
    services.update_profile(
        nadia, interests=["  Open   Data ", "open data", "#rivers", "Straße", "STRASSE", "", "a\u202eb"]
    )
    assert nadia.interests == ["Open Data", "rivers", "Straße", "a b"]


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"interests": [f"interest {n}" for n in range(13)]}, "profile.too_many"),
        ({"interests": ["x" * 41]}, "profile.interest_long"),
        ({"links": [f"https://example.org/{n}" for n in range(7)]}, "profile.too_many"),
        ({"languages": ["de", "xx"]}, "profile.language"),
        ({"languages": ["de", "en", "fr", "it", "es", "pt", "nl", "sv", "da", "fi", "pl"]}, "profile.too_many"),
    ],
)
def test_too_much_is_refused(nadia, values, code):
    with pytest.raises(Refused) as refused:
        services.update_profile(nadia, **values)
    nadia.refresh_from_db()
    assert (refused.value.code, nadia.interests, nadia.links, nadia.languages) == (code, [], [], [])


@pytest.mark.parametrize(
    "address",
    [
        "http://example.org/", "javascript:alert(1)", "https://user:word@example.org/", "https://example.org@evil.test/",
        "https://localhost/", "https://10.0.0.1/", "https://[::1]/", "data:text/html,x", "https://", "ftp://example.org",
        "https://exa mple.org/", "https://example.org/\u202efdp", f"https://example.org/{'a' * 200}", "https://[bad/",
    ],
)  # fmt: skip
def test_what_is_no_plain_https_address_is_no_link(nadia, address):
    with pytest.raises(Refused) as refused:
        services.update_profile(nadia, links=[address])
    assert (refused.value.code, refused.value.field) == ("profile.link", "links")


def test_links_are_called_by_their_place_and_show_look_alikes(nadia):
    links = ["example.org/a", "https://www.github.com/nadia", "https://gіthub.com/nadia"]
    services.update_profile(nadia, links=links, visibility={"links": "everybody"})
    assert [link.label for link in shown_of(nadia, to=Reader.PEOPLE).links] == [
        "example.org",
        "GitHub",
        "xn--gthub-n2e.com",
    ]


def test_photo_holds_nothing_but_its_picture(nadia):
    """Where it was taken, what stands in its text and what was hung on behind it are not in what we keep."""
    exif = Image.Exif()
    exif.get_ifd(0x8825)[1] = "N"
    exif[0x010E] = "Kelpwater harbour"
    text = PngImagePlugin.PngInfo()
    text.add_text("Comment", "Kelpwater")
    for file in (picture(form="JPEG", exif=exif), picture(pnginfo=text)):
        hung_on = io.BytesIO(file.read() + b"PK\x03\x04<script>Kelpwater</script>")
        services.update_profile(nadia, photo=hung_on)
        with nadia.photo.open() as kept:
            content = kept.read()
        assert b"Kelpwater" not in content
        assert (content[:4], content[8:12], dict(Image.open(io.BytesIO(content)).getexif())) == (b"RIFF", b"WEBP", {})


def test_page_that_is_behind_undoes_nothing(nadia):
    services.update_profile(nadia, photo=picture())
    behind = User.objects.get(pk=nadia.pk)
    services.update_profile(nadia, photo=picture(), visibility={"bio": "nobody"})
    services.update_profile(behind, title="Hydrologist")
    kept = User.objects.get(pk=nadia.pk)
    assert (kept.photo.name, kept.audience_of("bio"), kept.title) == (nadia.photo.name, "nobody", "Hydrologist")
    assert kept.photo.storage.exists(kept.photo.name)


def test_photo_that_replaces_another_meanwhile_leaves_neither_behind(nadia, django_capture_on_commit_callbacks):
    behind = User.objects.get(pk=nadia.pk)
    services.update_profile(nadia, photo=picture())
    first, storage = nadia.photo.name, nadia.photo.storage
    with django_capture_on_commit_callbacks(execute=True):
        services.update_profile(behind, photo=picture())
    assert (storage.exists(first), storage.exists(behind.photo.name)) == (False, True)


def test_photo_is_kept_in_one_browser_and_not_for_long(nadia, client):
    services.update_profile(nadia, photo=picture(), visibility={"photo": "everybody"})
    response = client.get(nadia.own_photo_url)
    assert response.headers["Cache-Control"] == "private, max-age=86400"
    response.close()


def test_photo_that_fewer_may_see_gets_another_address(nadia, django_capture_on_commit_callbacks):
    services.update_profile(nadia, photo=picture())
    former = nadia.photo.name
    with django_capture_on_commit_callbacks(execute=True):
        services.update_profile(nadia, visibility={"photo": "nobody"})
    storage = nadia.photo.storage
    assert (nadia.photo.name != former, storage.exists(former), storage.exists(nadia.photo.name)) == (True, False, True)
    assert (nadia.photo_url, bool(nadia.own_photo_url)) == ("", True)

"""What comes in whole: pictures written anew, documents by their bytes, and what is left when an asset goes."""

import io
from datetime import timedelta

import pytest
from PIL import Image

from apps.core import clock
from apps.core.errors import Refused
from apps.media import registry, selectors, services
from apps.media.models import Asset, Leftover
from tests.factories.events import EventFactory

PDF = b"%PDF-1.7\nlevels\n%%EOF\n"


def jpeg(size=(640, 480), *, exif=None):
    out = io.BytesIO()
    Image.new("RGB", size, "#2c7391").save(out, "JPEG", **({"exif": exif} if exif else {}))
    return out.getvalue()


def test_a_picture_loses_its_exif_and_is_turned_upright(anywhere, event, get, django_capture_on_commit_callbacks):
    exif = Image.Exif()
    exif[0x0112] = 6  # lies on its side
    exif[0x010E] = "taken at my house"
    with django_capture_on_commit_callbacks(execute=True):
        asset = services.ingest_file(event, jpeg(exif=exif), title="The weir", kind="image")
    assert (asset.kind, asset.state, asset.width, asset.height) == ("image", "ready", 480, 640)
    status, body, headers = get(selectors.image_url(asset))
    assert (status, headers["Content-Type"]) == (200, "image/jpeg")
    assert Image.open(io.BytesIO(body)).size == (480, 640)
    assert b"my house" not in body
    with pytest.raises(registry.Missing):
        registry.store().size(f"{asset.folder}/original")


def avif(*, exif):
    out = io.BytesIO()
    Image.new("RGB", (640, 480), "#2c7391").save(out, "AVIF", exif=exif)
    return out.getvalue()


def test_an_avif_picture_is_taken_and_written_anew(disk, event, get):
    exif = Image.Exif()
    exif[0x0112] = 6  # lies on its side
    exif[0x010E] = "taken at my house"
    asset = services.ingest_file(event, avif(exif=exif), title="The weir", kind="image")
    assert (asset.kind, asset.state, asset.width, asset.height) == ("image", "ready", 480, 640)
    _status, body, headers = get(selectors.image_url(asset))
    assert headers["Content-Type"] == "image/webp"
    assert b"my house" not in body


def test_what_hides_behind_a_picture_is_gone(disk, event, get):
    asset = services.ingest_file(event, jpeg() + b"<script>alert(1)</script>", title="The weir")
    _, body, _ = get(selectors.image_url(asset))
    assert b"script" not in body


def test_a_huge_picture_is_scaled_down(disk, event):
    asset = services.ingest_file(event, jpeg((6000, 3000)), title="The valley")
    assert (asset.width, asset.height) == (4096, 2048)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "media.empty"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>", "media.svg"),
        (b"<!doctype html><script>x()</script>", "media.html"),
        (jpeg()[:200], "media.picture"),
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + bytes(200), "media.heic"),
        (b"%PDF-1.7 and no end", "media.cut-pdf"),
    ],
)
def test_what_is_not_taken_leaves_nothing(anywhere, event, data, code):
    with pytest.raises(Refused) as refused:
        services.ingest_file(event, data, title="Levels")
    assert refused.value.code == code
    assert not Asset.objects.exists()


def test_a_file_of_another_kind_than_asked_for_is_refused(disk, event):
    with pytest.raises(Refused) as refused:
        services.ingest_file(event, PDF, title="Levels", kind="image")
    assert refused.value.code == "media.kind"


def test_a_document_is_opened_in_the_page_or_saved_under_its_title(anywhere, event, attendee, enter, get):
    asset = services.ingest_file(event, PDF, title="Tarrow valley agreement")
    client = enter(attendee)
    _, body, headers = get(client.get(f"/e/freshet/media/{asset.key}/file?open")["Location"])
    assert body == PDF
    assert headers["Content-Disposition"] == 'inline; filename="Tarrow valley agreement.pdf"'
    _, _, headers = get(client.get(f"/e/freshet/media/{asset.key}/file")["Location"])
    assert headers["Content-Disposition"] == 'attachment; filename="Tarrow valley agreement.pdf"'


def test_a_file_is_the_events_own(disk, event, other_event, attendee, outsider, enter, visitor):
    asset = services.ingest_file(event, PDF, title="Agreement")
    path = f"/e/freshet/media/{asset.key}/file"
    assert enter(attendee).get(path).status_code == 302
    assert enter(outsider).get(path).status_code == 404
    assert visitor.get(path).status_code == 404
    assert enter(outsider).get(f"/e/undertow/media/{asset.key}/file").status_code == 404


def test_a_public_file_is_for_all_who_see_the_event(disk, event, visitor):
    asset = services.ingest_file(event, PDF, title="Programme", is_public=True)
    assert visitor.get(f"/e/freshet/media/{asset.key}/file").status_code == 302


def test_addresses_expire_and_cannot_be_turned_to_another_file(disk, event, get, monkeypatch):
    one = services.ingest_file(event, PDF, title="One")
    two = services.ingest_file(event, PDF, title="Two")
    url = selectors.file_url(one, save=True)
    assert get(url)[0] == 200
    assert get(url.replace(one.key, two.key))[0] == 404
    assert get(url.replace("One", "Evil"))[0] == 404
    assert get(url.replace("type=application/pdf", "type=text/html"))[0] == 404
    later = clock.now() + timedelta(hours=13)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert get(url)[0] == 404


def test_an_address_stays_the_same_for_a_while_so_that_it_is_cached(anywhere, event):
    asset = services.ingest_file(event, jpeg(), title="The weir")
    assert selectors.image_url(asset) == selectors.image_url(asset)


@pytest.mark.parametrize(
    ("asked", "status", "body", "content_range"),
    [
        ("bytes=0-3", 206, PDF[:4], f"bytes 0-3/{len(PDF)}"),
        ("bytes=5-", 206, PDF[5:], f"bytes 5-{len(PDF) - 1}/{len(PDF)}"),
        ("bytes=-6", 206, PDF[-6:], f"bytes {len(PDF) - 6}-{len(PDF) - 1}/{len(PDF)}"),
        ("bytes=9999-", 416, b"", f"bytes */{len(PDF)}"),
        ("bytes=5-2", 200, PDF, None),
        ("pages=1-2", 200, PDF, None),
    ],
)
def test_ranges_of_a_file_on_disk(disk, event, get, asked, status, body, content_range):
    url = selectors.file_url(services.ingest_file(event, PDF, title="Levels"), save=False)
    got = get(url, Range=asked)
    assert (got[0], got[1], got[2].get("Content-Range")) == (status, body, content_range)


def test_nginx_sends_the_file_where_it_is_asked_to(disk, settings, event, get):
    settings.ACCEL_PREFIX = "/protected/"
    asset = services.ingest_file(event, PDF, title="Levels")
    status, body, headers = get(selectors.file_url(asset, save=False))
    assert (status, body, headers["X-Accel-Redirect"]) == (200, b"", f"/protected/{asset.original}")


def test_a_deleted_asset_leaves_no_file(anywhere, event):
    asset = services.ingest_file(event, PDF, title="Levels")
    services.delete_asset(asset)
    services.sweep_leftovers()
    assert not Leftover.objects.exists()
    with pytest.raises(registry.Missing):
        registry.store().size(asset.original)


def test_a_kept_picture_outlives_its_event_and_comes_back_in_another(anywhere, event, get):
    asset = services.ingest_file(event, jpeg(), title="The gauge")
    other = EventFactory(organisation=event.organisation)
    keys = services.keep_pictures([None, asset])
    event.delete()
    services.sweep_leftovers()

    nothing, back = services.bring_pictures(other, keys)

    assert (nothing, back.event, back.title, back.size) == (None, other, "The gauge", asset.size)
    assert get(selectors.image_url(back))[0] == 200
    services.let_pictures_go(keys)
    services.sweep_leftovers()
    assert get(selectors.image_url(back))[0] == 200
    services.delete_asset(back)
    services.sweep_leftovers()
    with pytest.raises(registry.Missing):
        registry.store().size(asset.original)


def test_a_kept_picture_is_nobodys_but_its_organisations(disk, event):
    keys = services.keep_pictures([services.ingest_file(event, jpeg(), title="The gauge")])

    assert services.bring_pictures(EventFactory(), keys) == [None]


def test_an_events_files_go_with_it(disk, event):
    asset = services.ingest_file(event, PDF, title="Levels")
    event.delete()
    assert Leftover.objects.get().folder == asset.folder

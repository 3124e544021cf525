"""Attachments in a bucket: handed out by signed addresses, only to those who may read the room."""

import io
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from django.urls import reverse
from PIL import Image

from apps.chat import services
from apps.core import clock
from apps.venue.demo import drawing
from events_platform import parts

ATTENDEE = frozenset({"attendee"})
PDF = drawing.pdf("Plan", "Ostra", ["The gauge stands at 2.10 m."])


@pytest.fixture
def bucket(s3, settings):
    settings.AWS_S3_CLIENT_CONFIG = parts.s3_client()
    return s3


@pytest.fixture
def attach(room, attendee):
    def take(data, name):
        return services.attach(room, user=attendee, roles=ATTENDEE, name=name, file=io.BytesIO(data))

    return take


def picture():
    file = io.BytesIO()
    Image.new("RGB", (900, 600), "teal").save(file, "PNG")
    return file.getvalue()


def test_bucket_hands_out_a_document_under_its_name(bucket, room, attendee, outsider, say, enter, attach):
    row = attach(PDF, "Höhenplan.pdf")
    url = reverse("chat:file", args=[room.event.slug, room.pk, row.key])
    say(attendee, "The plan", files=(services.Wanted(row.key),))

    answer = enter(attendee).get(url)

    assert answer.status_code == 302
    signed = urlsplit(answer["Location"])
    assert f"{signed.scheme}://{signed.netloc}" == bucket.url
    assert int(parse_qs(signed.query)["X-Amz-Expires"][0]) <= 6 * 3600
    found = requests.get(answer["Location"], timeout=60)
    assert (found.status_code, found.content) == (200, PDF)
    assert found.headers["Content-Type"] == "application/pdf"
    assert found.headers["Content-Disposition"] == "attachment; filename*=utf-8''H%C3%B6henplan.pdf"
    assert "Location" not in enter(outsider).get(url).headers or bucket.url not in enter(outsider).get(url)["Location"]


def test_bucket_shows_a_picture_and_its_preview(bucket, room, attendee, say, enter, attach):
    row = attach(picture(), "field.png")
    say(attendee, "The field", files=(services.Wanted(row.key, "A field"),))
    url = reverse("chat:file", args=[room.event.slug, room.pk, row.key])

    whole, preview = (requests.get(enter(attendee).get(at)["Location"], timeout=60) for at in (url, f"{url}?preview=1"))

    assert whole.headers["Content-Type"] == preview.headers["Content-Type"] == "image/webp"
    assert whole.headers["Content-Disposition"].startswith("inline")
    sizes = [Image.open(io.BytesIO(found.content)).size for found in (whole, preview)]
    assert sizes == [(900, 600), (720, 480)]


def test_removed_file_gets_no_signed_address(bucket, room, attendee, speaker, moderator, say, enter, attach):
    row = attach(PDF, "plan.pdf")
    said = say(attendee, "The plan", files=(services.Wanted(row.key),))
    services.remove_messages(services.Actor(room.event_id, moderator.pk, frozenset({"moderator"})), messages=[said.id])
    url = reverse("chat:file", args=[room.event.slug, room.pk, row.key])

    assert enter(speaker).get(url).status_code == 404
    assert enter(moderator).get(url).status_code == 302


def test_unsent_files_leave_the_bucket(bucket, attach, monkeypatch):
    attach(picture(), "field.png")
    attach(PDF, "plan.pdf")
    assert len(bucket.keys()) == 3
    later = clock.now() + timedelta(hours=25)
    monkeypatch.setattr(clock, "now", lambda: later)

    assert services.sweep() == 2
    assert bucket.keys() == []

"""Uploads: parts straight to storage, resumed where they stopped, and judged by their bytes."""

import base64
import hashlib
import json
import re
from datetime import timedelta

import pytest

from apps.core import clock
from apps.core.errors import Refused
from apps.media import registry, services
from apps.media.adapters import storage
from apps.media.adapters.disk import DiskStore
from apps.media.models import Asset, Leftover, Upload
from apps.media.registry import Missing

PDF = b"%PDF-1.7\n" + b"level " * 3000 + b"\nstartxref\n9\n%%EOF\n"


@pytest.fixture(autouse=True)
def small_parts(monkeypatch):
    """5 MiB is the least that S3 takes as a part."""
    monkeypatch.setattr(storage, "PART_SIZE", 5 * storage.MIB)


def call(client, method, path, body=None):
    answer = client.generic(method, path, json.dumps(body or {}), content_type="application/json")
    return answer.status_code, json.loads(answer.content or b"{}")


def digest(part):
    return base64.b64encode(hashlib.sha256(part).digest()).decode()


def pieces(data, size):
    return {n + 1: data[at : at + size] for n, at in enumerate(range(0, len(data), size))}


def begin(client, data, *, name="levels.pdf", checksums=True):
    return call(
        client,
        "POST",
        "/api/v1/events/freshet/uploads/",
        {"file_name": name, "size": len(data), "fingerprint": f"{name}-{len(data)}", "checksums": checksums},
    )


def targets(client, key, parts, *, checksums=True):
    wishes = [{"number": n, "sha256": digest(part) if checksums else ""} for n, part in parts.items()]
    status, answer = call(client, "POST", f"/api/v1/events/freshet/uploads/{key}/parts/", {"parts": wishes})
    assert status == 200, answer
    return answer["targets"]


def send_all(client, put, data, **options):
    _, upload = begin(client, data, **options)
    parts = pieces(data, upload["part_size"])
    for target in targets(client, upload["key"], parts):
        assert put(target, parts[target["number"]]) in (200, 204)
    return upload["key"]


def complete(client, key):
    return call(client, "POST", f"/api/v1/events/freshet/uploads/{key}/complete/")


def test_upload_becomes_an_asset(anywhere, event, organiser, enter, put, get):
    client = enter(organiser)
    status, answer = complete(client, send_all(client, put, PDF, name="River_levels.pdf"))
    assert status == 200
    assert answer["asset"]["kind"] == "document"
    assert answer["asset"]["title"] == "River levels"
    asset = Asset.objects.get()
    assert (asset.event, asset.uploaded_by, asset.state, asset.size) == (event, organiser, "ready", len(PDF))
    answer = client.get(f"/e/freshet/media/{asset.key}/file")
    assert answer.status_code == 302
    status, body, headers = get(answer["Location"])
    assert (status, body) == (200, PDF)
    assert headers["Content-Disposition"] == 'attachment; filename="River levels.pdf"'
    assert headers["Content-Type"] == "application/pdf"


def test_upload_in_several_parts_is_resumed_where_it_stopped(anywhere, event, organiser, enter, put, sent):
    film = b"\x00\x00\x00\x20ftypisom" + bytes(12 * storage.MIB)
    client = enter(organiser)
    _, upload = begin(client, film, name="talk.mp4")
    parts = pieces(film, upload["part_size"])
    assert sorted(parts) == [1, 2, 3]
    for target in targets(client, upload["key"], {2: parts[2]}):
        put(target, parts[2])
    status, answer = complete(client, upload["key"])
    assert (status, answer["code"]) == (409, "media.incomplete")

    _, again = begin(enter(organiser), film, name="talk.mp4")
    assert again["key"] == upload["key"]
    assert again["parts"] == {"2": 5 * storage.MIB}
    for target in targets(client, upload["key"], {1: parts[1], 3: parts[3]}):
        put(target, parts[target["number"]])
    status, answer = complete(client, upload["key"])
    assert (status, answer["asset"]["kind"], answer["asset"]["state"]) == (200, "video", "processing")
    assert registry.store().size(Asset.objects.get().original) == len(film)


def test_completing_twice_gives_the_same_answer(anywhere, event, organiser, enter, put):
    client = enter(organiser)
    key = send_all(client, put, PDF)
    assert complete(client, key) == complete(client, key)
    assert Asset.objects.count() == 1


def test_text_that_calls_itself_a_film_is_refused_and_nothing_stays(anywhere, event, organiser, enter, put):
    client = enter(organiser)
    key = send_all(client, put, b"Dear mayors, the meadow is wet.\n" * 50, name="talk.mp4")
    status, answer = complete(client, key)
    assert (status, answer["code"]) == (422, "media.text")
    assert "text file" in answer["title"]
    assert not Asset.objects.exists()
    with pytest.raises(registry.Missing):
        registry.store().size(f"assets/{key}/original")
    assert complete(client, key) == (status, answer)


def test_a_part_with_another_checksum_does_not_count(disk, event, organiser, enter, put):
    client = enter(organiser)
    _, upload = begin(client, PDF)
    [target] = targets(client, upload["key"], {1: PDF})
    assert put(target, PDF[:-1] + b"?") == 400
    assert put(target, PDF + b"?") == 400
    assert complete(client, upload["key"])[0] == 409
    assert put(target, PDF) == 204
    assert complete(client, upload["key"])[0] == 200


def test_nobody_writes_into_a_file_once_it_was_looked_at(disk, event, organiser, enter, put):
    """A part that is sent twice: slowly, and meanwhile once more, as it was announced."""
    client = enter(organiser)
    _, upload = begin(client, PDF, checksums=False)
    [target] = targets(client, upload["key"], {1: PDF}, checksums=False)
    late, store = b"?" * len(PDF), DiskStore()

    def blocks():
        yield late[:10]
        assert put(target, PDF) == 204
        assert complete(client, upload["key"])[0] == 200
        yield late[10:]

    with pytest.raises(Missing):
        store.write_part(store.read_note(target["url"].rpartition("/")[2]), blocks())
    assert put(target, late) == 410
    assert store.read(Asset.objects.get().original, 0, len(PDF)) == PDF


@pytest.mark.parametrize("title", ["Levels\r\nSet-Cookie: a=b", "Levels \u202efdp.exe", "Levels\x07\u2028"])
def test_name_of_a_file_does_what_a_name_does(disk, event, organiser, enter, put, get, title):
    """It neither ends a line of the answer's head nor shows another ending."""
    client = enter(organiser)
    complete(client, send_all(client, put, PDF))
    Asset.objects.update(title=title)
    status, _body, headers = get(client.get(f"/e/freshet/media/{Asset.objects.get().key}/file")["Location"])
    assert status == 200
    assert re.fullmatch(r'attachment; filename="[ -~]+\.pdf"', headers["Content-Disposition"])
    assert "Set-Cookie" not in headers


def test_a_part_address_is_for_that_part_alone(disk, event, organiser, enter, put):
    client = enter(organiser)
    _, upload = begin(client, PDF)
    [target] = targets(client, upload["key"], {1: PDF})
    assert put({**target, "url": target["url"][:-2]}, PDF) == 404


def test_presigned_part_binds_length_and_checksum(bucket, event, organiser, enter):
    client = enter(organiser)
    _, upload = begin(client, PDF)
    [target] = targets(client, upload["key"], {1: PDF})
    assert "content-length" in target["url"]
    assert target["headers"] == {"x-amz-checksum-sha256": digest(PDF)}
    assert "crc32" not in target["url"].lower()


def test_speaker_and_exhibitor_bring_files_and_attendees_do_not(disk, event, speaker, exhibitor, attendee, enter):
    assert begin(enter(speaker), PDF)[0] == 201
    assert begin(enter(exhibitor), PDF)[0] == 201
    assert begin(enter(attendee), PDF)[0] == 403


def test_an_upload_is_its_owners_alone(disk, event, organiser, speaker, other_organiser, enter, visitor):
    _, upload = begin(enter(speaker), PDF)
    path = f"/api/v1/events/freshet/uploads/{upload['key']}/"
    assert enter(speaker).get(path).status_code == 200
    assert enter(organiser).get(path).status_code == 404
    assert enter(other_organiser).get(path).status_code == 403
    assert visitor.get(path).status_code in (401, 403)


def test_upload_of_another_event_is_not_found(disk, event, other_event, organiser, other_organiser, enter):
    upload = services.create_upload(
        other_event, by=other_organiser, file_name="a.pdf", size=10, fingerprint="a", checksums=False
    )
    assert enter(organiser).get(f"/api/v1/events/freshet/uploads/{upload.key}/").status_code == 404


def test_too_large_and_empty_are_refused_before_a_byte_is_sent(disk, settings, event, organiser):
    settings.UPLOAD_MOST_BYTES = 1000
    for size, code in ((1001, "media.size"), (0, "media.empty")):
        with pytest.raises(Refused) as refused:
            services.create_upload(event, by=organiser, file_name="a.mp4", size=size, fingerprint="a")
        assert refused.value.code == code
    assert not Upload.objects.exists()


def test_person_and_event_have_their_fill_before_a_byte_is_sent(disk, settings, event, organiser, speaker):
    settings.UPLOAD_MOST_BYTES_PERSON, settings.UPLOAD_MOST_BYTES_EVENT = 1000, 2000

    def begin(by, size, mark):
        return services.create_upload(event, by=by, file_name="a.mp4", size=size, fingerprint=mark)

    def refused(by, size, mark):
        with pytest.raises(Refused) as why:
            begin(by, size, mark)
        return why.value.code, why.value.field

    first = begin(speaker, 600, "first")
    assert begin(speaker, 600, "first") == first
    assert refused(speaker, 401, "second") == ("media.person_full", "file")
    Asset.objects.create(event=event, kind=Asset.Kind.DOCUMENT, title="Levels", size=400, uploaded_by=speaker)
    assert refused(speaker, 1, "second") == ("media.person_full", "file")
    assert refused(organiser, 1001, "third") == ("media.event_full", "file")
    begin(organiser, 1000, "third")
    assert refused(organiser, 1, "fourth") == ("media.event_full", "file")
    services.abandon_upload(first)
    assert begin(speaker, 600, "again").size == 600


def test_a_cancelled_upload_leaves_nothing(anywhere, event, organiser, enter, put):
    client = enter(organiser)
    key = send_all(client, put, PDF)
    assert client.delete(f"/api/v1/events/freshet/uploads/{key}/").status_code == 204
    services.sweep_leftovers()
    assert (Upload.objects.count(), Leftover.objects.count()) == (0, 0)
    with pytest.raises(registry.Missing):
        registry.store().size(f"assets/{key}/original")


def begin_at_once(event, organiser):
    return services.create_upload(event, by=organiser, file_name="levels.pdf", size=len(PDF), fingerprint="levels")


def test_two_tabs_that_begin_at_the_same_moment_have_one_upload(disk, event, organiser, monkeypatch):
    """The other's row is written between the look for it and the writing of one's own."""
    other, begin_in_storage = [], DiskStore.begin

    def begin(self, name, *, checksums):
        if not other:
            other.append(None)
            other[0] = begin_at_once(event, organiser)
        return begin_in_storage(self, name, checksums=checksums)

    monkeypatch.setattr(DiskStore, "begin", begin)
    assert begin_at_once(event, organiser) == other[0]
    assert Upload.objects.count() == 1
    assert [path.name for path in disk.glob("assets/*/*.part")] == [f"original.{other[0].multipart_id}.part"]


def test_upload_that_nobody_wrote_down_is_swept(disk, event, organiser, monkeypatch):
    def fail(*_given, **_named):
        raise RuntimeError("the database went away")

    monkeypatch.setattr(Upload, "save", fail)
    with pytest.raises(RuntimeError):
        begin_at_once(event, organiser)
    assert len(list(disk.glob("assets/*/*.part"))) == 1
    with clock.at(clock.now() + timedelta(days=3)):
        services.sweep_leftovers()
    assert not list(disk.glob("assets/*/*"))


def test_upload_that_is_cancelled_while_it_is_completed_has_ended(disk, event, organiser, monkeypatch):
    upload = begin_at_once(event, organiser)
    monkeypatch.setattr(DiskStore, "finish", lambda *_given, **_named: services.abandon_upload(upload))
    with pytest.raises(Refused, match=r"media\.closed"):
        services.complete_upload(upload)


def test_abandoned_uploads_are_swept(disk, event, organiser, enter, put):
    client = enter(organiser)
    key = send_all(client, put, PDF)
    assert services.close_stale_uploads() == 0
    Upload.objects.update(touched_at=clock.now() - timedelta(days=3))
    assert services.close_stale_uploads() == 1
    services.sweep_leftovers()
    assert not (disk / "assets" / key).exists()

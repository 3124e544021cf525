"""The hostile hour at the desk's doors: files that lie, pictures that burst, codes that are guessed, fields too many.

What is refused leaves a line in the log, which says who, where and with what code, and nothing of what was sent.
"""

import base64
import hashlib
import logging

import pytest
from allauth.mfa.totp.internal import auth as totp
from django.contrib import admin
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import F
from django.urls import reverse

from apps.accounts import services as accounts
from apps.chat.models import Change, Message
from apps.core import refusing
from apps.core.errors import Refused
from apps.events.models import Announcement, InvitationCode
from apps.live import joining
from apps.live.registry import Who
from apps.media.models import Asset
from apps.notifications.models import OwedMail
from apps.questions.models import Change as QuestionChange
from tests.access import world
from tests.access.test_hostile_hour import LIES, MANY, png_that_says, rights, send_fields_too_many
from tests.factories.events import EventFactory, MembershipFactory, RegistrationFactory

AWAY = (403, 404, 405)
SECRET = "Kelpwater-43-secret"


@pytest.fixture
def there(built, db):
    place = built()
    for log in (Message, Change, QuestionChange, Announcement):
        log.objects.update(seq=F("pk") + 10**6)  # out of the way of what is counted as it is said
    return place


@pytest.fixture
def desk(there, enter):
    return enter(there.people["organiser"])


@pytest.fixture
def told(caplog, monkeypatch):
    """`told()` gives the lines of the log about refusals since it was last asked."""
    monkeypatch.setattr(refusing, "MOST_A_SECOND", 100_000)
    caplog.set_level(logging.INFO, logger="refused")

    def since():
        lines = [vars(record) for record in caplog.records if record.name == "refused"]
        caplog.clear()
        return lines

    return since


# Files that lie ---------------------------------------------------------------------------------------------------
SCHEDULES = {
    **LIES,
    "latin-1": "title,start,room\nÜberschwemmung,2026-10-13 09:00,Saal\n".encode("latin-1"),
    "a million sessions": b"title,start,room\n" + b"Rain,2026-10-13 09:00,Hall\n" * (MANY // 4),
    "wide and unmarked": "title,start,room\nRain,2026-10-13 09:00,Hall\n".encode("utf-16-le"),
    "half a workbook": b"PK\x03\x04\x14\x00\x08\x00",
    "locked workbook": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" * 100,
}


@pytest.mark.parametrize("name", SCHEDULES)
def test_agenda_that_lies_changes_nothing_and_is_told(name, there, desk, told):
    before = world.fingerprint()
    file = SimpleUploadedFile("agenda.csv", SCHEDULES[name])
    response = desk.post(reverse("admin:tracks_scheduleimport_add"), {"event": there.event.pk, "file": file})
    assert response.status_code in (200, 413)
    [line] = told()
    assert (line["who"], line["where"]) == (there.people["organiser"].pk, "admin:tracks_scheduleimport_add")
    assert "form:file" in line["code"] or line["status"] == 413
    assert world.fingerprint() == before


@pytest.mark.parametrize("name", LIES)
def test_codes_that_lie_are_none(name, there, desk, told):
    before = InvitationCode.objects.count()
    content = LIES[name].replace(b"email", b"code", 1)
    form = {"owner": there.event.pk, "file": SimpleUploadedFile("codes.csv", content)}
    response = desk.post(reverse("admin:events_invitationcode_file"), form)
    [line] = told()
    assert (response.status_code, line["where"]) == (200, "admin:events_invitationcode_file")
    assert "form:file" in line["code"] or line["code"] == "file.lines"
    assert InvitationCode.objects.count() == before


# Pictures that burst ----------------------------------------------------------------------------------------------
BAD_PICTURES = {
    "bomb": png_that_says(60_000),
    "drawing": b"<svg xmlns='http://www.w3.org/2000/svg' onload='q(7)'/>",
    "page": b"GIF89a<script>q(7)</script>",
}


@pytest.mark.parametrize("name", BAD_PICTURES)
def test_picture_that_bursts_is_no_logo(name, there, desk, told):
    before = world.fingerprint()
    logo = SimpleUploadedFile("logo.png", BAD_PICTURES[name], content_type="image/png")
    response = desk.post(reverse("admin:events_event_change", args=[there.event.pk]), {"logo": logo})
    assert "logo" in response.context_data["adminform"].form.errors
    assert "logo" in told()[0]["code"]
    assert world.fingerprint() == before


@pytest.mark.parametrize("name", BAD_PICTURES)
def test_picture_that_bursts_is_no_file_of_the_event(name, there, desk, settings, tmp_path):
    """What booths, speakers and sessions show are files of the event: there is one door for all of them."""
    settings.AWS_STORAGE_BUCKET_NAME, settings.MEDIA_ROOT = "", tmp_path / "media"
    before, content = Asset.objects.count(), BAD_PICTURES[name]
    uploads = reverse("api:uploads", args=[there.event.slug])
    about = {"file_name": "booth.png", "size": len(content), "fingerprint": name, "checksums": True}
    key = desk.post(uploads, about, content_type="application/json").json()["key"]
    wish = {"number": 1, "sha256": base64.b64encode(hashlib.sha256(content).digest()).decode()}
    parts = reverse("api:upload-parts", args=[there.event.slug, key])
    [target] = desk.post(parts, {"parts": [wish]}, content_type="application/json").json()["targets"]
    desk.put(target["url"], content, content_type="application/octet-stream")
    complete = desk.post(reverse("api:upload-complete", args=[there.event.slug, key]))
    shown = Asset.objects.filter(kind="image", state=Asset.State.READY)
    assert complete.status_code < 500
    assert not shown.filter(file_name="booth.png").exists()
    assert complete.status_code == 422 or Asset.objects.count() == before + 1


# Guessing ---------------------------------------------------------------------------------------------------------
def test_code_of_signing_in_is_not_found_by_trying(there, visitor, told):
    person = there.people["attendee"]
    accounts.trust_address(person)
    visitor.post("/signin/", {"email": person.email})
    said = OwedMail.objects.latest("pk").text
    told()
    for number in range(30):
        visitor.post("/accounts/login/code/confirm/", {"code": f"GUE{number:03}"})
    lines = told()
    assert "_auth_user_id" not in visitor.session
    assert {line["where"] for line in lines} >= {"account_confirm_login_code"}
    assert "GUE0" not in str(lines)
    code = next(line for line in said.splitlines() if line.isupper() and " " not in line)
    visitor.post("/accounts/login/code/confirm/", {"code": code})
    assert "_auth_user_id" not in visitor.session


def test_code_of_an_app_is_not_found_by_trying(there, visitor, told):
    person = there.people["organiser"]
    totp.TOTP.activate(person, totp.generate_totp_secret())
    person.set_password(SECRET)
    person.save(update_fields=["password"])
    accounts.trust_address(person)
    visitor.post(reverse("account_login"), {"login": person.email, "password": SECRET})
    told()
    statuses = {visitor.post(reverse("mfa_authenticate"), {"code": f"{number:06}"}).status_code for number in range(30)}
    lines = told()
    assert "_auth_user_id" not in visitor.session
    assert statuses <= {200, 302, 429}
    assert {line["where"] for line in lines} >= {"mfa_authenticate"}
    assert SECRET not in str(lines)


# Fields too many --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("role", ["exhibitor", "speaker"])
def test_fields_too_many_give_staff_no_rights(role, there, enter):
    before = rights()
    answers = send_fields_too_many(enter(there.people[role]), there)
    assert (len(answers) > 30, max(answers.values()) < 500) == (True, True), answers
    after, own = rights(), there.people[role].pk
    # A place of their own they may ask for; it is one like any other's.
    [place] = [row for row in after["places"] if row["user"] == own and row["event"] == there.event.pk]
    after["places"].remove(place)
    before["places"] = [row for row in before["places"] if row["pk"] != place["pk"]]
    assert after == before


def test_fields_too_many_make_an_organiser_nothing_else(there, enter):
    """They may do much in their event; what they are themselves, and what is others', stays."""
    theirs = EventFactory(name="Elsewhere")
    RegistrationFactory(event=theirs)
    before = rights()
    answers = send_fields_too_many(enter(there.people["organiser"]), there)
    assert max(answers.values()) < 500, answers
    after = rights()
    assert after["people"][: len(before["people"])] == before["people"]
    # An organisation of their own they may found.
    there_before = {row["organisation_id"] for row in before["members"]}
    assert [row for row in after["members"] if row["organisation_id"] in there_before] == before["members"]
    assert [row for row in after["events"] if row["pk"] == theirs.pk] == [
        row for row in before["events"] if row["pk"] == theirs.pk
    ]
    assert [row for row in after["places"] if row["event"] == theirs.pk] == [
        row for row in before["places"] if row["event"] == theirs.pk
    ]


def test_fields_too_many_at_the_desk_change_no_rights(there, desk):
    """A form of the desk takes the fields that it shows."""
    before = rights()
    for model, listed in admin.site._registry.items():
        thing = there.things.get(model)
        if thing is None or not listed.may_change:
            continue
        url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_change", args=[thing.pk])
        assert (
            desk.post(url, {"is_superuser": "on", "is_staff": "on", "organisation": 1, "role": "x"}).status_code < 500
        )
    after = rights()
    assert (after["people"], after["members"]) == (before["people"], before["members"])


# A manager of one organisation against another --------------------------------------------------------------------
def test_manager_of_another_organisation_moves_no_object_of_the_desk(there, enter, told):
    """Each object of the other's desk, by its form, its deletion and its history: not there, unchanged, and told."""
    here = EventFactory(name="Here", slug="here", organisation__name="Dry Dock")
    manager = MembershipFactory(organisation=here.organisation).user
    client, before, wrong = enter(manager), world.fingerprint(), []
    for model in admin.site._registry:
        thing = there.things[model]
        for kind in ("change", "delete", "history"):
            url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{kind}", args=[thing.pk])
            for method in (client.get, client.post):
                response, lines = method(url, {"post": "yes", "name": SECRET}), told()
                is_told = [line for line in lines if line["who"] == manager.pk and line["where"].endswith(kind)]
                if response.status_code not in AWAY or not is_told or SECRET in str(lines):
                    wrong.append((url, response.status_code, len(is_told)))
    assert wrong == []
    assert world.fingerprint() == before


# The log ----------------------------------------------------------------------------------------------------------
def test_refusal_of_a_service_is_told_with_its_code(event, visitor, told):
    event.state = "ended"
    event.save(update_fields=["state"])
    visitor.post(reverse("events:register", args=[event.slug]), {"name": SECRET, "email": "eve@example.org"})
    [line] = told()
    assert (line["who"], line["where"], line["of"]) == (None, "events:register", event.slug)
    assert line["code"].startswith("registration.")
    assert SECRET not in str(line)
    assert "eve@" not in str(line)


def test_page_that_only_looks_is_not_told(event, visitor, told):
    visitor.get(f"/e/{event.slug}/")
    assert told() == []


def test_refusal_on_a_socket_is_told_without_what_was_made_up(told):
    who = Who(user_id=7, event_id=3, name=SECRET, roles=frozenset(), epoch=1)
    for topic in ("chat/9", f"{SECRET}\nrefused", None):
        joining.error(who, Refused("topic.unknown", "There is none."), **({"topic": topic} if topic else {}))
    lines = told()
    assert [(line["who"], line["where"], line["event_id"]) for line in lines] == [
        (7, "chat/9", 3),
        (7, "topic", 3),
        (7, "command", 3),
    ]
    assert SECRET not in str(lines)


def test_flood_is_written_so_far_and_counted(caplog, monkeypatch):
    caplog.set_level(logging.INFO, logger="refused")
    now = [100.0]
    monkeypatch.setattr(refusing.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(refusing, "_budget", refusing._Budget())
    for _time in range(refusing.MOST_A_SECOND + 7):
        refusing.write(who=1, where="command", code="poll.closed")
    assert len(caplog.records) == refusing.MOST_A_SECOND
    now[0] += 1
    refusing.write(who=1, where="command", code="poll.closed")
    assert caplog.records[-1].left_out == 7


def test_outside_of_a_request_nothing_is_remembered():
    Refused("poll.closed", "It is closed.")
    with refusing.Listening() as codes:
        Refused("poll.open", "It is open.")
    assert codes == ["poll.open"]

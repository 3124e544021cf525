"""What organisers do by call: announce, and make an event after another; and how people are read by call."""

from datetime import date, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from apps.accounts import services as accounts
from apps.core import clock
from apps.events import services
from apps.events.models import Announcement, Event, EventRole, InvitationCode, Registration
from apps.events.registry.copying import parts
from tests.factories.accounts import UserFactory
from tests.factories.events import (
    AnnouncementFactory,
    EventFactory,
    EventRoleFactory,
    InvitationCodeFactory,
    MembershipFactory,
    QuestionFactory,
    RegistrationFactory,
    TicketKindFactory,
)

ANNOUNCING = "/api/v1/events/freshet/announcing/"
DUPLICATE = "/api/v1/events/freshet/duplicate/"


def post(client, address, said=None, **extra):
    return client.post(address, said or {}, content_type="application/json", **extra)


def patch(client, address, said):
    return client.patch(address, said, content_type="application/json")


def in_a_day():
    return (clock.now() + timedelta(days=1)).replace(microsecond=0)


def scheduled(event, **values):
    wish = {"text": "Lunch is ready.", "by": None, "due_at": in_a_day()} | values
    return services.schedule_announcement(event, **wish)


def one(announcement, *more):
    return "/".join([f"{ANNOUNCING}{announcement.pk}", *more, ""])


# Announcing -----------------------------------------------------------------------------------------------------------
def test_announcing_by_call_says_it_to_everybody_now(event, organiser, attendee, enter):
    answer = post(enter(organiser), ANNOUNCING, {"text": "Lunch is ready."})
    said = answer.json()
    assert (answer.status_code, said["state"], said["audience_name"], said["by"]) == (
        *(201, "said", "Everybody"),
        organiser.name,
    )
    heard = enter(attendee).get("/api/v1/events/freshet/announcements/").json()["results"]
    assert [(row["id"], row["text"]) for row in heard] == [(said["id"], "Lunch is ready.")]


def test_announcement_is_taken_off_all_lists_by_organisers(event, organiser, moderator, attendee, enter):
    said = services.announce(event, by=organiser, text="Lunch is ready.")
    assert enter(moderator).delete(one(said)).status_code == 403
    assert enter(organiser).delete(one(said)).status_code == 204
    assert enter(attendee).get("/api/v1/events/freshet/announcements/").json()["results"] == []
    assert enter(organiser).delete(one(said)).status_code == 404


def test_announcing_twice_with_one_key_says_it_once(event, organiser, enter):
    client = enter(organiser)
    for _time in range(2):
        answer = post(client, ANNOUNCING, {"text": "Lunch is ready."}, headers={"Idempotency-Key": "lunch"})
        assert answer.status_code == 201
    assert Announcement.objects.count() == 1


def test_announcement_is_scheduled_by_call_to_a_segment_in_languages(event, organiser, enter):
    ticket, due_at = TicketKindFactory(event=event, name="Day"), in_a_day()
    wish = {
        "text": {"en": "Lunch is ready.", "de": "Das Essen ist fertig."},
        "audience": f"ticket/{ticket.pk}",
        "on_screen": False,
        "by_mail": True,
        "due_at": due_at.isoformat(),
    }
    answer = post(enter(organiser), ANNOUNCING, wish)
    row = Announcement.objects.get()
    assert (answer.status_code, answer.json()["texts"], answer.json()["said_at"]) == (201, wish["text"], None)
    assert (row.state, row.due_at, row.audience, row.on_screen, row.by_mail) == (
        *("scheduled", due_at),
        *(wish["audience"], False, True),
    )


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        ({"text": ""}, (400, "invalid")),
        ({"text": "x" * 1001}, (400, "invalid")),
        ({"text": ["x"]}, (400, "invalid")),
        ({"text": {"en": " ", "de": ""}}, (400, "invalid")),
        ({"text": {"xx": "Lunch"}}, (400, "invalid")),
        ({"text": "Lunch", "audience": "ticket/999999"}, (400, "announcement.audience")),
        ({"text": "Lunch", "on_screen": False}, (400, "announcement.nowhere")),
        ({"text": "Lunch", "audience": "coming"}, (400, "announcement.mail_only")),
        ({"text": "Lunch", "due_at": "2020-01-01T12:00:00Z"}, (400, "announcement.when")),
    ],
)
def test_announcement_that_cannot_be_said_is_refused_by_call(event, organiser, enter, wish, said):
    answer = post(enter(organiser), ANNOUNCING, wish)
    assert (answer.status_code, answer.json()["code"]) == said
    assert not Announcement.objects.exists()


def test_ticket_of_another_event_is_no_audience(event, organiser, enter):
    ticket = TicketKindFactory(event=EventFactory(organisation=event.organisation))
    answer = post(enter(organiser), ANNOUNCING, {"text": "Lunch", "audience": f"ticket/{ticket.pk}"})
    assert (answer.status_code, answer.json()["code"]) == (400, "announcement.audience")


@pytest.mark.parametrize("who", ["attendee", "speaker", "outsider"])
def test_only_staff_announce_by_call(request, event, enter, who):
    client = enter(request.getfixturevalue(who))
    assert post(client, ANNOUNCING, {"text": "Lunch"}).status_code == 403
    assert client.get(ANNOUNCING).status_code == 403


def test_moderators_announce_on_screen_and_mail_nobody(event, moderator, enter):
    client, mailed = enter(moderator), scheduled(event, by_mail=True)
    assert post(client, ANNOUNCING, {"text": "Lunch"}).status_code == 201
    for answer in (
        post(client, ANNOUNCING, {"text": "Lunch", "by_mail": True}),
        patch(client, one(mailed), {"text": "Buy this"}),
        patch(client, one(scheduled(event)), {"by_mail": True}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (403, "announcement.mail_by_organisers")
    assert Announcement.objects.filter(by_mail=True).count() == 1


def test_all_announcements_are_listed_and_narrowed(event, organiser, enter):
    client = enter(organiser)
    late, off = scheduled(event, text="Late"), scheduled(event, text="Off", audience="role/staff")
    services.call_off_announcement(off)
    Announcement.objects.filter(pk=late.pk).update(state=Announcement.State.MISSED)
    services.announce(event, text="Said", by=organiser, by_mail=True)
    scheduled(event, text="To come")
    AnnouncementFactory(text="Elsewhere")

    def texts(**asked):
        return {row["text"] for row in client.get(ANNOUNCING, asked).json()["results"]}

    assert texts() == {"Late", "Off", "Said", "To come"}
    assert [texts(state=state) for state in ("said", "scheduled", "missed", "cancelled")] == [
        *({"Said"}, {"To come"}),
        *({"Late"}, {"Off"}),
    ]
    assert (texts(audience="role/staff"), texts(by_mail="true"), texts(on_screen="false")) == ({"Off"}, {"Said"}, set())
    assert client.get(ANNOUNCING, {"state": "thought"}).status_code == 400


def test_list_of_announcements_goes_on_by_cursor_with_chosen_fields(event, organiser, enter):
    client = enter(organiser)
    for number in range(3):
        services.announce(event, text=f"Said {number}", by=None)
    first = client.get(ANNOUNCING, {"limit": 2, "fields": "text"}).json()
    rest = client.get(first["next"]).json()
    assert [row["text"] for row in first["results"] + rest["results"]] == ["Said 2", "Said 1", "Said 0"]
    assert set(first["results"][0]) == {"text"}


def test_scheduled_announcement_is_changed_by_call(event, organiser, enter):
    row, later = scheduled(event), in_a_day() + timedelta(hours=1)
    answer = patch(enter(organiser), one(row), {"text": "Lunch is late.", "due_at": later.isoformat()})
    row.refresh_from_db()
    assert (answer.status_code, answer.json()["text"]) == (200, "Lunch is late.")
    assert (row.due_at, row.on_screen, row.state) == (later, True, "scheduled")


def test_what_was_said_is_not_changed_nor_called_off(event, organiser, enter):
    client, row = enter(organiser), services.announce(event, text="Lunch is ready.", by=None)
    for answer in (patch(client, one(row), {"text": "No lunch."}), post(client, one(row, "off"))):
        assert (answer.status_code, answer.json()["code"]) == (409, "announcement.said")
    assert client.get(one(row)).json()["text"] == "Lunch is ready."


def test_announcement_is_called_off_by_call(event, moderator, enter):
    row = scheduled(event)
    answer = post(enter(moderator), one(row, "off"))
    assert (answer.status_code, answer.json()["state"]) == (200, "cancelled")
    assert not Announcement.objects.scheduled().exists()


def test_announcement_of_another_event_is_not_found(event, organiser, enter):
    client = enter(organiser)
    other = scheduled(EventFactory(organisation=event.organisation))
    asked = client.get(one(other)), patch(client, one(other), {"text": "Mine"}), post(client, one(other, "off"))
    assert [answer.status_code for answer in asked] == [404, 404, 404]
    other.refresh_from_db()
    assert (str(other.text), other.state) == ("Lunch is ready.", "scheduled")


def test_audiences_are_told_with_their_counts(event, organiser, attendee, enter):
    ticket = TicketKindFactory(event=event, name="Day")
    RegistrationFactory(event=event, ticket=ticket)
    found = {row["key"]: row for row in enter(organiser).get(f"{ANNOUNCING}audiences/").json()}
    assert (found[f"ticket/{ticket.pk}"]["label"], found[f"ticket/{ticket.pk}"]["count"]) == ("Ticket: Day", 1)
    assert (found[""]["on_screen"], found["coming"]["on_screen"]) == (True, False)
    assert enter(attendee).get(f"{ANNOUNCING}audiences/").status_code == 403


# Duplicating ----------------------------------------------------------------------------------------------------------
def test_event_is_duplicated_by_call(event, organiser, attendee, enter):
    TicketKindFactory(event=event, name="Day")
    InvitationCodeFactory(event=event)
    zone = ZoneInfo(event.time_zone)
    wish = {"name": {"en": "Freshet II", "de": "Hochwasser II"}, "starts_on": "2030-05-06", "slug": "freshet-2"}
    answer = post(enter(organiser), DUPLICATE, wish)
    copy = Event.objects.get(slug="freshet-2")
    assert (answer.status_code, answer.json()["slug"], answer.json()["state"]) == (201, "freshet-2", "draft")
    assert (copy.organisation, copy.name.data) == (event.organisation, wish["name"])
    assert copy.starts_at.astimezone(zone).date() == date(2030, 5, 6)
    assert [str(ticket) for ticket in copy.tickets.all()] == ["Day"]
    assert not Registration.objects.filter(event=copy).exists()
    assert not InvitationCode.objects.filter(event=copy).exists()  # which nobody copies by not looking


def test_chosen_parts_alone_go_along(event, organiser, enter):
    TicketKindFactory(event=event)
    InvitationCodeFactory(event=event)
    client = enter(organiser)
    assert post(client, DUPLICATE, {"name": "A", "starts_on": "2030-05-06", "parts": ["codes"]}).status_code == 201
    assert post(client, DUPLICATE, {"name": "B", "starts_on": "2030-05-06", "parts": []}).status_code == 201
    first, second = Event.objects.get(slug="a"), Event.objects.get(slug="b")
    assert (first.tickets.count(), InvitationCode.objects.filter(event=first).count()) == (0, 1)
    assert (second.tickets.count(), InvitationCode.objects.filter(event=second).count()) == (0, 0)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"name": ""}, (400, "invalid")),
        ({"starts_on": "soon"}, (400, "invalid")),
        ({"parts": ["attendees"]}, (400, "invalid")),
        ({"slug": "freshet"}, (409, "event.slug_taken")),
        ({"starts_on": "2199-05-06"}, (409, "event.copy_far")),
        ({"organisation": "dry-dock"}, (400, "event.organisation_unknown")),
        ({"organisation": "nowhere"}, (400, "event.organisation_unknown")),
    ],
)
def test_copy_that_cannot_be_is_refused_by_call(event, organiser, enter, change, said):
    MembershipFactory(organisation__name="Dry Dock", organisation__slug="dry-dock")
    answer = post(enter(organiser), DUPLICATE, {"name": "Freshet II", "starts_on": "2030-05-06"} | change)
    assert (answer.status_code, answer.json()["code"]) == said
    assert Event.objects.count() == 1


def test_whoever_runs_an_event_as_a_guest_puts_no_copy_into_its_organisation(event, enter):
    guest = EventRoleFactory(event=event, role="organiser", user__has_second_factor=True).user
    wish = {"name": "Freshet II", "starts_on": "2030-05-06"}
    answer = post(enter(guest), DUPLICATE, wish)
    assert (answer.status_code, answer.json()["code"]) == (400, "event.organisation_unknown")
    own = MembershipFactory(user=guest).organisation
    answer = post(enter(guest), DUPLICATE, wish | {"organisation": own.slug})
    assert (answer.status_code, answer.json()["organisation"]) == (201, own.name)


def test_event_in_the_archive_is_duplicated_all_the_same(event, organiser, enter):
    Event.objects.update(state=Event.State.ARCHIVED)
    client = enter(organiser)
    assert post(client, DUPLICATE, {"name": "Freshet II", "starts_on": "2030-05-06"}).status_code == 201
    assert post(client, ANNOUNCING, {"text": "Lunch"}).status_code == 409


@pytest.mark.parametrize("who", ["attendee", "moderator", "outsider"])
def test_only_organisers_duplicate(request, event, enter, who):
    client = enter(request.getfixturevalue(who))
    assert client.get(DUPLICATE).status_code == 403
    assert post(client, DUPLICATE, {"name": "Mine", "starts_on": "2030-05-06"}).status_code == 403


def test_token_for_one_event_makes_no_other(event, organiser, client):
    _token, secret = accounts.create_token(
        organiser, name="Program", wanted=["organising:write"], days=30, event_id=event.pk
    )
    given = {"headers": {"Authorization": f"Bearer {secret}"}}
    answer = post(client, DUPLICATE, {"name": "Freshet II", "starts_on": "2030-05-06"}, **given)
    assert (answer.status_code, answer.json()["code"]) == (403, "token.event")
    assert post(client, ANNOUNCING, {"text": "Lunch"}, **given).status_code == 201


def test_offer_says_what_can_go_along(event, organiser, enter):
    TicketKindFactory(event=event)
    InvitationCodeFactory(event=event)
    offer = enter(organiser).get(DUPLICATE).json()
    chosen = {part["name"]: (part["count"], part["chosen"]) for part in offer["parts"]}
    assert (chosen["registration"], chosen["codes"]) == ((1, True), (1, False))
    assert chosen.keys() == {part.name for part, _count in parts.held_by(event)}
    assert date.fromisoformat(offer["starts_on"]) > clock.now().date()


# People ---------------------------------------------------------------------------------------------------------------
def test_person_is_read_as_they_show_themselves(event, attendee, moderator, enter):
    shown = {"title": "Hydrologist", "company": "Weir Society", "bio": "On floods", "links": ["https://a.example/n"]}
    person = UserFactory(name="Nadia", hidden_fields=["bio"], staff_fields=["company"], **shown)
    EventRoleFactory(event=event, role=EventRole.Role.SPEAKER, user=person)
    address = reverse("api:event-person", args=["freshet", person.pk])
    told, told_staff = enter(attendee).get(address).json(), enter(moderator).get(address).json()
    assert (told["id"], told["name"], told["roles"]) == (person.pk, "Nadia", ["speaker"])
    assert (told["title"], told["company"], told["bio"]) == ("Hydrologist", "", "")
    assert (told["links"], told_staff["company"], told_staff["bio"]) == (["https://a.example/n"], "Weir Society", "")
    assert {"email", "phone"}.isdisjoint(told)


def test_person_of_another_event_or_unmet_is_not_found_by_call(event, attendee, outsider, enter, visitor):
    client = enter(attendee)
    assert client.get(reverse("api:event-person", args=["freshet", outsider.pk])).status_code == 404
    assert client.get(reverse("api:event-person", args=["freshet", 2**62])).status_code == 404
    assert visitor.get(reverse("api:event-person", args=["freshet", attendee.pk])).status_code == 401


# Registering by form --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("form", ["application/x-www-form-urlencoded", None])
def test_several_answers_in_a_form_are_all_kept(visitor, event, form):
    several = QuestionFactory(event=event, kind="several", choices=["Fish", "Greens", "Bread"])
    words = QuestionFactory(event=event, kind="text")
    fish, greens, _bread = several.choices.all()
    given = {
        "name": "Nadia",
        "email": "nadia@lakeside.example",
        f"answers.{several.field}": [str(fish.pk), str(greens.pk)],
        f"answers.{words.field}": "By train",
    }
    address = "/api/v1/events/freshet/register/"
    if form:
        answer = visitor.post(address, urlencode(given, doseq=True), content_type=form)
    else:
        answer = visitor.post(address, given)
    assert answer.status_code == 202, answer.content
    kept = {row.question_id: row.picked or row.text for row in Registration.objects.get().answers.all()}
    assert kept == {several.pk: [fish.pk, greens.pk], words.pk: "By train"}


def test_several_answers_to_what_takes_one_are_refused(visitor, event):
    one_of = QuestionFactory(event=event, kind="choice", choices=["Fish", "Greens"])
    given = {"name": "Nadia", "email": "nadia@lakeside.example"}
    both = {f"answers.{one_of.field}": [str(choice.pk) for choice in one_of.choices.all()]}
    answer = visitor.post("/api/v1/events/freshet/register/", given | both)
    assert (answer.status_code, answer.json()["field"]) == (409, one_of.field)
    assert not Registration.objects.exists()

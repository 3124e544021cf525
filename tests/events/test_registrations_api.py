"""Registrations, tickets, codes, questions, roles and bans by call, for those who run the event."""

import pytest
from django.urls import reverse

from apps.events import services
from apps.events.models import Ban, EventRole, InvitationCode, Question, Registration, TicketKind
from apps.events.services import offering
from tests.access.test_tokens import program
from tests.factories.events import (
    AnswerFactory,
    BanFactory,
    EventRoleFactory,
    InvitationCodeFactory,
    QuestionFactory,
    RegistrationFactory,
    TicketKindFactory,
)

JSON = "application/json"
DESK = "/api/v1/events/freshet/desk"


@pytest.fixture
def client(organiser, enter):
    return enter(organiser)


def decide(client, registration, do, **more):
    return client.post(f"{DESK}/registrations/{registration.pk}/decision/", {"do": do, **more}, content_type=JSON)


def test_registrations_are_found_by_state_ticket_source_and_words(client, event):
    day = TicketKindFactory(event=event)
    ada = RegistrationFactory(event=event, user__name="Ada Quist", ticket=day, source="newsletter", state="pending")
    RegistrationFactory(event=event, user__name="Bram Toft")
    for asked in ({"state": "pending"}, {"ticket": day.pk}, {"source": "Newsletter"}, {"q": "quist"}):
        found = client.get(f"{DESK}/registrations/", asked).json()["results"]
        assert [row["id"] for row in found] == [ada.pk], asked
    [one] = client.get(f"{DESK}/registrations/", {"q": ada.user.email, "fields": "name,state"}).json()["results"]
    assert one == {"name": "Ada Quist", "state": "pending"}


def test_registration_of_another_event_is_not_found(client, outsider):
    elsewhere = Registration.objects.get(user=outsider)
    assert client.get(f"{DESK}/registrations/{elsewhere.pk}/").status_code == 404
    assert decide(client, elsewhere, "cancel").status_code == 404
    assert Registration.objects.get(pk=elsewhere.pk).state == "confirmed"


@pytest.mark.parametrize("path", ["registrations", "tickets", "codes", "registration-questions", "roles", "bans"])
def test_desk_is_closed_to_those_who_do_not_run_the_event(event, moderator, other_organiser, enter, path):
    for person in (moderator, other_organiser):
        assert enter(person).get(f"{DESK}/{path}/").status_code == 403


def test_token_without_the_scope_is_told_which(event, organiser):
    answer = program(organiser, "events:read").get(f"{DESK}/registrations/")
    assert (answer.status_code, answer.json()["code"]) == (403, "token.scope")
    assert "registrations:read" in answer.json()["title"]
    assert program(organiser, "registrations:read").get(f"{DESK}/registrations/").status_code == 200


def test_wish_is_declined_reconsidered_and_approved(client, event):
    wish = RegistrationFactory(event=event, state="pending")
    told = decide(client, wish, "decline", reason="Full of rivers")
    assert (told.json()["state"], told.json()["reason"]) == ("declined", "Full of rivers")
    assert decide(client, wish, "approve").json()["code"] == "registration.decided"
    assert decide(client, wish, "reconsider").json()["state"] == "pending"
    assert decide(client, wish, "approve").json()["state"] == "confirmed"
    assert decide(client, wish, "cancel").json()["state"] == "cancelled"
    assert decide(client, wish, "send_link").json()["code"] == "registration.cancelled"


def test_somebody_is_registered_by_an_organiser_once(client, event, organiser):
    day = TicketKindFactory(event=event)
    given = {"email": "Ada@Example.org", "name": "Ada", "ticket": day.pk}
    first = client.post(f"{DESK}/registrations/", given, content_type=JSON)
    again = client.post(f"{DESK}/registrations/", given, content_type=JSON)
    assert (first.status_code, first.json()["id"]) == (201, again.json()["id"])
    assert (first.json()["by"], first.json()["ticket"], first.json()["name"]) == (organiser.email, day.pk, "Ada")


def test_ticket_of_another_event_is_refused(client, other_event):
    given = {"email": "ada@example.org", "ticket": TicketKindFactory(event=other_event).pk}
    answer = client.post(f"{DESK}/registrations/", given, content_type=JSON)
    assert (answer.status_code, answer.json()["code"]) == (400, "registration.ticket")
    assert not Registration.objects.filter(user__email="ada@example.org").exists()


def test_ticket_is_made_changed_and_deleted_while_nobody_has_it(client, event):
    made = client.post(
        f"{DESK}/tickets/", {"name": {"en": "Day", "de": "Tag"}, "capacity": 1}, content_type=JSON
    ).json()
    path = f"{DESK}/tickets/{made['id']}/"
    assert (made["name"], made["capacity"], made["opens_expo"]) == ({"en": "Day", "de": "Tag"}, 1, True)
    waiting = RegistrationFactory(event=event, ticket_id=made["id"], state="waiting", waiting_since=event.created_at)
    RegistrationFactory(event=event, ticket_id=made["id"])
    assert client.patch(path, {"capacity": 2}, content_type=JSON).json()["taken"] == 2
    waiting.refresh_from_db()
    assert waiting.state == "confirmed"
    refused = client.delete(path)
    assert (refused.status_code, refused.json()["code"]) == (409, "ticket.taken")
    Registration.objects.filter(ticket=made["id"]).delete()
    assert client.delete(path).status_code == 204
    assert not TicketKind.objects.exists()


def test_tickets_have_names_of_their_own_and_an_end(client, event, monkeypatch):
    made = client.post(f"{DESK}/tickets/", {"name": {"en": "Day", "de": "Tag"}}, content_type=JSON).json()
    again = client.post(f"{DESK}/tickets/", {"name": "TAG"}, content_type=JSON)
    assert (again.status_code, again.json()["code"]) == (409, "ticket.name_taken")
    other = client.post(f"{DESK}/tickets/", {"name": "Week"}, content_type=JSON).json()
    renamed = client.patch(f"{DESK}/tickets/{other['id']}/", {"name": "Day"}, content_type=JSON)
    assert (renamed.status_code, renamed.json()["code"]) == (409, "ticket.name_taken")
    own = client.patch(f"{DESK}/tickets/{made['id']}/", {"name": {"en": "day", "de": "Tag"}}, content_type=JSON)
    assert own.status_code == 200
    monkeypatch.setattr(offering, "MOST_TICKETS", 2)
    refused = client.post(f"{DESK}/tickets/", {"name": "Night"}, content_type=JSON)
    assert (refused.status_code, refused.json()["code"]) == (409, "ticket.too_many")


def test_ticket_has_no_capacity_of_nobody(client, event):
    answer = client.post(f"{DESK}/tickets/", {"name": "Day", "capacity": 0}, content_type=JSON)
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["capacity"])


def test_codes_are_made_listed_and_ended(client, event):
    word = client.post(f"{DESK}/codes/", {"code": "HERON", "uses": 5}, content_type=JSON)
    many = client.post(f"{DESK}/codes/", {"count": 3, "note": "Press"}, content_type=JSON)
    assert (word.status_code, len(many.json()["codes"])) == (201, 3)
    assert client.post(f"{DESK}/codes/", {"code": "heron"}, content_type=JSON).json()["code"] == "code.taken"
    pk = word.json()["codes"][0]["id"]
    assert client.delete(f"{DESK}/codes/{pk}/").status_code == 204
    assert client.get(f"{DESK}/codes/{pk}/").json()["works"] is False
    assert len(client.get(f"{DESK}/codes/", {"works": "true"}).json()["results"]) == 3


def test_code_of_another_event_is_not_ended(client, event, other_event):
    code = InvitationCodeFactory(event=other_event)
    assert client.delete(f"{DESK}/codes/{code.pk}/").status_code == 404
    assert InvitationCode.objects.get(pk=code.pk).revoked_at is None


def test_question_is_made_with_choices_and_keeps_those_that_are_named(client, event):
    given = {"kind": "choice", "label": "What do you eat?", "choices": [{"label": "Ice"}, {"label": "Rain"}]}
    made = client.post(f"{DESK}/registration-questions/", given, content_type=JSON).json()
    ice = made["choices"][0]["id"]
    path = f"{DESK}/registration-questions/{made['id']}/"
    changed = {"choices": [{"label": "Hail"}, {"id": ice, "label": "Snow"}]}
    found = client.patch(path, changed, content_type=JSON).json()["choices"]
    assert [choice["label"]["en"] for choice in found] == ["Hail", "Snow"]
    assert found[1]["id"] == ice
    strange = client.patch(path, {"choices": [{"id": 10**9, "label": "?"}]}, content_type=JSON)
    assert (strange.status_code, strange.json()["code"]) == (400, "question.choice")
    assert client.delete(path).status_code == 204


def test_new_words_of_a_consent_are_a_new_version(client, event):
    consent = QuestionFactory(event=event, kind="consent", label="I agree")
    path = f"{DESK}/registration-questions/{consent.pk}/"
    assert client.patch(path, {"position": 3}, content_type=JSON).json()["version"] == 1
    assert client.patch(path, {"label": "I agree to more"}, content_type=JSON).json()["version"] == 2


def test_question_that_was_answered_stays(client, event):
    answer = AnswerFactory(question__event=event, registration__event=event)
    refused = client.delete(f"{DESK}/registration-questions/{answer.question.pk}/")
    assert (refused.status_code, refused.json()["code"]) == (409, "question.answered")
    assert Question.objects.exists()


def test_answered_question_becomes_no_consent(client, event):
    answer = AnswerFactory(question__event=event, registration__event=event)
    question = answer.question
    refused = client.patch(f"{DESK}/registration-questions/{question.pk}/", {"kind": "consent"}, content_type=JSON)
    assert (refused.status_code, refused.json()["code"]) == (409, "question.kind")
    page = client.get(reverse("admin:events_question_change", args=[question.pk])).content.decode()
    assert 'name="label_0"' in page
    assert 'name="kind"' not in page
    answer.delete()
    free = client.patch(f"{DESK}/registration-questions/{question.pk}/", {"kind": "consent"}, content_type=JSON)
    assert (free.json()["kind"], free.json()["version"]) == ("consent", 2)


def test_two_who_change_a_consent_make_two_versions(event):
    consent = QuestionFactory(event=event, kind="consent")
    for form in (Question.objects.get(pk=consent.pk), consent):  # both opened before either was sent
        form.label = "May we film?"
        services.keep_question(form, changed=["label"])
    assert (consent.version, Question.objects.get().version) == (3, 3)


def test_text_without_a_choice_has_none(client, event):
    given = {"kind": "text", "label": "Why?", "choices": [{"label": "Ice"}]}
    assert client.post(f"{DESK}/registration-questions/", given, content_type=JSON).status_code == 400


def test_role_is_given_and_taken(client, event):
    made = client.post(f"{DESK}/roles/", {"email": "ada@example.org", "role": "moderator"}, content_type=JSON)
    assert (made.status_code, made.json()["role"]) == (201, "moderator")
    assert [row["email"] for row in client.get(f"{DESK}/roles/", {"role": "moderator"}).json()["results"]] == [
        "ada@example.org"
    ]
    assert client.delete(f"{DESK}/roles/{made.json()['id']}/").status_code == 204
    assert not EventRole.objects.filter(event=event).exists()


def test_role_in_another_event_is_not_taken(client, other_event):
    role = EventRoleFactory(event=other_event)
    assert client.delete(f"{DESK}/roles/{role.pk}/").status_code == 404
    assert EventRole.objects.filter(pk=role.pk).exists()


def test_person_is_banned_and_let_in_again(client, event, attendee):
    made = client.post(f"{DESK}/bans/", {"person": attendee.pk, "reason": "Spam"}, content_type=JSON)
    assert (made.status_code, made.json()["reason"]) == (201, "Spam")
    assert len(client.get(f"{DESK}/bans/", {"standing": "true"}).json()["results"]) == 1
    assert client.delete(f"{DESK}/bans/{made.json()['id']}/").status_code == 204
    assert client.get(f"{DESK}/bans/", {"standing": "true"}).json()["results"] == []


def test_neither_staff_nor_strangers_are_banned(client, event, moderator, outsider, other_event):
    staff = client.post(f"{DESK}/bans/", {"person": moderator.pk}, content_type=JSON)
    stranger = client.post(f"{DESK}/bans/", {"person": outsider.pk}, content_type=JSON)
    elsewhere = BanFactory(event=other_event)
    assert (staff.json()["code"], stranger.json()["code"]) == ("ban.staff", "ban.person_unknown")
    assert client.delete(f"{DESK}/bans/{elsewhere.pk}/").status_code == 404
    assert Ban.objects.standing().get() == elsewhere


def test_box_that_a_form_leaves_out_says_nothing(client, event):
    made = client.post(f"{DESK}/tickets/", {"name": "Day", "opens_expo": "false"}).json()
    assert (made["is_offered"], made["opens_expo"]) == (True, False)

"""The pages of registering where it takes more than a name: tickets, codes, questions, lists, passing on."""

import pytest
from django.urls import reverse

from apps.events import selectors, services
from apps.events.models import Event, InvitationCode, Registration
from tests.factories.events import InvitationCodeFactory, QuestionFactory, RegistrationFactory, TicketKindFactory
from tests.factories.notifications import letters

NADIA = {"name": "Nadia Okello", "email": "nadia@lakeside.example"}
State = Registration.State


def page(name, event, *args):
    return reverse(f"events:{name}", args=[event.slug, *args])


def text(response):
    return response.content.decode()


def change(event, **fields):
    Event.objects.filter(pk=event.pk).update(**fields)
    event.refresh_from_db()


def test_form_offers_tickets_questions_and_a_code(event, visitor):
    TicketKindFactory(event=event, name="All days")
    full = TicketKindFactory(event=event, name="Evening", capacity=1)
    RegistrationFactory(event=event, ticket=full)
    TicketKindFactory(event=event, name="Hidden", is_offered=False)
    QuestionFactory(event=event, label="What do you eat?", kind="choice", choices=["Fish", "Beans"], required=True)
    InvitationCodeFactory(event=event)
    shown = text(visitor.get(page("register", event) + "?code=HERON-7"))
    assert "All days" in shown
    assert "Evening (waiting list)" in shown
    assert "Hidden" not in shown
    assert "What do you eat?</legend>" in shown
    assert 'value="HERON-7"' in shown


def test_landing_page_leads_to_the_form_where_more_is_asked(event, visitor):
    assert 'name="email"' in text(visitor.get(reverse("venue:landing", args=[event.slug])))
    QuestionFactory(event=event)
    shown = text(visitor.get(reverse("venue:landing", args=[event.slug])))
    assert ('name="email"' in shown, page("register", event) in shown) == (False, True)


def test_visitor_registers_with_ticket_answer_and_code(event, visitor):
    ticket = TicketKindFactory.create_batch(2, event=event)[1]
    question = QuestionFactory(event=event, required=True)
    code = InvitationCodeFactory(event=event)
    given = {**NADIA, "ticket": ticket.pk, question.field: "Otters", "code": code.code}
    assert visitor.post(page("register", event), given).status_code == 302
    registration = Registration.objects.get()
    assert (registration.ticket, registration.code, registration.answers.get().text) == (ticket, code, "Otters")


def test_what_is_missing_is_said_beside_its_field_and_nothing_is_lost(event, visitor):
    TicketKindFactory.create_batch(2, event=event)
    question = QuestionFactory(event=event, required=True)
    shown = text(visitor.post(page("register", event), {**NADIA, question.field: "Otters"}))
    assert "Choose one of these tickets." in shown
    assert ('value="Otters"' in shown, 'value="Nadia Okello"' in shown) == (True, True)
    assert Registration.objects.count() == 0


def test_forged_ticket_is_refused(event, other_event, visitor):
    TicketKindFactory.create_batch(2, event=event)
    for forged in (TicketKindFactory(event=other_event).pk, "x", "9" * 30):
        assert visitor.post(page("register", event), {**NADIA, "ticket": forged}).status_code == 200
    assert Registration.objects.count() == 0


def test_guessing_codes_is_slow(event, visitor, settings):
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "code": "3/m/ip"}
    change(event, admission=Event.Admission.CODE)
    answers = [visitor.post(page("register", event), {**NADIA, "code": f"GUESS{number}"}) for number in range(5)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]


def test_signed_in_person_answers_too(event, nobody, enter):
    question = QuestionFactory(event=event, required=True)
    client = enter(nobody)
    assert "One click" not in text(client.get(page("register", event)))
    assert "This needs an answer." in text(client.post(page("register", event)))
    assert client.post(page("register", event), {question.field: "Otters"}).status_code == 302
    assert Registration.objects.get().user == nobody


def test_signed_in_person_sees_where_their_wish_stands(event, nobody, enter):
    change(event, admission=Event.Admission.APPROVAL)
    client = enter(nobody)
    client.post(page("register", event))
    assert "The organisers look at it" in text(client.get(page("register", event)))
    assert client.get(reverse("venue:lobby", args=[event.slug])).status_code == 302


def test_somebody_registers_another(event, attendee, enter):
    client = enter(attendee)
    shown = text(client.get(page("register", event) + "?other"))
    assert "Register somebody else" in shown
    client.post(page("register", event) + "?other", NADIA)
    assert Registration.objects.get(user__email=NADIA["email"]).by == attendee


def test_wish_page_says_where_it_stands_and_lets_go(event, visitor):
    change(event, capacity=1)
    RegistrationFactory(event=event)
    visitor.post(page("register", event), NADIA)
    wish = Registration.objects.waiting().get()
    path = page("wish", event, selectors.status_token(wish))
    assert path in letters()[0].text
    response = visitor.get(path)
    assert "You are number 1 on the waiting list" in text(response)
    assert response.headers["Cache-Control"] == "no-store"
    assert "You are off the list" in text(visitor.post(path, follow=True))
    wish.refresh_from_db()
    assert wish.state == State.CANCELLED


def test_wish_page_gives_no_place_back(event, visitor):
    registration = RegistrationFactory(event=event)
    visitor.post(page("wish", event, selectors.status_token(registration)))
    registration.refresh_from_db()
    assert registration.state == State.CONFIRMED


def test_wish_of_another_event_or_forged_is_unknown(event, other_event, visitor):
    token = selectors.status_token(RegistrationFactory(event=other_event, state=State.PENDING))
    for wrong in (token, token[:-1] + "x", "1", "1.x"):
        assert visitor.get(page("wish", event, wrong)).status_code == 404


def test_wish_page_opens_for_private_events_too(event, visitor):
    change(event, visibility=Event.Visibility.PRIVATE)
    token = selectors.status_token(RegistrationFactory(event=event, state=State.PENDING))
    assert visitor.get(page("wish", event, token)).status_code == 200
    assert visitor.get(page("register", event)).status_code == 404


def test_place_is_passed_on(event, attendee, enter, visitor):
    client = enter(attendee)
    assert client.post(page("offer", event), {"name": "Ben", "email": "Ben@example.org"}).status_code == 302
    assert "ben@example.org has a mail" in text(client.get(page("offer", event)))
    registration = Registration.objects.get(user=attendee)
    path = page("take", event, selectors.offer_token(registration))
    assert visitor.get(path).status_code == 200
    registration.refresh_from_db()
    assert registration.state == State.CONFIRMED
    Event.objects.update(visibility=Event.Visibility.PRIVATE)
    assert "You have a place" in text(visitor.post(path, {"name": "Ben"}, follow=True))
    assert Registration.objects.confirmed().get().user.email == "ben@example.org"
    assert visitor.get(path).status_code == 410


def test_offer_can_be_taken_back(event, attendee, enter, visitor):
    client = enter(attendee)
    client.post(page("offer", event), {"name": "Ben", "email": "ben@example.org"})
    path = page("take", event, selectors.offer_token(Registration.objects.get(user=attendee)))
    client.post(page("offer", event), {"withdraw": "1"})
    assert (visitor.get(path).status_code, visitor.post(path, {"name": "Ben"}).status_code) == (410, 410)


def test_answers_can_be_changed_by_who_gave_them(event, attendee, enter):
    question = QuestionFactory(event=event, required=True)
    client = enter(attendee)
    assert "What I answered" in text(client.get(page("me", event)))
    assert "This needs an answer." in text(client.post(page("answers", event), {question.field: ""}))
    client.post(page("answers", event), {question.field: "Otters"})
    assert 'value="Otters"' in text(client.get(page("answers", event)))


def test_speaker_without_a_place_has_none_to_pass_on(event, speaker, enter):
    client = enter(speaker)
    assert client.get(page("offer", event)).status_code == 404
    assert client.get(page("answers", event)).status_code == 404


def test_api_registers_with_ticket_code_and_answers(event, visitor):
    ticket = TicketKindFactory.create_batch(2, event=event)[0]
    question = QuestionFactory(event=event, kind="several", choices=["Mon", "Tue"])
    code = InvitationCodeFactory(event=event)
    chosen = [choice.pk for choice in question.choices.all()]
    address = reverse("api:event-register", args=[event.slug])
    body = {**NADIA, "ticket": ticket.pk, "code": code.code, "answers": {question.field: chosen}}
    wrong = visitor.post(address, body | {"answers": {question.field: "Mon"}}, content_type="application/json")
    assert (wrong.status_code, wrong.json()["field"]) == (409, question.field)
    assert visitor.post(address, body, content_type="application/json").status_code == 202
    assert Registration.objects.get().answers.get().picked == chosen
    assert InvitationCode.objects.get().used == 1


# The desk -----------------------------------------------------------------------------------------------------------
@pytest.fixture
def desk(organiser, enter):
    return enter(organiser)


def admin(name, *args):
    return reverse(f"admin:events_{name}", args=args)


def act(desk, action, *rows, **more):
    chosen = {"action": action, "_selected_action": [row.pk for row in rows], **more}
    return desk.post(admin("registration_changelist"), chosen, follow=True)


def test_desk_says_yes_and_no(desk, event, other_event):
    yes, no = RegistrationFactory.create_batch(2, event=event, state=State.PENDING)
    theirs = RegistrationFactory(event=other_event, state=State.PENDING)
    act(desk, "approve", yes, theirs, confirmed="1")
    asked = act(desk, "decline", no, theirs)
    assert "Say no to 1 person?" in text(asked)
    act(desk, "decline", no, theirs, confirmed="1", reason="Not this time.")
    found = [Registration.objects.get(pk=one.pk).state for one in (yes, no, theirs)]
    assert found == [State.CONFIRMED, State.DECLINED, State.PENDING]
    act(desk, "reconsider", no)
    assert Registration.objects.get(pk=no.pk).state == State.PENDING


def test_desk_shows_ticket_answers_and_numbers(desk, event):
    ticket = TicketKindFactory(event=event, name="Evening")
    registration = RegistrationFactory(event=event, ticket=ticket, state=State.PENDING)
    registration.answers.create(question=QuestionFactory(event=event, label="Meal?"), text="<b>Fish</b>")
    shown = text(desk.get(admin("registration_change", registration.pk)))
    assert ("Evening" in shown, "&lt;b&gt;Fish&lt;/b&gt;" in shown) == (True, True)
    assert "Wait for your yes" in text(desk.get(admin("event_desk", event.pk)))


def test_desk_makes_codes_once_or_many(desk, event):
    given = {"event": event.pk, "code": "", "count": 12, "ticket": "", "uses": 1, "lets_in": "on", "note": "Press"}
    assert desk.post(admin("invitationcode_add"), given).status_code == 302
    assert event.invitation_codes.count() == 12
    assert desk.post(admin("invitationcode_add"), {**given, "code": "Weir", "count": 1}).status_code == 302
    again = text(desk.post(admin("invitationcode_add"), {**given, "code": "WEIR", "count": 1}))
    assert "This code exists already." in again
    assert event.invitation_codes.count() == 13


def test_desk_changes_a_code_and_invites_with_a_ticket(desk, event):
    code, ticket = InvitationCodeFactory(event=event), TicketKindFactory(event=event)
    given = {"ticket": ticket.pk, "uses": 9, "lets_in": "on", "note": "Press"}
    assert desk.post(admin("invitationcode_change", code.pk), given).status_code == 302
    code.refresh_from_db()
    assert (code.uses, code.note, code.ticket) == (9, "Press", ticket)
    person = {"event": event.pk, "email": "ada@example.org", "name": "Ada", "ticket": ticket.pk}
    assert desk.post(admin("registration_add"), person).status_code == 302
    assert Registration.objects.get(user__email="ada@example.org").ticket == ticket


def test_page_says_when_registration_opens_and_that_it_closed(event, visitor):
    from datetime import timedelta

    from apps.core import clock

    change(event, registration_opens_at=clock.now() + timedelta(days=2))
    for address in (page("register", event), reverse("venue:landing", args=[event.slug])):
        assert "It opens on" in text(visitor.get(address))
    change(event, registration_opens_at=None, registration_closes_at=clock.now() - timedelta(days=2))
    assert "The time to register is over" in text(visitor.get(page("register", event)))


def test_names_of_tickets_that_only_some_know_of_are_not_told(event, visitor):
    TicketKindFactory.create_batch(2, event=event)
    hidden = TicketKindFactory(event=event, name="Sponsors", is_offered=False)
    QuestionFactory(event=event).tickets.add(hidden)
    assert "Sponsors" not in text(visitor.get(page("register", event)))


def test_desk_takes_no_ticket_of_another_event(desk, event, other_event):
    theirs = TicketKindFactory(event=other_event)
    given = {"event": event.pk, "code": "Weir", "count": 1, "ticket": theirs.pk, "uses": 1, "note": ""}
    assert desk.post(admin("invitationcode_add"), given).status_code == 200
    assert event.invitation_codes.count() == 0


def test_desk_invites_by_file(desk, event):
    from django.core.files.uploadedfile import SimpleUploadedFile

    file = SimpleUploadedFile("guests.csv", b"email,name\nada@example.org,Ada\nnobody,\n", "text/csv")
    shown = desk.post(admin("registration_invite"), {"event": event.pk, "file": file}, follow=True)
    assert ("1 person can be invited" in text(shown), "1 line cannot be read" in text(shown)) == (True, True)
    guests = event.guest_lists.get()
    desk.post(admin("guestlist_invite", guests.pk))
    services.invite_all(guests.pk)
    assert "Invited: 1." in text(desk.get(admin("guestlist_change", guests.pk)))
    assert b"ada@example.org,invited" in b"".join(desk.get(admin("guestlist_report", guests.pk)).streaming_content)


def test_desk_of_another_organisation_has_no_such_list(desk, other_event, organiser):
    guests = services.read_guests(other_event, data=b"email\na@example.org\n", name="x.csv", by=organiser)
    for name in ("guestlist_change", "guestlist_report", "guestlist_invite"):
        assert desk.post(admin(name, guests.pk)).status_code in {302, 404}
        assert desk.get(admin(name, guests.pk)).status_code in {302, 404}
    guests.refresh_from_db()
    assert guests.state == "read"


def test_more_places_move_up_at_the_desk(desk, event):
    ticket = TicketKindFactory(event=event, capacity=1)
    RegistrationFactory(event=event, ticket=ticket)
    waiting = RegistrationFactory(event=event, ticket=ticket, state=State.WAITING, waiting_since=event.starts_at)
    given = {"event": event.pk, "name_0": "Evening", "position": 0, "capacity": 2, "admission": "", "is_offered": "on"}
    given |= {"opens_programme": "on", "opens_expo": "on", "openings-TOTAL_FORMS": 0, "openings-INITIAL_FORMS": 0}
    assert desk.post(admin("ticketkind_change", ticket.pk), given).status_code == 302
    waiting.refresh_from_db()
    assert waiting.state == State.CONFIRMED


def test_words_of_a_consent_that_change_are_a_new_version(desk, event):
    question = QuestionFactory(event=event, kind="consent", label="I agree.")
    given = {
        "event": event.pk, "kind": "consent", "label_0": "I agree to all.", "position": 0, "required": "on",
        "is_asked": "on", "choices-TOTAL_FORMS": 0, "choices-INITIAL_FORMS": 0,
    }  # fmt: skip
    assert desk.post(admin("question_change", question.pk), given).status_code == 302
    question.refresh_from_db()
    assert (str(question.label), question.version) == ("I agree to all.", 2)


TERMS = "I agree to <b>these</b> terms: https://example.org/terms."
LINKED = (
    "I agree to &lt;b&gt;these&lt;/b&gt; terms: "
    '<a href="https://example.org/terms" target="_blank" rel="noopener nofollow ugc">https://example.org/terms</a>.'
)


def test_address_in_a_consent_is_a_link_wherever_it_is_shown(event, visitor, desk, enter):
    question = QuestionFactory(event=event, kind="consent", label=TERMS)
    plain = QuestionFactory(event=event, kind="text", label="Seen https://example.org/other ?")
    registration = RegistrationFactory(event=event)
    registration.answers.create(question=question, text=TERMS)

    pages = [
        visitor.get(reverse("events:register", args=[event.slug])),
        enter(registration.user).get(reverse("events:answers", args=[event.slug])),
        desk.get(admin("registration_change", registration.pk)),
    ]

    assert [LINKED in page.content.decode() for page in pages] == [True] * 3
    assert plain.label in text(pages[0]) and 'href="https://example.org/other' not in pages[0].content.decode()


def test_desk_says_which_questions_went_with_a_ticket(desk, event):
    ticket = TicketKindFactory(event=event)
    QuestionFactory(event=event).tickets.add(ticket)

    page = desk.post(admin("ticketkind_delete", ticket.pk), {"post": "yes"}, follow=True)

    assert "One question was for this ticket alone." in text(page)

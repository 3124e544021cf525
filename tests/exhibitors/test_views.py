"""The expo and its booths, as visitors and exhibitors see them."""

import pytest
from django.urls import reverse

from apps.exhibitors import services
from tests.factories.exhibitors import BoothFactory, BoothStaffFactory, ContactRequestFactory

QUESTION = {"message": "Which maps show 1953?", "name": "Nadia", "email": "nadia@example.org", "consent": "on"}


@pytest.fixture
def booth(event):
    return BoothFactory(event=event, name="Ostra", slug="ostra", tagline="A gauge that reads itself")


@pytest.fixture
def staffed(booth, exhibitor):
    services.add_staff(booth, user=exhibitor)
    return booth


def page_of(booth):
    return reverse("exhibitors:booth", args=[booth.event.slug, booth.slug])


def desk_of(booth):
    return reverse("exhibitors:desk", args=[booth.event.slug, booth.slug])


def test_expo_costs_the_same_for_one_booth_and_for_many(event, attendee, enter, django_assert_max_num_queries):
    client = enter(attendee)
    counts = []
    for more in (1, 2, 47):
        for _booth in range(more):
            BoothStaffFactory(booth__event=event)
        client.get(reverse("exhibitors:expo", args=[event.slug]))
        with django_assert_max_num_queries(12) as counted:
            client.get(reverse("exhibitors:expo", args=[event.slug]))
        counts.append(len(counted))
    assert len(set(counts)) == 1


def test_expo_shows_a_page_of_many_and_leads_on(event, visitor):
    for number in range(49):
        BoothFactory(event=event, name=f"Booth {number:02}")

    page = visitor.get(reverse("exhibitors:expo", args=[event.slug])).content.decode()

    assert "Booth 47" in page
    assert "Booth 48" not in page
    assert "page=2" in page


def test_expo_finds_by_name_and_line_and_says_when_nothing_is_found(event, booth, visitor):
    BoothFactory(event=event, name="Poros Paving")
    expo = reverse("exhibitors:expo", args=[event.slug])

    assert "Poros Paving" not in visitor.get(expo, {"q": "gauge"}).content.decode()
    assert "Ostra" in visitor.get(expo, {"q": "gauge"}).content.decode()
    assert "No booth has these words" in visitor.get(expo, {"q": "submarine"}).content.decode()


def test_expo_without_booths_says_what_will_be(event, visitor):
    page = visitor.get(reverse("exhibitors:expo", args=[event.slug])).content.decode()

    assert "No booth is open yet" in page


def test_unpublished_booth_is_for_its_own_people(staffed, exhibitor, attendee, enter, visitor):
    staffed.is_published = False
    staffed.save()

    assert visitor.get(page_of(staffed)).status_code == 404
    assert enter(attendee).get(page_of(staffed)).status_code == 404
    assert "Only you see this booth." in enter(exhibitor).get(page_of(staffed)).content.decode()


def test_booth_of_another_event_is_not_found_here(event, other_event, visitor):
    elsewhere = BoothFactory(event=other_event, slug="elsewhere")

    assert visitor.get(reverse("exhibitors:booth", args=[event.slug, elsewhere.slug])).status_code == 404


def test_visitor_reads_the_booth_and_is_asked_to_register_before_writing(booth, visitor):
    page = visitor.get(page_of(booth)).content.decode()
    assert "A gauge that reads itself" in page
    assert 'name="message"' not in page

    answer = visitor.post(page_of(booth), QUESTION)

    assert answer.status_code == 302
    assert booth.contact_requests.count() == 0


def test_attendee_asks_and_sees_it_on_the_page(booth, attendee, enter):
    client = enter(attendee)

    answer = client.post(page_of(booth), QUESTION, follow=True)

    assert answer.redirect_chain == [(page_of(booth), 302)]
    assert booth.contact_requests.get().user == attendee
    assert "Which maps show 1953?" in answer.content.decode()
    assert "waiting for an answer" in answer.content.decode()


def test_form_without_consent_keeps_the_words_and_sends_nothing(booth, attendee, enter):
    answer = enter(attendee).post(page_of(booth), {**QUESTION, "consent": ""})

    assert answer.status_code == 422
    assert "Which maps show 1953?" in answer.content.decode()
    assert booth.contact_requests.count() == 0


def test_outsider_may_look_but_not_ask(booth, outsider, enter):
    client = enter(outsider)

    assert client.get(page_of(booth)).status_code == 200
    assert client.post(page_of(booth), QUESTION).status_code in (302, 403)
    assert booth.contact_requests.count() == 0


def test_desk_is_closed_to_attendees_and_to_other_exhibitors(booth, attendee, exhibitor, enter):
    assert enter(attendee).get(desk_of(booth)).status_code == 403
    assert enter(exhibitor).get(desk_of(booth)).status_code == 403


def test_desk_shows_who_waits_longest_first_and_sends_an_answer(staffed, exhibitor, enter):
    first = ContactRequestFactory(booth=staffed, message="The first question")
    ContactRequestFactory(booth=staffed, message="The second question")
    client = enter(exhibitor)

    page = client.get(desk_of(staffed)).content.decode()
    assert "2 people wait for an answer." in page
    assert page.index("The first question") < page.index("The second question")

    address = reverse("exhibitors:desk_request", args=[staffed.event.slug, staffed.slug, first.pk])
    client.post(address, {"do": "answer", "answer": "All of them."})

    first.refresh_from_db()
    assert first.answer == "All of them."
    assert "One person waits for an answer." in client.get(desk_of(staffed)).content.decode()
    assert "All of them." in client.get(desk_of(staffed), {"show": "done"}).content.decode()


def test_desk_keeps_an_answer_that_came_too_late(staffed, exhibitor, enter):
    request = ContactRequestFactory(booth=staffed)
    services.answer(request, by=exhibitor, text="Quicker.")
    address = reverse("exhibitors:desk_request", args=[staffed.event.slug, staffed.slug, request.pk])

    answer = enter(exhibitor).post(address, {"do": "answer", "answer": "Slower."})

    assert answer.status_code == 409
    request.refresh_from_db()
    assert request.answer == "Quicker."


def test_desk_refuses_a_request_of_another_booth(staffed, exhibitor, enter):
    elsewhere = ContactRequestFactory(booth__event=staffed.event)
    address = reverse("exhibitors:desk_request", args=[staffed.event.slug, staffed.slug, elsewhere.pk])

    assert enter(exhibitor).post(address, {"answer": "Mine?"}).status_code == 404


def test_brand_is_a_stylesheet_of_its_own(booth, visitor):
    answer = visitor.get(booth.brand_css_url)

    assert answer.headers["Content-Type"].startswith("text/css")
    assert "immutable" in answer.headers["Cache-Control"]
    assert "[data-brand]" in answer.content.decode()
    assert "style=" not in visitor.get(page_of(booth)).content.decode()

"""Questions at registration that offer nothing to choose from: refused at the desk, told of, and never in the way."""

import pytest
from django.urls import reverse

from apps.core.errors import Refused
from apps.events import services
from apps.events.models import Choice, Question, Registration
from apps.events.registry import publish_checks
from tests.factories.events import QuestionFactory, TicketKindFactory

pytestmark = pytest.mark.django_db
ADD = "/admin/events/question/add/"


@pytest.fixture
def desk(organiser, enter):
    return enter(organiser)


def typed(event, *choices, kind="choice", ids=(), gone=()):
    form = {"event": event.pk, "kind": kind, "label_0": "What do you eat?", "position": 0, "is_asked": "on"}
    form |= {"required": "on", "choices-TOTAL_FORMS": len(choices), "choices-INITIAL_FORMS": len(ids)}
    for number, label in enumerate(choices):
        form |= {f"choices-{number}-label_0": label, f"choices-{number}-position": 0}
    form |= {f"choices-{number}-id": pk for number, pk in enumerate(ids)}
    return form | {f"choices-{number}-DELETE": "on" for number in gone}


@pytest.mark.parametrize("kind", ["choice", "several"])
def test_question_without_choices_is_not_kept(desk, event, kind):
    page = desk.post(ADD, typed(event, kind=kind))

    assert "Write at least one choice" in page.content.decode()
    assert not Question.objects.exists()


def test_empty_line_is_no_choice(desk, event):
    desk.post(ADD, typed(event, ""))

    assert not Question.objects.exists()


def test_question_with_a_choice_is_kept(desk, event):
    desk.post(ADD, typed(event, "Bread"))

    assert [str(choice) for choice in Choice.objects.filter(question__event=event)] == ["Bread"]


def test_question_for_text_needs_none(desk, event):
    desk.post(ADD, typed(event, kind="text"))

    assert Question.objects.get().kind == "text"


def test_last_choice_cannot_be_taken_away(desk, event):
    question = QuestionFactory(event=event, kind="choice", choices=["Bread"])
    form = typed(event, "Bread", ids=[question.choices.get().pk], gone=[0])

    desk.post(reverse("admin:events_question_change", args=[question.pk]), form)

    assert question.choices.count() == 1


def test_service_refuses_what_offers_nothing():
    with pytest.raises(Refused) as refused:
        services.check_choices(Question(kind="several"), 0)
    assert refused.value.code == "question.no_choices"


def test_whoever_registers_is_not_asked_what_cannot_be_answered(event):
    QuestionFactory(event=event, kind="choice", required=True)

    services.register(event, email="ada@example.org", name="Ada")

    assert Registration.objects.get(user__email="ada@example.org").state == "confirmed"


def test_publishing_warns_of_it(event):
    question = QuestionFactory(event=event, kind="choice", label="What do you eat?")
    told = [str(line) for line in publish_checks.of(event)]
    Choice.objects.create(question=question, label="Bread")

    assert [line for line in told if "What do you eat?" in line]
    assert not [line for line in publish_checks.of(event) if "What do you eat?" in str(line)]


def test_choices_of_a_question_for_text_are_refused_at_the_desk(desk, event):
    page = desk.post(ADD, typed(event, "Bread", kind="text"))

    assert "A question of this kind has no choices" in page.content.decode()
    assert not Question.objects.exists()


def test_question_that_becomes_another_kind_lets_its_choices_rest(desk, event):
    question = QuestionFactory(event=event, kind="choice", choices=["Bread"])
    form = typed(event, "Bread", kind="text", ids=[question.choices.get().pk])

    desk.post(reverse("admin:events_question_change", args=[question.pk]), form)

    question.refresh_from_db()
    assert (question.kind, question.choices.count()) == ("text", 1)


def test_more_choices_than_anybody_reads_are_refused(desk, event, monkeypatch):
    monkeypatch.setattr("apps.events.services.asking.MOST_CHOICES", 1)
    page = desk.post(ADD, typed(event, "Bread", "Soup"))

    assert "A question has up to 1 choices" in page.content.decode()
    assert not Question.objects.exists()


def test_ticket_of_another_event_asks_nothing_here(desk, event):
    theirs = TicketKindFactory(event__organisation=event.organisation)
    with pytest.raises(Refused) as refused:
        services.save_question(Question(event=event, label="Who?"), tickets=[theirs])
    assert refused.value.code == "registration.ticket"

    desk.post(ADD, typed(event, kind="text") | {"tickets": [theirs.pk]})

    assert not Question.objects.exists()


def test_two_who_word_a_consent_at_once_make_two_versions(event):
    question = QuestionFactory(event=event, kind="consent", label="I agree.")
    one, other = Question.objects.get(pk=question.pk), Question.objects.get(pk=question.pk)
    for saved, words in ((one, "I do."), (other, "I really do.")):
        saved.label = words
        services.keep_question(saved, changed={"label"})
    question.refresh_from_db()
    assert (str(question.label), question.version) == ("I really do.", 3)

"""No form of the desk writes over what somebody else wrote into the row while it was being sent."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib import admin
from django.db import IntegrityError, models, transaction
from django.http import Http404
from django.urls import reverse
from lxml import html

from apps.core import clock
from apps.events.doors import ScopedInline, ScopedTabularInline
from apps.events.doors.writing import columns_of, write
from apps.events.models import Announcement, Event, Question, TicketKind
from apps.notifications.models import Endpoint
from apps.polls.models import Poll
from apps.quizzes.models import Allowance
from apps.tracks.models import Session
from tests.factories.accounts import UserFactory, give_second_factor
from tests.factories.events import QuestionFactory, TicketKindFactory
from tests.factories.polls import OptionFactory
from tests.factories.tracks import TrackFactory

ADMINS = sorted(
    ((model, desk) for model, desk in admin.site._registry.items() if desk.may_change),
    key=lambda item: item[0]._meta.label_lower,
)
BY_LABEL = pytest.mark.parametrize(("model", "desk"), ADMINS, ids=lambda value: getattr(value, "__name__", ""))
LATER = datetime(2031, 5, 6, tzinfo=UTC)
DECIDED = {
    (Allowance, "asked"),
    (Event, "agenda_changed_at"),
    (Event, "agenda_version"),
    (Session, "changed_at"),
}
"""What is decided anew when the form is kept: that nothing is asked for any more, and that the agenda is another."""


@pytest.fixture
def there(built, db):
    made = built()
    # As a form takes them.
    Announcement.objects.update(state="scheduled", due_at=clock.now() + timedelta(hours=2))
    Endpoint.objects.update(url="https://crm.example.org/")
    OptionFactory(poll=made.things[Poll])
    return made


@pytest.fixture
def root(enter, there):
    person = UserFactory(is_superuser=True, is_staff=True)
    give_second_factor(person)
    return enter(person)


def page(model, kind, *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{kind}", args=args)


def sent(answer, form):
    """What a browser sends of a form that nobody touched."""
    found = next(one for one in html.fromstring(answer.content.decode()).forms if one.get("id") == form)
    empty = {box.name for box in found.xpath(".//input[@type='radio'][@checked][@value='']")}
    return {name: "" if name in empty else value or "" for name, value in found.form_values() if name != "action"}


def another(field, value):
    match field:
        case models.BooleanField():
            return not value
        case models.IntegerField():
            return (value or 0) + 1
        case models.DateTimeField():
            return LATER
        case models.CharField() | models.TextField() if field.choices:
            return next((one for one, _words in field.flatchoices if one not in ("", value)), value)
        case models.CharField() | models.TextField() if not isinstance(field, models.FileField):
            return "meanwhile"[: field.max_length or 9]
    return value


def write_behind(row, shown):
    """Changes every column that no field of the form shows, as somebody else might; what it was changed to."""
    written = {}
    for field in row._meta.concrete_fields:
        if field.primary_key or field.is_relation or field.name in shown or (type(row), field.name) in DECIDED:
            continue
        value = another(field, field.value_from_object(row))
        if value == field.value_from_object(row):
            continue
        try:
            with transaction.atomic():
                type(row)._base_manager.filter(pk=row.pk).update(**{field.name: value})
        except IntegrityError:
            continue  # a constraint binds it to another column
        written[field.name] = value
    return written


@BY_LABEL
def test_form_leaves_what_others_wrote_meanwhile(model, desk, there, root, monkeypatch):
    row = there.things[model]
    address = page(model, "change", row.pk)
    posted = sent(root.get(address), f"{model._meta.model_name}_form")
    written = {}
    read = type(desk).save_form

    def save_form(self, request, form, change):
        made = read(self, request, form, change)
        written.update(write_behind(model._base_manager.get(pk=row.pk), form.fields))
        return made

    monkeypatch.setattr(type(desk), "save_form", save_form)
    answer = root.post(address, posted)
    assert answer.status_code == 302, html.fromstring(answer.content.decode()).xpath("//*[@class='errorlist']//text()")
    assert {name: model._base_manager.values_list(name, flat=True).get(pk=row.pk) for name in written} == written


def test_form_leaves_state_and_version_of_an_event_and_keeps_what_was_changed(there, root, monkeypatch):
    desk = admin.site._registry[Event]
    address = page(Event, "change", there.event.pk)
    posted = sent(root.get(address), "event_form") | {"place": "Old mill"}
    read = type(desk).save_form

    def save_form(self, request, form, change):
        Event.objects.filter(pk=there.event.pk).update(state="live", agenda_version=77, live_epoch=9)
        return read(self, request, form, change)

    monkeypatch.setattr(type(desk), "save_form", save_form)
    root.post(address, posted)
    there.event.refresh_from_db()
    kept = (there.event.place, there.event.state, there.event.agenda_version, there.event.live_epoch)
    assert kept == ("Old mill", "live", 78, 9)  # and one more, by the change itself


@pytest.mark.parametrize(
    ("factory", "changed", "behind"),
    [
        (TicketKindFactory, {"position": 7}, {"capacity": 40}),
        (QuestionFactory, {"position": 7}, {"version": 5}),
        (TrackFactory, {"position": 7}, {"colour": 4}),
    ],
)
def test_list_that_is_changed_in_place_leaves_the_other_columns(factory, changed, behind, there, root, monkeypatch):
    model = factory._meta.model
    row = factory(event=there.event)
    desk = admin.site._registry[model]
    address = page(model, "changelist")
    posted = sent(root.get(address), "changelist-form")
    prefix = next(name for name, value in posted.items() if name.endswith("-id") and value == str(row.pk))[:-2]
    read = type(desk).save_form

    def save_form(self, request, form, change):
        model.objects.filter(pk=row.pk).update(**behind)
        return read(self, request, form, change)

    monkeypatch.setattr(type(desk), "save_form", save_form)
    root.post(address, posted | {f"{prefix}{name}": value for name, value in changed.items()} | {"_save": "1"})
    assert model.objects.filter(pk=row.pk).values(*changed, *behind).get() == {**changed, **behind}


def test_row_that_somebody_deleted_meanwhile_is_not_there_again(event):
    ticket = TicketKindFactory(event=event)
    before = columns_of(ticket)
    TicketKind.objects.filter(pk=ticket.pk).delete()
    ticket.capacity = 7
    with pytest.raises(Http404):
        write(ticket, before=before)
    assert not TicketKind.objects.filter(pk=ticket.pk).exists()


def test_every_line_inside_a_form_is_written_with_care(there, rf):
    request = rf.get("/")
    request.user, request.session = UserFactory(is_superuser=True, is_staff=True), {}
    careless = [
        f"{desk}: {type(inline).__name__}"
        for model, desk in ADMINS
        for inline in desk.get_inline_instances(request, there.things[model])
        if not isinstance(inline, (ScopedInline, ScopedTabularInline))
    ]
    assert careless == []


def test_line_inside_a_form_leaves_what_others_wrote_meanwhile(there, root, monkeypatch):
    """A choice of a question whose position was changed while its words were."""
    question = QuestionFactory(event=there.event, kind="choice", choices=["Soup", "Salad"])
    desk = admin.site._registry[Question]
    address = page(Question, "change", question.pk)
    posted = sent(root.get(address), "question_form") | {"choices-0-label_0": "Broth"}

    def save_model(self, request, obj, form, change):
        obj.choices.filter(label__contains="Soup").update(position=30)

    monkeypatch.setattr(type(desk), "save_model", save_model)
    root.post(address, posted)
    assert [(str(choice), choice.position) for choice in question.choices.order_by("pk")] == [
        ("Broth", 30),
        ("Salad", 1),
    ]

"""The organisers' desk shows and changes what belongs to one's own events, and nothing of anybody else's."""

import pytest
from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.utils import flatten_fieldsets
from django.urls import reverse
from django.utils.functional import Promise

from apps.events.doors import OrganisationScopedAdmin
from apps.events.models import JoinLink, OrganisationWish
from apps.media.models import AddedSound, AssetVersion
from tests.access import routes, world
from tests.factories.events import EventFactory, MembershipFactory, RegistrationFactory

ADMINS = sorted(admin.site._registry.items(), key=lambda item: item[0]._meta.label_lower)
BY_LABEL = pytest.mark.parametrize(("model", "desk"), ADMINS, ids=lambda value: getattr(value, "__name__", ""))
STANDARD = ("_change", "_delete", "_history", ":")
OWN_VIEWS = [
    route
    for route in routes.every_route()
    if route.is_admin and {"pk", "object_id"} & {*route.parameters} and not route.name.endswith(STANDARD)
]
GOES_AWAY = (302, 403, 404, 405)
OF_THE_PLATFORM = {OrganisationWish}
"""The business of those who run it, and of no organiser."""


@pytest.fixture
def there(built, db):
    return built()


@pytest.fixture
def stranger(enter, db):
    """An organiser of another organisation, with an event and a guest."""
    here = EventFactory(name="Here", slug="here", organisation__name="Dry Dock")
    RegistrationFactory(event=here)
    return enter(MembershipFactory(organisation=here.organisation).user)


def page(model, kind, *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{kind}", args=args)


@BY_LABEL
def test_admin_is_scoped(model, desk):
    assert isinstance(desk, OrganisationScopedAdmin), f"{desk} must be an OrganisationScopedAdmin."


@BY_LABEL
def test_lists_and_forms_tell_nothing_of_others(model, desk, there, stranger):
    for url in (page(model, "changelist"), page(model, "changelist") + "?q=Kelp", page(model, "add")):
        response = stranger.get(url)
        assert response.status_code in (200, 302, 403), url
        assert world.SECRET not in response.content.decode(), url


@BY_LABEL
def test_objects_of_others_can_be_neither_seen_nor_changed(model, desk, there, stranger):
    thing = there.things.get(model)
    assert thing is not None, f"world.build makes no {model.__name__}."
    before = world.fingerprint()
    old_address = page(model, "change", thing.pk).removesuffix("change/")
    for url in (old_address, *(page(model, kind, thing.pk) for kind in ("change", "delete", "history"))):
        for response in (stranger.get(url), stranger.post(url, {"post": "yes"})):
            assert response.status_code in GOES_AWAY, url
            assert world.SECRET.encode() not in response.content
    assert world.fingerprint() == before


@BY_LABEL
def test_actions_do_not_reach_others(model, desk, there, stranger, rf):
    request = rf.get("/")
    request.user = there.people["organiser"]
    names = [*desk.get_actions(request), "delete_selected"]
    before = world.fingerprint()
    for name in names:
        chosen = {"action": name, ACTION_CHECKBOX_NAME: there.things[model].pk, "confirmed": 1, "post": "yes"}
        response = stranger.post(page(model, "changelist"), chosen)
        assert response.status_code < 500, name
        assert world.SECRET.encode() not in b"".join(response), name
    assert world.fingerprint() == before


@pytest.mark.parametrize("route", OWN_VIEWS, ids=str)
def test_further_views_of_the_desk_do_not_reach_others(route, there, stranger, visitor):
    label = ".".join(route.pattern.split("/")[1:3])
    thing = next((row for model, row in there.things.items() if model._meta.label_lower == label), None)
    assert thing is not None, f"world.build makes no {label}."
    known = {"pk": thing.pk, "object_id": thing.pk, "name": "publish", "deed": "open"}
    known |= {"link": there.things[JoinLink].pk, "version": there.things[AssetVersion].pk}
    known["sound"] = there.things[AddedSound].pk
    url = reverse(route.name, kwargs={name: known[name] for name in route.parameters})
    before = world.fingerprint()
    for client in (stranger, visitor):
        for method in ("get", "post"):
            response = getattr(client, method)(url)
            assert response.status_code in GOES_AWAY, f"{method} {url}: {response.status_code}"
            assert world.SECRET.encode() not in response.content
    assert world.fingerprint() == before


@BY_LABEL
def test_visitors_and_guests_do_not_get_to_the_desk(model, desk, there, visitor, enter):
    for client in (visitor, enter(there.people["attendee"]), enter(there.people["moderator"])):
        response = client.get(page(model, "changelist"))
        assert response.status_code == 302
        assert response.headers["Location"].startswith("/admin/login/")


@BY_LABEL
def test_organisers_see_what_is_theirs(model, desk, there, enter):
    client, seen = enter(there.people["organiser"]), 403 if model in OF_THE_PLATFORM else 200
    assert client.get(page(model, "changelist")).status_code == seen
    assert client.get(page(model, "change", there.things[model].pk)).status_code == seen
    assert client.get(page(model, "add")).status_code in (200, 403)


@BY_LABEL
def test_every_field_has_a_name_that_is_translated(model, desk, there, rf):
    request = rf.get("/")
    request.user, request.session = there.people["organiser"], {}
    for row in (there.things[model], None)[: 1 + desk.has_add_permission(request)]:
        forms = [(model, desk.get_form(request, row, change=row is not None), desk.get_fieldsets(request, row))]
        forms += [
            (inline.model, inline.get_formset(request, row).form, inline.get_fieldsets(request, row))
            for inline in desk.get_inline_instances(request, row)
        ]
        for table, form, fieldsets in forms:
            names = {field.name: field.verbose_name for field in (*table._meta.fields, *table._meta.many_to_many)}
            names |= {name: field.label for name, field in form.base_fields.items()}
            shown = flatten_fieldsets(fieldsets)
            raw = [name for name in shown if name in names and not isinstance(names[name], Promise)]
            assert not raw, f"{table.__name__} at the desk: give {', '.join(raw)} a name that can be translated"


def test_no_two_lists_of_the_desk_have_one_name():
    names = [str(model._meta.verbose_name_plural) for model, desk in ADMINS if desk.desk is not None]
    assert len(names) == len({*names})


def test_autocompletion_offers_nothing_of_others(there, stranger):
    wanted = {"app_label": "exhibitors", "model_name": "boothstaff", "field_name": "user", "term": world.SECRET}
    response = stranger.get(reverse("admin:autocomplete"), wanted)
    assert response.json()["results"] == []


def test_foreign_key_that_is_typed_in_by_hand_is_refused(there, stranger):
    before = world.fingerprint()
    response = stranger.post(
        reverse("admin:events_announcement_add"), {"event": there.event.pk, "text_0": "Everybody out", "text_1": ""}
    )
    assert response.status_code == 200
    assert world.fingerprint() == before


def test_signed_in_guest_is_told_no_rather_than_asked_again(there, enter):
    response = enter(there.people["attendee"]).get("/admin/", follow=True)
    assert response.status_code == 403

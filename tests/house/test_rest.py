"""REST does what pages do: each page that changes something, and each deed of the desk, names its call, or says why it
has none. A new one fails here until it is named in `rest.py`."""

from django.conf import settings
from django.contrib import admin

from tests.access import routes
from tests.house.rest import DESK, IN_PART, NO_DEEDS, ONLY_SHOW, PAGES, Nowhere

STANDARD = ("_changelist", "_add", "_change", "_delete", "_history")


def calls():
    """{METHOD name} of the whole API."""
    every = (route for route in routes.every_route() if route.name.startswith("api:"))
    return {f"{method.upper()} {route.name[4:]}" for route in every for method in route.methods}


def pages():
    """The names of all pages that take a form."""
    return {
        route.name
        for route in routes.every_route()
        if "post" in route.methods and not route.name.startswith(("api:", "admin:"))
    }


def deeds():
    """What the desk does: `events.ticketkind add`, `events.registration approve`, and its own pages by their names."""
    found = {route.name for route in routes.every_route() if route.is_admin and not route.name.endswith(STANDARD)}
    for model, desk in admin.site._registry.items():
        of = {"add": desk.may_add, "change": desk.may_change, "delete": desk.may_delete}
        named = [*(deed for deed, may in of.items() if may), *desk.actions]
        found |= {f"{model._meta.label_lower} {deed}" for deed in named}
    return found


def wrong(table):
    """Calls that are named and do not exist, and reasons that say nothing."""
    known = calls()
    named = {
        page: [call for call in told.split(", ") if call not in known]
        for page, told in table.items()
        if not isinstance(told, Nowhere)
    }
    empty = {page: told for page, told in table.items() if isinstance(told, Nowhere) and len(told.split()) < 3}
    return {page: missing for page, missing in named.items() if missing} | empty


def test_every_page_that_takes_a_form_has_its_call_or_a_reason():
    assert set(PAGES) == pages() - ONLY_SHOW
    assert wrong(PAGES) == {}


def test_every_deed_of_the_desk_has_its_call_or_a_reason():
    assert set(DESK) | NO_DEEDS == deeds()
    assert not set(DESK) & NO_DEEDS
    assert wrong(DESK) == {}


def test_reasons_are_those_of_the_documentation():
    text = (settings.BASE_DIR / "docs" / "api.md").read_text()
    section = text.partition("### Not over REST\n")[2].partition("\n## ")[0]
    listed = [line.removeprefix("- ") for line in section.splitlines() if line.startswith("- ")]
    reasons = {str(told) for told in [*PAGES.values(), *DESK.values(), *IN_PART.values()] if isinstance(told, Nowhere)}
    assert sorted(listed) == sorted(reasons)

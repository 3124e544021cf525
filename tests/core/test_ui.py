"""Components, the reader's preferences, the content policy and the import map."""

import base64
import hashlib
import json
import re
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import timezone, translation

from apps.core import conditional, importmap, zones
from apps.core.samples import SampleForm


def render(source, **context):
    request = context.pop("request", None) or RequestFactory().get("/", context.pop("query", {}))
    return Template("{% load ui %}" + source).render(Context({"request": request, **context}))


def test_the_page_of_components_shows_every_icon(client, settings, db):
    settings.UI_PAGES = True

    page = client.get("/ui/").content.decode()

    assert page.count("icons.") > 70
    assert 'id="empty_email"' in page


def test_the_page_of_components_stays_with_its_builders(client, settings, db):
    settings.UI_PAGES = False

    assert client.get("/ui/").status_code == 404


def test_the_policy_names_the_import_map_of_the_page(client, settings, db):
    settings.UI_PAGES = True

    response = client.get("/ui/")

    text = re.search(r'<script type="importmap">(.*?)</script>', response.content.decode())[1]
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    policy = response.headers["Content-Security-Policy"]
    scripts = next(part for part in policy.split("; ") if part.startswith("script-src"))
    assert scripts == f"script-src 'self' 'sha256-{digest}'"
    assert "unsafe" not in policy


def test_only_the_desk_may_evaluate(client, db):
    policy = client.get("/admin/").headers["Content-Security-Policy"]

    assert "'unsafe-eval'" in policy


def test_the_import_map_names_our_modules_by_path_and_libraries_by_name():
    imports = json.loads(importmap.text())["imports"]

    assert re.fullmatch(r"/static/ui/toast\.[0-9a-f]{12}\.js", imports["plenary/ui/toast.js"])
    assert imports["hls.js"].endswith(".mjs")


@pytest.mark.parametrize(
    ("field", "value", "cookie"),
    [("theme", "dark", "theme"), ("times", "event", "times"), ("language", "de", "django_language")],
)
def test_a_preference_is_kept_in_a_cookie(client, db, field, value, cookie):
    response = client.post("/preferences/", {field: value, "next": "/ui/?mood=house"})

    assert response.headers["Location"] == "/ui/?mood=house"
    assert response.cookies[cookie].value == value


def test_preferences_keep_nothing_unknown_and_lead_nowhere_else(client, db):
    response = client.post("/preferences/", {"theme": "<script>", "next": "https://elsewhere.example/"})

    assert response.headers["Location"] == "/"
    assert not response.cookies


def test_a_chosen_theme_stands_in_the_page(client, settings, db):
    settings.UI_PAGES = True
    client.cookies["theme"] = "dark"

    assert 'data-theme="dark"' in client.get("/ui/").content.decode()


NAIROBI, LISBON = zones.find("Africa/Nairobi"), zones.find("Europe/Lisbon")


@pytest.mark.parametrize(
    ("found", "shown", "other"),
    [
        (zones.Zones(own=None, event=LISBON), LISBON, None),
        (zones.Zones(own=NAIROBI, event=LISBON), NAIROBI, LISBON),
        (zones.Zones(own=NAIROBI, event=LISBON, wants_event=True), LISBON, NAIROBI),
        (zones.Zones(own=LISBON, event=LISBON), LISBON, None),
    ],
)
def test_times_are_the_readers_and_the_events_are_one_click_away(found, shown, other):
    assert (found.shown, found.other) == (shown, other)


@pytest.mark.parametrize("key", ["", None, "Nowhere/Land", "../etc/passwd", "Europe"])
def test_a_cookie_that_names_no_zone_is_no_zone(key):
    assert zones.find(key) is None


def test_a_moment_is_written_in_the_active_zone():
    at = datetime(2026, 10, 13, 8, 30, tzinfo=UTC)

    with timezone.override(NAIROBI):
        html = render("{% when at %}{% when at 'day' %}", at=at)

    assert html == (
        '<time datetime="2026-10-13T11:30+03:00" data-when="time">11:30</time>'
        '<time datetime="2026-10-13T11:30+03:00" data-when="day">Tuesday 13 October</time>'
    )


def test_a_face_shows_initials_of_first_and_last_name():
    html = render("{% face person %}", person=SimpleNamespace(pk=11, name="mei-lin van Aalst"))

    assert html == '<span class="face f4" aria-hidden="true">MA</span>'


def test_a_face_shows_the_photo_where_there_is_one():
    html = render("{% face person 'l' %}", person=SimpleNamespace(pk=8, name="Bea", photo_url="/files/b.jpg?a=1&b=2"))

    assert html == (
        '<span class="face f1 l" aria-hidden="true"><img src="/files/b.jpg?a=1&amp;b=2" alt="" loading="lazy"></span>'
    )


def test_a_name_cannot_write_markup():
    html = render("{% face person %}", person=SimpleNamespace(pk=1, name="<b> <i>"))

    assert "<b>" not in html


def test_a_track_has_a_hue_and_a_shape():
    track = SimpleNamespace(colour=7, shape=3)

    assert render("{% track_mark track %}", track=track) == '<i class="mark t7 k3" aria-hidden="true"></i>'
    assert render("{% track_mark None %}") == '<i class="mark t0" aria-hidden="true"></i>'


def test_a_form_says_label_hint_and_error_where_readers_expect_them():
    form = SampleForm({"name": "Nadia", "email": "nadia@lakeside"})

    html = str(form)

    assert 'aria-invalid="true"' in html
    assert 'aria-describedby="id_email_error"' in html
    assert 'id="id_email_error"' in html
    assert '<label for="id_name">Name</label>' in html
    assert 'id="id_name_helptext">As others will see it.' in html


def test_page_numbers_keep_the_rest_of_the_question():
    from django.core.paginator import Paginator

    page = Paginator(range(200), 10).get_page(3)

    html = render("{% pagination page %}", page=page, query={"q": "a b", "page": "3"})

    assert 'href="?q=a+b&amp;page=4"' in html
    assert 'href="?q=a+b&amp;page=3" aria-current="page"' in html


def test_a_page_of_another_reader_has_another_tag(rf):
    def tag(*parts, **extra):
        return conditional.page_tag(rf.get("/e/freshet/agenda/", **extra), *parts)

    with translation.override("de"):
        german = tag(1)

    assert tag(1) == tag(1)
    assert len({tag(1), tag(2), german, conditional.page_tag(rf.get("/e/freshet/agenda/?day=1"), 1)}) == 4


def test_what_is_held_is_not_sent_again(rf):
    tag = conditional.page_tag(rf.get("/"), 1)

    assert conditional.not_modified(rf.get("/", HTTP_IF_NONE_MATCH=tag), tag).status_code == 304
    assert conditional.not_modified(rf.get("/", HTTP_IF_NONE_MATCH='W/"other"'), tag) is None


@pytest.mark.parametrize(("language", "shown"), [("en", "12,345"), ("de", "12.345"), ("ar", "12,345")])
def test_a_number_is_grouped_as_the_browser_groups_it(language, shown):
    page = Template(
        "{% load i18n ui %}{{ count|number }}"
        "{% blocktranslate count count=count|number %}one{% plural %}, {{ count }}{% endblocktranslate %}"
    )
    with translation.override(language):
        assert page.render(Context({"count": 12345})) == f"{shown}, {shown}"

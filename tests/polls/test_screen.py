"""What a shared screen has room for, and other pages of those who run polls that must not grow without an end."""

import csv
import re
import zipfile
from io import BytesIO

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.polls import services, views
from apps.polls.models import Kind
from tests.factories.events import RegistrationFactory
from tests.factories.polls import AnswerFactory, PollFactory, TemplateFactory


def screen(poll, client, **asked):
    return client.get(reverse("polls:screen", args=[poll.event.slug, poll.pk]), asked).content.decode()


def panels_of(html):
    return [int(number) for number in re.findall(r'<poll-panel data-poll="(\d+)"', html)]


def words_of(html):
    return re.findall(r"data-words>([^<]+)</span><output", html)


def test_screen_shows_those_that_got_most_in_their_order_and_says_how_many_more(event, moderator, enter):
    names = [f"Weir {number}" for number in range(1, 21)]
    poll = services.open_poll(services.create_poll(event=event, question="?", options=names))
    options = list(poll.options.all())
    for place in (19, 0, 19):
        person = RegistrationFactory(event=event).user
        said = services.Vote(event.pk, poll.pk, person.pk, views.Said(option=options[place].pk))
        services.cast_votes([said])

    html = screen(poll, enter(moderator))

    assert words_of(html) == [*names[:11], names[19]]
    assert html.count("and 8 more") == 2  # beside the results, and beside the choices while there are none
    assert f'<li class="top" data-option="{options[19].pk}"><b class="key" aria-hidden="true">T</b>' in html


def test_screen_shows_all_of_a_dozen_and_a_scale_whole(event, moderator, enter):
    dozen = services.open_poll(services.create_poll(event=event, question="?", options="abcdefghijkl"))
    scale = services.create_poll(event=event, question="?", kind=Kind.SCALE, least=0, most=20)
    client = enter(moderator)

    assert len(words_of(screen(dozen, client))) == 12
    assert len(words_of(screen(services.open_poll(scale), client, beside=0))) == 21
    assert len(words_of(screen(scale, client))) == 21 + 5
    assert "data-more-rows hidden></p>" in screen(dozen, client, beside=0)


def test_screen_shows_two_of_those_that_are_open_and_names_the_others(event, session, other_event, moderator, enter):
    """Of the same place alone; which one stands beside it can be asked for, and stays when it is closed."""
    first, second, third = (
        services.open_poll(services.create_poll(event=event, question=f"Weir {number}?", options="ab"))
        for number in range(3)
    )
    elsewhere = [PollFactory(event=event, session=session), PollFactory(event=other_event)]
    client = enter(moderator)

    html = screen(first, client)
    assert panels_of(html) == [first.pk, third.pk]
    assert "Also open: <bdi>Weir 1?</bdi>" in html
    assert panels_of(screen(first, client, beside=second.pk)) == [first.pk, second.pk]
    services.close_poll(second)
    assert panels_of(screen(first, client, beside=second.pk)) == [first.pk, second.pk]
    for asked in (0, first.pk, *(poll.pk for poll in elsewhere)):
        assert panels_of(screen(first, client, beside=asked)) == [first.pk]
    assert panels_of(screen(elsewhere[0], client)) == [elsewhere[0].pk]


def test_templates_turn_pages(event, moderator, enter):
    TemplateFactory.create_batch(views.A_PAGE + 1, organisation=event.organisation)
    client = enter(moderator)
    page = reverse("polls:run", args=[event.slug])

    def offered(html):
        return len(re.findall(r'<option value="\d+">Who pays', html))

    first, second = (client.get(page, asked).content.decode() for asked in ({}, {"templates": 2}))
    assert (offered(first), offered(second)) == (views.A_PAGE, 1)
    assert "templates=2" in first


def test_sheet_has_a_name_in_the_readers_language(poll, moderator, enter, monkeypatch):
    monkeypatch.setattr(views, "_", lambda words: f"«{words}»")

    answer = enter(moderator).get(reverse("polls:export", args=[poll.event.slug, poll.pk, "xlsx"]))

    with zipfile.ZipFile(BytesIO(answer.getvalue())) as book:
        assert 'name="«Answers»"' in book.read("xl/workbook.xml").decode()


def test_desks_list_counts_the_answers_of_its_rows_alone(poll, organiser, enter, cast, attendee, drain):
    cast(attendee)
    drain()
    AnswerFactory(poll=PollFactory(event=poll.event))
    client = enter(organiser)

    with CaptureQueriesContext(connection) as asked:
        html = client.get(reverse("admin:polls_poll_changelist")).content.decode()

    assert re.findall(r"field-answers[^>]*>\s*(\d+)", html) == ["1", "1"]
    joined = [query["sql"] for query in asked.captured_queries if 'LEFT OUTER JOIN "polls_answer"' in query["sql"]]
    assert joined == []


def test_table_of_the_desk_has_how_many_answered(poll, organiser, enter, cast, attendee, drain):
    cast(attendee)
    drain()
    silent = services.create_poll(event=poll.event, question="Nobody?", options="ab")
    chosen = {"action": "export_csv", "_selected_action": [poll.pk, silent.pk]}

    table = enter(organiser).post(reverse("admin:polls_poll_changelist"), chosen).getvalue().decode("utf-8-sig")

    assert sorted(row["answers"] for row in csv.DictReader(table.splitlines())) == ["0", "1"]

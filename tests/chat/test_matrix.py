"""Who may do what to keep order: every act, for everybody."""

import pytest
from django.urls import reverse

from apps.chat import services
from apps.chat.models import Act, Report
from apps.core.errors import Refused
from apps.events import permissions
from tests.factories.events import EventRoleFactory, RegistrationFactory

INSIDE = ("attendee", "speaker", "exhibitor", "muted", "shut out")
"""Who is `shut out` is banned from the conversations alone; who is `banned`, from the event."""
EVERYBODY = (*INSIDE, "banned", "outsider", "moderator elsewhere", "nobody", "visitor")
STAFF = ("moderator", "organiser")


@pytest.fixture
def people(request, event, other_event):
    """By word, everybody who might try."""
    named = ("attendee", "speaker", "exhibitor", "outsider", "moderator", "organiser", "nobody")
    found = {name: request.getfixturevalue(name) for name in named}
    found["moderator elsewhere"] = EventRoleFactory(event=other_event, role="moderator").user
    by = services.Actor(event.pk, found["moderator"].pk, frozenset({"moderator"}))
    for name in ("banned", "muted", "shut out"):
        found[name] = RegistrationFactory(event=event).user
    services.expel(by, person_id=found["banned"].pk)
    services.mute(by, person_id=found["muted"].pk, minutes=60)
    services.ban_from_chat(by, person_id=found["shut out"].pk)
    return found


@pytest.fixture
def target(event):
    return RegistrationFactory(event=event, user__name="Zara Quell").user


@pytest.fixture
def acts(event, room, target, say, moderator):
    """By name, an act over the web on fresh objects: (address, what is posted)."""
    by = services.Actor(event.pk, moderator.pk, frozenset({"moderator"}))

    def address(name, *args):
        return reverse(f"chat:{name}", args=[event.slug, *args])

    def waiting():
        services.set_rules(room, user_id=None, holds="all")
        held = say(target).id
        services.set_rules(room, user_id=None, holds="")
        return held

    def reported():
        said = say(target).id
        reporter = RegistrationFactory(event=event).user
        services.report(
            services.Actor(event.pk, reporter.pk, frozenset({"attendee"})),
            room_id=room.pk,
            message_id=said,
            reason="spam",
        )
        return said

    def muted():
        return services.mute(by, person_id=target.pk, minutes=5)

    return {
        "approve": lambda: (address("decide"), {"messages": [waiting()], "do": "approve"}),
        "reject": lambda: (address("decide"), {"messages": [waiting()], "do": "reject"}),
        "resolve": lambda: (address("settle"), {"messages": [reported()], "do": "remove"}),
        "dismiss": lambda: (address("settle"), {"messages": [reported()], "do": "dismiss"}),
        "remove": lambda: (address("remove_many"), {"messages": [say(target).id]}),
        "mute": lambda: (address("person", target.pk), {"do": "mute:5"}),
        "ban": lambda: (address("person", target.pk), {"do": "ban"}),
        "expel": lambda: (address("person", target.pk), {"do": "expel"}),
        "lift": lambda: (muted() and address("person", target.pk), {"do": "lift:mute"}),
        "purge": lambda: (say(target) and address("person", target.pk), {"do": "purge"}),
        "rules": lambda: (
            address("room_rules", room.pk),
            {"slow_seconds": 7, "newcomer_minutes": 0, "hide_after": 0, "display_rate": 8, "is_open": "on"},
        ),
        "words": lambda: (address("words"), {"language": "en", "action": "hold", "lines": "bilge"}),
        "undo": lambda: (address("undo", muted().pk), {}),
    }


ACTS = (
    *("approve", "reject", "resolve", "dismiss", "remove", "rules", "words"),
    *("mute", "ban", "expel", "lift", "purge", "undo"),
)
PAGES = ("moderation", "everything", "people", "rooms", "words", "log", "log_csv")


def knows(who):
    """Outside the event nothing of it exists; inside one is told no; who is not signed in is asked to."""
    if who == "visitor":
        return 302
    return 403 if who in INSIDE else 404


@pytest.mark.parametrize("act", ACTS)
def test_acts_are_for_moderators(act, acts, people, enter, visitor, event):
    url, body = acts[act]()
    before = Act.objects.count()

    for who in EVERYBODY:
        client = visitor if who == "visitor" else enter(people[who])
        assert client.post(url, body).status_code == knows(who), who
    assert Act.objects.count() == before

    for who in STAFF:
        answer = enter(people[who]).post(url, body)
        assert answer.status_code == 302, (who, answer.content[:300])
        assert Act.objects.count() == before + 1
        url, body = (
            acts[act]()
            if who == "moderator" and act not in ("rules", "words")
            else (url, body | {"slow_seconds": 9, "lines": "keel"})
        )
        before = Act.objects.count()


@pytest.mark.parametrize("name", PAGES)
def test_pages_are_for_moderators(name, people, enter, visitor, event):
    url = reverse(f"chat:{name}", args=[event.slug])

    for who in EVERYBODY:
        client = visitor if who == "visitor" else enter(people[who])
        assert client.get(url).status_code == knows(who), who
    for who in STAFF:
        assert enter(people[who]).get(url).status_code == 200


def test_services_ask_again_whoever_calls(people, event, room, target, say):
    """A door that forgot to ask would not matter."""
    said = say(target).id
    for who in (*INSIDE, "banned"):
        by = services.Actor(event.pk, people[who].pk, permissions.roles_of(people[who], event))
        for call in (
            lambda by=by: services.decide(by, messages=[said], approve=True),
            lambda by=by: services.handle_reports(by, messages=[said], remove=True),
            lambda by=by: services.remove_messages(by, messages=[said]),
            lambda by=by: services.purge(by, person_id=target.pk),
            lambda by=by: services.mute(by, person_id=target.pk, minutes=5),
            lambda by=by: services.ban_from_chat(by, person_id=target.pk),
            lambda by=by: services.expel(by, person_id=target.pk),
            lambda by=by: services.lift(by, person_id=target.pk, kind="mute"),
            lambda by=by: services.add_words(by, language="en", lines="bilge", action="hold"),
            lambda by=by: services.remove_words(by, words=[1]),
            lambda by=by: services.undo(by, act_id=1),
        ):
            with pytest.raises(Refused) as refused:
                call()
            assert refused.value.code == "chat.not_moderator", who


@pytest.mark.parametrize(
    ("who", "status"),
    [*((who, 302) for who in ("attendee", "speaker", "exhibitor", "muted", "moderator", "banned")), ("shut out", 404)],
)
def test_who_takes_part_may_report(who, status, people, enter, event, room, target, say):
    said = say(target).id
    url = reverse("chat:report", args=[event.slug, room.pk, said])

    answer = enter(people[who]).post(url, {"reason": "spam"})

    rest = reverse("api:chat-report", args=[event.slug, room.pk, said])
    by_rest = enter(people[who]).post(rest, {"reason": "spam"}, content_type="application/json")

    assert answer.status_code == status
    assert (by_rest.status_code == 204) is (status == 302 and who != "banned")
    assert Report.objects.exists() is (who not in ("shut out", "banned"))
    if who == "banned":
        assert answer["Location"] == reverse("events:register", args=[event.slug])


def test_outsiders_cannot_report(people, enter, visitor, event, room, target, say):
    url = reverse("chat:report", args=[event.slug, room.pk, say(target).id])

    for client in (visitor, enter(people["outsider"]), enter(people["moderator elsewhere"])):
        assert client.post(url, {"reason": "spam"}).status_code == 302
    assert not Report.objects.exists()

"""Taking messages away and putting them back: one, those that many reported, everything of a person."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Min, QuerySet
from django.utils.translation import gettext_lazy as _

from apps.chat import broadcasts, permissions, registry
from apps.chat.models import Act, Change, Message, Report, Room
from apps.chat.services import deciding
from apps.chat.services.changes import log_change
from apps.chat.services.recording import Actor, person_of, record, tell_moderators
from apps.chat.services.telling import tell_of_words
from apps.core import clock
from apps.core.errors import Refused

STILL_THERE = ("", Message.Removed.BY_REPORTS.value)
"""What reports hid, a moderator has not looked at: it may come back, unless its author or a moderator takes it away."""
MOST_AT_ONCE = 100
PURGE_BATCH = 1000
MOST_PURGED = 20_000
MOST_AT_A_TIME = 40
MOST_TOLD = 300
"""So many restored messages travel to readers, a few with each entry: as many as a page holds of the newest. What is
further up comes with "Earlier messages"."""


@transaction.atomic
def remove_message(
    *, event_id: int, room_id: int, message_id: int, user_id: int, roles: frozenset[str]
) -> broadcasts.Removed:
    """Takes a message away from everybody; its place stays. One that waits is rejected where it waits. Done twice, it
    is answered."""
    found = Message.objects.filter(pk=message_id, room=room_id, room__event=event_id)
    # Locked: it may be let through at this moment, and must be seen with the number that it then has.
    message = found.select_related("room").select_for_update(of=("self",), no_key=True).first()
    if message is None or not registry.may_read(message.room, user_id, roles):
        raise Refused("chat.message_unknown", _("This message does not exist (any more)."), status=404)
    if not permissions.can_remove(message, user_id, roles):
        raise Refused("chat.not_yours", _("Only its author and moderators can remove a message."), status=403)
    if message.author_id == user_id:
        return _take_back(message)
    actor = Actor(event_id, user_id, roles)
    if message.held and not message.removed:
        if message.held == Message.Held.WAITING:
            deciding.decide(actor, messages=[message_id], approve=False)
        return broadcasts.Removed(id=message.pk, by=Message.Removed.BY_MODERATOR.value)
    take(actor, messages=[message_id])
    message.refresh_from_db(fields=["removed"])
    return broadcasts.Removed(id=message.pk, by=message.removed)


def _take_back(message: Message) -> broadcasts.Removed:
    """One's own words, also while reports hide them. What waited for approval waits no more."""
    by = Message.Removed.BY_AUTHOR
    if Message.objects.filter(pk=message.pk, removed__in=STILL_THERE).update(removed=by, removal=None, held=""):
        if message.seq is not None:
            log_change(
                message.room, Change.Kind.REMOVED, value={"by": by.value}, user_id=message.author_id, message=message
            )
        tell_of_words(message.room.event_id, [message.pk])
        if message.held:
            tell_moderators(message.room.event_id)
    message.refresh_from_db(fields=["removed"])
    return broadcasts.Removed(id=message.pk, by=message.removed)


@transaction.atomic
def remove_messages(actor: Actor, *, messages: Sequence[int]) -> Act:
    """Takes several messages away at once, as one act; reports of them are settled by it."""
    actor.must_moderate()
    if len(messages) > MOST_AT_ONCE:
        raise Refused("chat.too_many", _("Choose at most 100 messages at once."), status=400)
    act = take(actor, messages=messages)
    if act is None:
        raise Refused("chat.message_unknown", _("These messages are gone already."), status=404)
    return act


def take(actor: Actor, *, messages: Sequence[int], kind: Act.Kind = Act.Kind.REMOVE) -> Act | None:
    """The rule of it, in the caller's transaction. None: nothing was left to take away."""
    rows = _of_event(actor.event_id, messages).filter(removed__in=STILL_THERE, held="")
    found = list(rows.select_related("room", "author").select_for_update(of=("self",), no_key=True).order_by("pk"))
    if not found:
        return None
    open_ones = Report.objects.filter(message__in=messages, message__room__event=actor.event_id)
    reports = list(open_ones.filter(state=Report.State.OPEN).values_list("pk", flat=True))
    one = found[0] if len(found) == 1 else None
    people = {message.author_id for message in found}
    act = record(
        actor,
        kind,
        person_id=people.pop() if len(people) == 1 else None,
        room=one.room if one else None,
        message=one,
        messages=[message.pk for message in found],
        reports=reports,
        **hidden_before(found),
    )
    take_away(found, act, by=Message.Removed.BY_MODERATOR)
    settle(reports, Report.State.RESOLVED)
    return act


def settle(reports: Sequence[int], state: Report.State) -> None:
    """A moderator decided about these."""
    Report.objects.filter(pk__in=reports).update(state=state, settled_at=clock.now())


def hidden_before(messages: Iterable[Message]) -> dict[str, Any]:
    """For the record of an act: which of these reports hid before it, each with the act that did. Undone, they are
    hidden again, and not shown."""
    found = {str(row.pk): row.removal_id for row in messages if row.removed == Message.Removed.BY_REPORTS}
    return {"hidden": found} if found else {}


def hide_again(messages: Iterable[Message], act: Act, *, user_id: int | None) -> int:
    """Those of these that were hidden before the act, by the record, are so again; how many. They must be locked."""
    before = act.detail.get("hidden", {})
    rows = [row for row in messages if str(row.pk) in before]
    for row in sorted(rows, key=lambda row: broadcasts.topic(row.room_id)):
        row.removed, row.removal_id = Message.Removed.BY_REPORTS, before[str(row.pk)]
        row.save(update_fields=["removed", "removal"])
        value = {"by": Message.Removed.BY_REPORTS.value}
        log_change(row.room, Change.Kind.REMOVED, value=value, user_id=user_id, message=row)
    if rows:
        tell_of_words(act.event_id, [row.pk for row in rows])
    return len(rows)


def take_away(messages: Sequence[Message], act: Act, *, by: Message.Removed) -> None:
    """Empties these for every reader. They must be locked, and there."""
    Message.objects.filter(pk__in=[message.pk for message in messages]).update(removed=by, removal=act)
    for message in sorted(messages, key=lambda message: broadcasts.topic(message.room_id)):
        message.removed = by
        if message.seq is not None:
            log_change(message.room, Change.Kind.REMOVED, value={"by": by.value}, user_id=act.by_id, message=message)
    tell_of_words(act.event_id, [message.pk for message in messages])


@transaction.atomic
def purge(actor: Actor, *, person_id: int) -> Act:
    """Takes everything away that a person said in the event, in every room. Readers are told once a room.

    The rows are changed in batches; at most MOST_PURGED of the newest, so that the transaction stays short. Where older
    ones are left, readers are told since which message all are gone, and the act says `left`: done again, it goes on.
    """
    person = person_of(actor, person_id)
    theirs = Message.objects.filter(room__event=actor.event_id, author=person, removed__in=STILL_THERE)
    fields = theirs.only("pk", "removed", "removal_id")
    found = list(fields.order_by("-pk")[: MOST_PURGED + 1])
    chosen, is_all = found[:MOST_PURGED], len(found) <= MOST_PURGED
    if not chosen:
        raise Refused("chat.nothing_said", _("This person has said nothing here that is still to be seen."))
    ids = [row.pk for row in chosen]
    reports = list(Report.objects.filter(message__in=ids, state=Report.State.OPEN).values_list("pk", flat=True))
    left: dict[str, Any] = {} if is_all else {"left": True}
    hidden = hidden_before(chosen)
    act = record(actor, Act.Kind.PURGE, person_id=person.pk, count=len(ids), reports=reports, **hidden, **left)
    for start in range(0, len(ids), PURGE_BATCH):
        batch = Message.objects.filter(pk__in=ids[start : start + PURGE_BATCH], removed__in=STILL_THERE)
        batch.update(removed=Message.Removed.BY_MODERATOR, removal=act)
    settle(reports, Report.State.RESOLVED)
    # Read now that they are ours: one that waited may have been let through meanwhile, and stand on every page.
    shown = Message.objects.filter(removal=act, seq__isnull=False).order_by()
    oldest = dict(shown.values_list("room").annotate(Min("seq")))
    for room in sorted(Room.objects.filter(pk__in=oldest), key=lambda room: broadcasts.topic(room.pk)):
        value = {"author": person.pk, "by": "moderator", "since": 0 if is_all else oldest[room.pk]}
        log_change(room, Change.Kind.PURGED, value=value, user_id=actor.user_id)
    tell_of_words(actor.event_id, Message.objects.filter(removal=act))
    return act


def hide_reported(message: Message) -> Act:
    """By the room's rule: so many people reported it that it is hidden until a moderator looks."""
    actor = Actor(message.room.event_id, None, frozenset())
    act = record(actor, Act.Kind.HIDE, person_id=message.author_id, room=message.room, message=message)
    take_away([message], act, by=Message.Removed.BY_REPORTS)
    return act


def put_back(messages: Iterable[Message], *, user_id: int | None) -> int:
    """Messages that were taken away are there again, for everybody; how many."""
    rows = list(messages)
    Message.objects.filter(pk__in=[row.pk for row in rows]).update(removed="", removal=None)
    by_room: dict[int, list[Message]] = {}
    for row in rows:
        row.removed, row.removal = "", None
        if row.seq is not None:
            by_room.setdefault(row.room_id, []).append(row)
    for room_id in sorted(by_room, key=broadcasts.topic):
        newest = sorted(by_room[room_id], key=lambda row: row.seq or 0)[-MOST_TOLD:]
        for start in range(0, len(newest), MOST_AT_A_TIME):
            some = newest[start : start + MOST_AT_A_TIME]
            ids = [row.pk for row in some]
            log_change(some[0].room, Change.Kind.RESTORED, value={"messages": ids}, user_id=user_id, restored=some)
    if rows:
        tell_of_words(rows[0].room.event_id, [row.pk for row in rows])
    return len(rows)


def _of_event(event_id: int, messages: Sequence[int]) -> QuerySet[Message]:
    return Message.objects.filter(pk__in=messages, room__event=event_id)

"""Taking an act of moderation back. The record keeps both: what was done, and that it was undone."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.chat import selectors
from apps.chat.models import Act, Message, Report, Sanction
from apps.chat.services import removing, sanctioning, wordlist
from apps.chat.services.recording import Actor, record, tell_barred, tell_person
from apps.chat.services.rooms import set_rules
from apps.core import clock
from apps.core.errors import Refused
from apps.events import services as events
from apps.live import publish

UNDO_FOR = timedelta(days=7)
Restored = dict[str, int | str]


def undo(actor: Actor, *, act_id: int) -> Act:
    """Takes one act back, as far as it can be; the answer's `detail["restored"]` says what is as it was:
    `messages`, `reports`, `words` (how many), `person` ("free" or "barred"), `rules` ("before")."""
    actor.must_moderate()
    with transaction.atomic():
        act = selectors.act_of(actor.event_id, act_id)
        # The record is never changed; this keeps two moderators from undoing the same act at once.
        Act.objects.select_for_update(no_key=True).get(pk=act.pk)
        if Act.objects.filter(undoes=act).exists():
            raise Refused("chat.undone", _("Somebody has taken this back already."))
        if act.created_at < clock.now() - UNDO_FOR:
            raise Refused("chat.undo_late", _("This is more than a week ago and stays. You can still act anew."))
        if act.kind == Act.Kind.RULES:
            return _rules(actor, act)
        way = WAYS.get(Act.Kind(act.kind))
        if way is None:
            raise Refused("chat.undo_never", _("This cannot be taken back. Do the opposite instead."))
        restored = way(actor, act)
        if not restored:
            raise Refused("chat.undo_nothing", _("Nothing of it is left to take back: it was changed since."))
        return record(
            actor,
            Act.Kind.UNDO,
            person_id=act.person_id,
            room=act.room,
            message=act.message,
            undoes=act,
            restored=restored,
        )


def _removed(actor: Actor, act: Act) -> Restored:
    rows = Message.objects.filter(removal=act).exclude(removed__in=("", Message.Removed.BY_AUTHOR))
    gone = _locked(rows)
    hidden = removing.hide_again(gone, act, user_id=actor.user_id)
    back = [row for row in gone if str(row.pk) not in act.detail.get("hidden", {})]
    count = removing.put_back(back, user_id=actor.user_id)
    return _said(messages=count, hidden=hidden, reports=_reopen(act))


def _locked(rows: QuerySet[Message]) -> list[Message]:
    found = rows.select_related("room", "author", "reply_to__author")
    return list(found.select_for_update(of=("self",), no_key=True).order_by("pk"))


def _reopen(act: Act) -> int:
    settled = Report.objects.filter(pk__in=act.detail.get("reports", [])).exclude(state=Report.State.OPEN)
    return settled.update(state=Report.State.OPEN, settled_at=None)


def _dismissed(actor: Actor, act: Act) -> Restored:
    """What came back then is hidden again, unless somebody took it away meanwhile."""
    back = _locked(Message.objects.filter(pk__in=act.detail.get("hidden", {}), removed=""))
    return _said(hidden=removing.hide_again(back, act, user_id=actor.user_id), reports=_reopen(act))


def _approved(actor: Actor, act: Act) -> Restored:
    """What was let through is taken away again; its author sees that."""
    there = Message.objects.filter(pk__in=act.detail["messages"], removed="", held="")
    rows = list(there.select_related("room").select_for_update(of=("self",), no_key=True).order_by("pk"))
    removing.take_away(rows, act, by=Message.Removed.BY_MODERATOR)
    return _said(hidden=len(rows))


def _rejected(actor: Actor, act: Act) -> Restored:
    rejected = Message.objects.filter(pk__in=act.detail["messages"], held=Message.Held.REJECTED, removed="")
    authors = set(rejected.values_list("author", flat=True))
    count = rejected.update(held=Message.Held.WAITING)
    for author in authors:
        tell_person(actor.event_id, author)
    return _said(waiting=count)


def _barred(actor: Actor, act: Act) -> Restored:
    """What somebody else imposed since stays."""
    now = sanctioning.undo_bar(actor, act)
    return {"person": now} if now else {}


def _lifted(actor: Actor, act: Act) -> Restored:
    """Bars somebody again, for the rest of the time that was given."""
    person = User.objects.filter(pk=act.person_id or 0).first()
    until = datetime.fromisoformat(act.detail["until"]) if act.detail.get("until") else None
    if person is None or (until is not None and until <= clock.now()):
        return {}
    what = act.detail["what"]
    if what == Act.Kind.EXPEL:
        by = User.objects.filter(pk=actor.user_id or 0).first()
        events.ban(selectors.event_of(actor.event_id), user=person, by=by)
        return {"person": "barred"}
    if Sanction.objects.standing().filter(event=actor.event_id, user=person, kind=what).exists():
        return {}
    Sanction.objects.filter(event=actor.event_id, user=person, kind=what, lifted_at=None).update(lifted_at=clock.now())
    Sanction.objects.create(event_id=actor.event_id, user=person, kind=what, until=until)
    tell_barred(actor.event_id, person.pk)
    if what == Sanction.Kind.BAN:
        publish.revoke(actor.event_id, person.pk)
    return {"person": "barred"}


def _rules(actor: Actor, act: Act) -> Act:
    if act.room is None:
        raise Refused("chat.undo_nothing", _("Nothing of it is left to take back: it was changed since."))
    before = act.detail["before"]
    undone = set_rules(act.room, user_id=actor.user_id, command_id=actor.command_id, undoes=act, **before)
    if undone is None:
        raise Refused("chat.undo_nothing", _("Nothing of it is left to take back: it was changed since."))
    return undone


def _words(actor: Actor, act: Act) -> Restored:
    return _said(words=wordlist.undo_words(actor, act))


def _said(**counts: int) -> Restored:
    return {name: count for name, count in counts.items() if count}


def can_be_undone(kind: str) -> bool:
    """Whether there is a way back; the opposite of the others is an act of its own."""
    return kind == Act.Kind.RULES or kind in WAYS


WAYS: dict[Act.Kind, Callable[[Actor, Act], Restored]] = {
    Act.Kind.REMOVE: _removed,
    Act.Kind.PURGE: _removed,
    Act.Kind.HIDE: _removed,
    Act.Kind.RESOLVE: _removed,
    Act.Kind.DISMISS: _dismissed,
    Act.Kind.APPROVE: _approved,
    Act.Kind.REJECT: _rejected,
    Act.Kind.MUTE: _barred,
    Act.Kind.BAN: _barred,
    Act.Kind.EXPEL: _barred,
    Act.Kind.LIFT: _lifted,
    Act.Kind.WORDS: _words,
}

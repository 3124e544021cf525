"""Mutes and bans: who may not write for a time, who is out of the chat, who is out of the event."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.chat import selectors
from apps.chat.models import Act, KeptSanction, Sanction
from apps.chat.services.recording import Actor, person_of, record, tell_barred
from apps.core import clock, sealing
from apps.core.errors import Refused
from apps.events import services as events
from apps.events.models import Ban, Event
from apps.live import publish

MUTE_MINUTES = (5, 60)
"""What is offered, beside "as long as the event runs"."""
MOST_MINUTES = 60 * 24 * 30
MARK = "chat.sanction"


@transaction.atomic
def mute(actor: Actor, *, person_id: int, minutes: int | None, reason: str = "") -> Act:
    """For so many minutes (None: for the whole event) this person reads, and cannot write. A new one replaces it."""
    person = person_of(actor, person_id)
    if minutes is not None and not 1 <= minutes <= MOST_MINUTES:
        raise Refused("chat.minutes", _("Mute for one minute to thirty days, or for the event."), status=400)
    until = clock.now() + timedelta(minutes=minutes) if minutes else None
    return _impose(actor, person, Sanction.Kind.MUTE, until=until, reason=reason)


@transaction.atomic
def ban_from_chat(actor: Actor, *, person_id: int, reason: str = "") -> Act:
    """Closes the event's conversations to this person; pages that they have open lose them at once."""
    person = person_of(actor, person_id)
    act = _impose(actor, person, Sanction.Kind.BAN, until=None, reason=reason)
    publish.revoke(actor.event_id, person.pk)
    return act


@transaction.atomic
def expel(actor: Actor, *, person_id: int, reason: str = "") -> Act:
    """Puts this person out of the event: see `events.services.ban`."""
    person = person_of(actor, person_id)
    before = standing_ban(actor.event_id, person.pk)
    ban = events.ban(_event(actor), user=person, by=_person(actor), reason=reason)
    new: dict[str, Any] = {"ban": ban.pk} if ban.pk != before else {}
    return record(actor, Act.Kind.EXPEL, person_id=person.pk, reason=reason[:300], **new)


def standing_ban(event_id: int, person_id: int | None) -> int | None:
    return Ban.objects.standing().filter(event=event_id, user=person_id).values_list("pk", flat=True).first()


def bar(actor: Actor, *, person_id: int, kind: str, minutes: int | None = None, reason: str = "") -> Act:
    """One of the three by its name: `mute` (for so many minutes, or the event), `ban` (the chat), `expel`."""
    if kind == Act.Kind.MUTE:
        return mute(actor, person_id=person_id, minutes=minutes, reason=reason)
    if kind == Act.Kind.BAN:
        return ban_from_chat(actor, person_id=person_id, reason=reason)
    if kind == Act.Kind.EXPEL:
        return expel(actor, person_id=person_id, reason=reason)
    raise Refused("chat.kind_unknown", _("Choose one of the offered."), field="kind", status=400)


@transaction.atomic
def lift(actor: Actor, *, person_id: int, kind: str) -> Act:
    """Ends a mute (`mute`), a ban from the chat (`ban`) or from the event (`expel`) before its time."""
    actor.must_moderate()
    until = lift_quietly(actor, person_id=person_id, kind=kind)
    return record(actor, Act.Kind.LIFT, person_id=person_id, what=kind, until=until.isoformat() if until else None)


def lift_quietly(actor: Actor, *, person_id: int, kind: str) -> datetime | None:
    """Without a line in the record; until when it would have held. Refused where none stands."""
    gone = Refused("chat.not_sanctioned", _("There is nothing to lift: it is over, or was lifted already."), status=404)
    person = selectors.person_of(actor.event_id, person_id)
    if person is None:
        raise gone
    if kind == Act.Kind.EXPEL:
        if not events.lift_ban(_event(actor), user=person, by=_person(actor)):
            raise gone
        return None
    standing = Sanction.objects.standing().filter(event=actor.event_id, user=person, kind=kind)
    found = standing.select_for_update().first()
    if found is None:
        raise gone
    Sanction.objects.filter(pk=found.pk).update(lifted_at=clock.now())
    tell_barred(actor.event_id, person_id)
    if kind == Sanction.Kind.BAN:
        publish.revoke(actor.event_id, person_id)
    return found.until


def undo_bar(actor: Actor, act: Act) -> str:
    """Lifts what this act imposed, and nothing that somebody else did since; what it replaced stands again, for the
    rest of its time. "free" or "barred" is what the person is then; "" where nothing of the act was left."""
    if act.kind == Act.Kind.EXPEL:
        ban = act.detail.get("ban")
        if ban is None or ban != standing_ban(actor.event_id, act.person_id) or act.person is None:
            return ""
        return "free" if events.lift_ban(_event(actor), user=act.person, by=_person(actor)) else ""
    now = clock.now()
    theirs = Sanction.objects.filter(event=actor.event_id, kind=act.kind)
    lifted = theirs.standing(now).filter(pk=act.detail.get("sanction")).update(lifted_at=now)
    if not lifted or act.person_id is None:
        return ""
    until = Q(until=None) | Q(until__gt=now)
    again = theirs.filter(until, pk=act.detail.get("replaced"), user=act.person_id).update(lifted_at=None)
    tell_barred(actor.event_id, act.person_id)
    if act.kind == Act.Kind.BAN:
        publish.revoke(actor.event_id, act.person_id)
    return "barred" if again else "free"


def _impose(actor: Actor, person: User, kind: Sanction.Kind, *, until: datetime | None, reason: str) -> Act:
    open_one = Sanction.objects.filter(event=actor.event_id, user=person, kind=kind, lifted_at=None)
    before = open_one.standing().select_for_update(no_key=True).values_list("pk", flat=True).first()
    open_one.update(lifted_at=clock.now())
    made = Sanction.objects.create(event_id=actor.event_id, user=person, kind=kind, until=until, reason=reason[:300])
    tell_barred(actor.event_id, person.pk)
    of = {Sanction.Kind.MUTE: Act.Kind.MUTE, Sanction.Kind.BAN: Act.Kind.BAN}[kind]
    replaced: dict[str, Any] = {"replaced": before} if before else {}
    return record(
        actor,
        of,
        person_id=person.pk,
        until=until.isoformat() if until else None,
        reason=reason[:300],
        sanction=made.pk,
        **replaced,
    )


def _event(actor: Actor) -> Event:
    return selectors.event_of(actor.event_id)


def _person(actor: Actor) -> User | None:
    return User.objects.filter(pk=actor.user_id or 0).first()


def keep_sanctions(user: User) -> None:
    """Their account ends, their mutes and bans do not: see `events.services.keep_bans`."""
    mark = sealing.mark(user.email, purpose=MARK)
    standing = Sanction.objects.standing().filter(user=user)
    kept = [KeptSanction(event_id=row.event_id, mark=mark, kind=row.kind, until=row.until) for row in standing]
    KeptSanction.objects.bulk_create(kept, ignore_conflicts=True)


def restore_sanctions(user: User) -> None:
    kept = list(KeptSanction.objects.filter(mark__in=sealing.marks(user.email, purpose=MARK)))
    if not kept:  # nearly everybody who registers
        return
    with transaction.atomic():
        for row in kept:
            Sanction.objects.get_or_create(
                event_id=row.event_id, user=user, kind=row.kind, lifted_at=None, defaults={"until": row.until}
            )
        KeptSanction.objects.filter(pk__in=[row.pk for row in kept]).delete()

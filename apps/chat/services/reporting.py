"""Reports: somebody says that a message should not be there, and a moderator looks."""

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.chat import permissions, registry, selectors
from apps.chat.models import Act, Message, Report
from apps.chat.services import removing
from apps.chat.services.recording import Actor, record, tell_moderators
from apps.core import clock
from apps.core.errors import Refused

MOST_WORDS = 500
MOST_AT_ONCE = 100


@transaction.atomic
def report(actor: Actor, *, room_id: int, message_id: int, reason: str, text: str = "") -> Report:
    """Tells the moderators about a message, once a person and message: again, it is answered. Where they have decided
    and its author changed it since, it is a new report.

    Where the room says so, the report of enough people hides the message until a moderator looked.
    """
    rows = Message.objects.filter(pk=message_id, room=room_id, room__event=actor.event_id, seq__isnull=False)
    message = rows.select_related("room").select_for_update(of=("self",), no_key=True).first()
    if message is None or actor.user_id is None or not registry.may_read(message.room, actor.user_id, actor.roles):
        raise Refused("chat.message_unknown", _("This message does not exist (any more)."), status=404)
    # Theirs would count towards hiding what others say.
    if selectors.is_shut_out(actor.event_id, actor.user_id, actor.roles):
        raise selectors.banned()
    if message.author_id == actor.user_id:
        raise Refused("chat.own", _("This is your own message: you can take it back."))
    if reason not in Report.Reason.values:
        raise Refused("chat.reason_unknown", _("Choose what is wrong with it."), field="reason", status=400)
    if message.removed:
        raise Refused("chat.message_removed", _("This message is gone already. Thank you for looking."))
    said = {"reason": reason, "text": text.strip()[:MOST_WORDS]}
    made, is_new = Report.objects.get_or_create(message=message, by_id=actor.user_id, defaults=said)
    if not is_new and not _is_stale(made, message):
        return made
    if not is_new:
        for name, value in (said | {"state": Report.State.OPEN, "settled_at": None, "created_at": clock.now()}).items():
            setattr(made, name, value)
        made.save()
    tell_moderators(actor.event_id)
    limit = message.room.hide_after
    staff = message.author_role in permissions.STAFF_BADGES
    if limit and not staff and _counting(message) >= limit:
        removing.hide_reported(message)
    return made


def _counting(message: Message) -> int:
    """How many open reports count towards hiding it: after a moderator has taken a hiding back, those since."""
    reports = message.reports.filter(state=Report.State.OPEN)
    undone = Act.objects.filter(undoes__message=message, undoes__kind=Act.Kind.HIDE)
    last = undone.order_by("-created_at").values_list("created_at", flat=True).first()
    return (reports.filter(created_at__gt=last) if last else reports).count()


def _is_stale(report: Report, message: Message) -> bool:
    """Whether it was decided about other words than those that stand there now."""
    if report.state == Report.State.OPEN or message.edited_at is None:
        return False
    return message.edited_at > (report.settled_at or report.created_at)


@transaction.atomic
def handle_reports(actor: Actor, *, messages: Sequence[int], remove: bool) -> Act:
    """Settles every open report of these messages: they are removed, or there is nothing wrong with them.

    A message that was hidden by reports comes back when nothing is wrong with it.
    """
    actor.must_moderate()
    if len(messages) > MOST_AT_ONCE:
        raise Refused("chat.too_many", _("Choose at most 100 messages at once."), status=400)
    reports = Report.objects.filter(
        message__in=messages, message__room__event=actor.event_id, state=Report.State.OPEN
    ).select_for_update()
    found = list(reports.order_by("pk").values_list("pk", "message_id"))
    if not found:
        raise Refused("chat.decided", _("Somebody else has looked at this already."), status=404)
    ids = [pk for pk, _message in found]
    about = sorted({message for _pk, message in found})
    if remove:
        act = removing.take(actor, messages=about, kind=Act.Kind.RESOLVE)
        if act is not None:
            return act
        # Gone already, by its author: nothing to remove, and nothing left to look at.
    hidden = Message.objects.filter(pk__in=about, removed=Message.Removed.BY_REPORTS)
    rows = hidden.select_related("room", "author", "reply_to__author")
    back = list(rows.select_for_update(of=("self",), no_key=True).order_by("pk"))
    one = Message.objects.select_related("room").get(pk=about[0]) if len(about) == 1 else None
    act = record(
        actor,
        Act.Kind.RESOLVE if remove else Act.Kind.DISMISS,
        person_id=one.author_id if one else None,
        room=one.room if one else None,
        message=one,
        messages=about if not remove else [],
        reports=ids,
        **removing.hidden_before(back),
    )
    removing.settle(ids, Report.State.RESOLVED if remove else Report.State.DISMISSED)
    removing.put_back(back, user_id=actor.user_id)
    return act

"""Acts of moderation in words: for the pages, the record's lines and its table."""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from django import template
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.chat import broadcasts, models, permissions, registry, selectors, services
from apps.core import clock, plurals
from apps.core.templatetags.ui import moment
from apps.core.words import Number

register = template.Library()
UNDO_FOR = services.UNDO_FOR
SELECTION = timedelta(seconds=broadcasts.SELECTION_SECONDS)


def report_reasons() -> list[tuple[str, str]]:
    return [(value, str(label)) for value, label in models.Report.Reason.choices]


@register.filter
def titled(titles: Mapping[int, str], room_id: int | None) -> str:
    return titles.get(room_id or 0, "")


@register.filter
def hit(hits: Mapping[int, str], message_id: int) -> str:
    return hits.get(message_id, "")


@register.filter
def held_because(why: str) -> str:
    return {
        "all": _("Every message waits here"),
        "first": _("Their first message"),
        "word": _("Holds a word of the list"),
    }.get(why, "")


@register.filter
def bar_name(kind: str) -> str:
    return {"mute": _("Muted"), "ban": _("Out of the chat"), "expel": _("Out of the event")}.get(kind, "")


@register.filter
def language_name(code: str) -> str:
    return str(dict(settings.LANGUAGES).get(code, code))


def _until(act: models.Act) -> str:
    given = act.detail.get("until")
    return _("until %(time)s") % {"time": moment(datetime.fromisoformat(given), "datetime")} if given else _("for good")


def act_said(act: models.Act) -> str:
    """To the moderator who just did it."""
    name = str(act.person or "")
    if act.detail.get("left"):
        count = act.detail["count"]
        said = _("The newest %(count)s messages of %(name)s are removed. Do it again for what is older.")
        return said % {"name": name, "count": Number(count)}
    sentences = {
        "mute": _("%(name)s is muted %(until)s."),
        "ban": _("%(name)s is out of the chat."),
        "expel": _("%(name)s is out of the event."),
        "lift": _("%(name)s is free again."),
        "purge": _("Everything that %(name)s said is removed."),
    }
    return sentences[act.kind] % {"name": name, "until": _until(act)}


def decided_said(act: models.Act) -> str:
    """What became of messages that waited."""
    count = len(act.detail["messages"])
    said = (
        ngettext("%(count)s message is let through.", "%(count)s messages are let through.", count)
        if act.kind == models.Act.Kind.APPROVE
        else ngettext("%(count)s message is rejected.", "%(count)s messages are rejected.", count)
    )
    return said % {"count": count}


def import_said(done: Any) -> str:
    said = [ngettext("%(count)s word is added.", "%(count)s words are added.", done.added) % {"count": done.added}]
    if done.changed:
        said.append(
            ngettext("%(count)s has another action now.", "%(count)s have another action now.", done.changed)
            % {"count": done.changed}
        )
    if done.known:
        said.append(
            ngettext("%(count)s was there already.", "%(count)s were there already.", done.known)
            % {"count": done.known}
        )
    if done.too_long:
        said.append(
            _("Left out, because too long or without a letter: %(lines)s") % {"lines": ", ".join(done.too_long[:5])}
        )
    return " ".join(said)


COUNTED = ("messages", "hidden", "waiting", "reports", "words")


def _counted(name: str, count: int) -> str:
    sentence = {
        "messages": ngettext("%(count)s message is back.", "%(count)s messages are back.", count),
        "hidden": ngettext("%(count)s message is hidden again.", "%(count)s messages are hidden again.", count),
        "waiting": ngettext("%(count)s message waits again.", "%(count)s messages wait again.", count),
        "reports": ngettext("%(count)s report is open again.", "%(count)s reports are open again.", count),
        "words": ngettext("%(count)s word is as it was.", "%(count)s words are as they were.", count),
    }[name]
    return sentence % {"count": count}


def restored_said(act: models.Act) -> str:
    """What an undoing brought back."""
    restored = act.detail.get("restored", {})
    if "before" in act.detail:
        return _("The rules of the room are as they were.")
    said = [_counted(name, count) for name, count in restored.items() if name in COUNTED]
    if restored.get("person") == "free":
        said.append(_("%(name)s is free again.") % {"name": act.person or ""})
    if restored.get("person") == "barred":
        said.append(_("%(name)s is barred again.") % {"name": act.person or ""})
    return " ".join(said)


RULE_NAMES = {name: getattr(models.Room._meta.get_field(name), "verbose_name", name) for name in services.RULES}


def _value(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if name == "holds":
        return str(models.Room.Holds(value).label)
    return str(value)


@register.filter
def ends_at(act: models.Act) -> datetime | None:
    """Until when a mute holds; the page shows it in the reader's own time."""
    given = act.detail.get("until") if act.kind == "mute" else None
    return datetime.fromisoformat(given) if given else None


@register.filter
def particulars_of(act: models.Act) -> str:
    """Without the moment, which `ends_at` gives."""
    return particulars(act, with_until=ends_at(act) is None)


def particulars(act: models.Act, *, with_until: bool = True) -> str:
    """What a line of the record says beside who, what and whom."""
    detail = act.detail
    said = []
    if act.kind in ("mute", "ban", "expel") and with_until:
        said.append(_until(act))
    if act.kind == "lift":
        said.append(bar_name(detail.get("what", "")))
    said += [f"“{detail[name]}”" for name in ("reason", "name") if detail.get(name)]
    if act.kind == "purge" or (len(detail.get("messages", [])) > 1):
        count = detail.get("count", len(detail.get("messages", [])))
        said.append(ngettext("%(count)s message", "%(count)s messages", count) % {"count": count})
    if "after" in detail:
        said += [f"{RULE_NAMES[name]}: {_value(name, value)}" for name, value in detail["after"].items()]
    if detail.get("added"):
        said.append(_("added: %(words)s") % {"words": ", ".join(detail["added"][:12])})
    if detail.get("changed"):
        said.append(_("changed: %(words)s") % {"words": ", ".join(row[0] for row in detail["changed"][:12])})
    if detail.get("gone"):
        said.append(_("taken out: %(words)s") % {"words": ", ".join(row[1] for row in detail["gone"][:12])})
    if "restored" in detail:
        said.append(restored_said(act))
    if act.undoes is not None:
        said.append(str(act.undoes.get_kind_display()))
    return " · ".join(str(one) for one in said if one)


@register.filter
def can_undo(act: models.Act) -> bool:
    """Whether the record offers to take it back."""
    if not services.can_be_undone(act.kind) or getattr(act, "undone_by", None) is not None:
        return False
    return act.created_at > clock.now() - UNDO_FOR


@register.filter
def undone(act: models.Act) -> models.Act | None:
    return getattr(act, "undone_by", None)


def log_rows(acts: Any) -> Iterator[Iterable[Any]]:
    """The record as a table: a head, then a line an act, the newest first."""
    yield [_("When"), _("Who"), _("What"), _("To whom"), _("Room"), _("Message"), _("Particulars"), _("Taken back")]
    titles: dict[int, str] = {}
    for act in acts.iterator(chunk_size=500):
        if act.room is not None and act.room_id not in titles:
            titles |= registry.titles_of([act.room])
        yield [
            act.created_at.isoformat(timespec="seconds"),
            str(act.by) if act.by else _("The platform"),
            act.get_kind_display(),
            str(act.person) if act.person else "",
            titles.get(act.room_id, ""),
            act.message.text if act.message else "",
            particulars(act),
            back.created_at.isoformat(timespec="seconds") if (back := undone(act)) else "",
        ]


# In the room itself


def order_words() -> dict[str, Any]:
    """What the room's script says about order."""
    return {
        "waiting": _("Waiting for approval: only you see it"),
        "rejected": _("Not let through: only you see it"),
        "unshown": _("Only you see it: the room is very lively"),
        "closed": _("This conversation is closed. You can still read it."),
        "closed_moderator": _("Closed for everybody but moderators."),
        "hosts": _("Only the hosts write here at the moment."),
        "banned": _("The moderators have closed the event’s conversations to you."),
        "muted": _("A moderator has muted you until %(time)s. You can read along."),
        "muted_event": _("A moderator has muted you for this event. You can read along."),
        "slow": plurals.forms(
            lambda n: ngettext("Slow mode: one message a second.", "Slow mode: one message in %(count)s seconds.", n)
        ),
        "links": _("Links are off."),
        "holds_first": _("Your first message waits for a moderator."),
        "holds_all": _("Messages wait for a moderator."),
    }


@register.filter
def own_state(message: broadcasts.Message) -> str:
    return str(order_words()[message.held or "unshown"])


def _why_not(rules: broadcasts.Rules, bar: broadcasts.Bar | None, *, is_host: bool) -> str:
    said = order_words()
    if bar is not None and bar.kind == "ban":
        return str(said["banned"])
    if bar is not None:
        return str(said["muted"] % {"time": moment(bar.until)}) if bar.until else str(said["muted_event"])
    if not rules.open:
        return str(said["closed"])
    return str(said["hosts"]) if rules.hosts and not is_host else ""


def _hints(rules: broadcasts.Rules, *, is_host: bool, moderates: bool) -> str:
    said = order_words()
    slow = ngettext("Slow mode: one message a second.", "Slow mode: one message in %(count)s seconds.", rules.slow)
    lines = [
        said["closed_moderator"] if moderates and not rules.open else "",
        said["hosts"] if rules.open and rules.hosts and is_host else "",
        slow % {"count": rules.slow} if rules.slow else "",
        "" if rules.links else said["links"],
        said[f"holds_{rules.holds}"] if rules.holds else "",
    ]
    return " ".join(str(line) for line in lines if line)


@register.inclusion_tag("chat/moderation/order.html", takes_context=True)
def room_order(context: template.Context, room: models.Room) -> dict[str, Any]:
    """What a reader must know of the room's rules, and what stands against them."""
    person, roles = context.get("person"), context.get("roles") or frozenset()
    user_id = person.pk if person else None
    moderates = permissions.can_moderate(roles)
    rules = broadcasts.rules_of(room)
    is_host = registry.is_host(room, user_id, roles)
    own = selectors.own(room.event_id, user_id) if user_id else broadcasts.Own(None, [])
    sampled_at = selectors.pace(room.event_id, room.pk).sampled_at
    rule_json = {"open": rules.open, "slow": rules.slow, "hosts": rules.hosts, "links": rules.links}
    return {
        "person": person,
        "own": broadcasts.Own(own.bar, [one for one in reversed(own.messages) if one.room == room.pk]),
        "own_topic": broadcasts.own_topic(user_id or 0),
        "is_selection": sampled_at is not None and clock.now() - sampled_at < SELECTION,
        "pace_topic": broadcasts.pace_topic(room.pk),
        "words": json.dumps(order_words(), ensure_ascii=False),
        "rules_json": json.dumps(rule_json | {"holds": rules.holds}),
        "is_host": is_host,
        "why_not": "" if moderates else _why_not(rules, own.bar, is_host=is_host),
        "hints": _hints(rules, is_host=is_host, moderates=moderates),
    }


def what_bars(room: models.Room, user_id: int | None, roles: frozenset[str]) -> tuple[bool, bool]:
    """Whether something keeps this person from writing, and whether the conversations are closed to them altogether,
    so that pages must not draw them."""
    if permissions.can_moderate(roles):
        return False, False
    bar = selectors.bars_of(room.event_id, [user_id]).get(user_id) if user_id else None
    is_out = bar is not None and bar.kind == models.Sanction.Kind.BAN
    is_closed = not room.is_open or (room.hosts_only and not registry.is_host(room, user_id, roles))
    return bar is not None or is_closed, is_out

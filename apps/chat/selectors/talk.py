"""Reactions of messages, what they said before, and where somebody was named."""

from collections.abc import Collection, Iterable, Sequence

from django.db.models import QuerySet

from apps.accounts.models import User
from apps.chat import broadcasts, registry
from apps.chat.models import Act, Attachment, Change, Mark, Member, Mention, Message, Room, Wording
from apps.chat.selectors.rooms import shut_out_of
from apps.events import permissions

MOST_MARKED = 200
MOST_TRACES = 50
MOST_MENTIONS = 10
MOST_ROOMS = 60


def marks(event_id: int, room_id: int) -> dict[str, dict[str, int]]:
    """By message: the sums of those that were reacted to last; also those that have none any more."""
    rows = Message.objects.filter(room=room_id, room__event=event_id, marked_at__isnull=False)
    newest = rows.order_by("-marked_at", "-pk").values_list("pk", "marks", "removed")[:MOST_MARKED]
    return {str(pk): {} if removed else sums for pk, sums, removed in newest}


def marks_of(messages: Iterable[int]) -> dict[str, dict[str, int]]:
    """The same for these messages."""
    rows = Message.objects.filter(pk__in=list(messages), removed="").exclude(marks={})
    return {str(pk): sums for pk, sums in rows.order_by().values_list("pk", "marks")}


def own_marks(messages: Iterable[int], user_id: int | None) -> dict[str, list[str]]:
    """By message: what this person gave."""
    mine: dict[str, list[str]] = {}
    if user_id is not None:
        rows = Mark.objects.filter(message__in=list(messages), user=user_id).order_by("pk")
        for message, kind in rows.values_list("message", "kind"):
            mine.setdefault(str(message), []).append(kind)
    return mine


TRACED = (Change.Kind.EDITED, Change.Kind.REMOVED)


def traces(event_id: int, room_id: int) -> list[broadcasts.Trace]:
    """For moderators: the messages of this room that were changed or taken away last, with what they said."""
    room = Room.objects.filter(event_id=event_id, pk=room_id).first()
    if room is None:
        return []
    rows = Change.objects.filter(room=room, kind__in=TRACED, message__isnull=False).order_by("-seq")
    changes = [(seq, pk) for seq, pk in rows.values_list("seq", "message")[:MOST_TRACES] if pk is not None]
    newest = sorted([*changes, *_purged(room)], reverse=True)
    return _traces(list(dict.fromkeys(message for _seq, message in newest))[:MOST_TRACES])


def trace_of(message: Message) -> broadcasts.Trace | None:
    was_changed = Change.objects.filter(message=message, kind__in=TRACED).exists()
    was_purged = bool(message.removed) and message.removal is not None and message.removal.kind == Act.Kind.PURGE
    return _traces([message.pk])[0] if was_changed or was_purged else None


def _purged(room: Room) -> list[tuple[int, int]]:
    """What went with everything of a person stands in the log once for all of it: by the number of that change."""
    changes = Change.objects.filter(room=room, kind=Change.Kind.PURGED).order_by("-seq")[:MOST_TRACES]
    seqs: dict[int, int] = {}
    for change in changes:
        seqs.setdefault(change.value["author"], change.seq)
    gone = Message.objects.filter(room=room, author__in=seqs, seq__isnull=False, removal__kind=Act.Kind.PURGE)
    rows = gone.exclude(removed="").order_by("-removal", "-pk").values_list("author", "pk")[:MOST_TRACES]
    return [(seqs[author], pk) for author, pk in rows if author is not None]


def _traces(ids: list[int]) -> list[broadcasts.Trace]:
    """In this order."""
    said: dict[int, list[str]] = {}
    for pk, text in Wording.objects.filter(message__in=ids).order_by("pk").values_list("message", "text"):
        said.setdefault(pk, []).append(text)
    removed = Change.objects.filter(message__in=ids, kind=Change.Kind.REMOVED).order_by("seq").select_related("by")
    removers = {change.message_id: change.by for change in removed}
    messages = Message.objects.select_related("removal__by").in_bulk(ids)
    found = []
    for message in (messages[pk] for pk in ids if pk in messages):
        was = said.get(message.pk, [])
        if not message.removed:
            found.append(broadcasts.Trace(message.pk, was, by="", removed=""))
            continue
        by = message.removal.by if message.removal else removers.get(message.pk)
        found.append(broadcasts.Trace(message.pk, [*was, message.text], str(by or ""), message.removed))
    return found


def mentions_of(event_id: int, people: Sequence[int]) -> dict[int, broadcasts.Mentions]:
    """The same for many: two queries, and more only for those who were named or invited."""
    named = Mention.objects.filter(user__in=people, seen_at=None, message__room__event=event_id)
    invited = Member.objects.filter(user__in=people, group__event=event_id, joined_at=None)
    special = {*named.values_list("user", flat=True), *invited.values_list("user", flat=True)}
    return {
        person: mentions(event_id, person) if person in special else broadcasts.Mentions(0, 0, []) for person in people
    }


def mentions(event_id: int, user_id: int) -> broadcasts.Mentions:
    """Where this person was named and has not looked yet, in the rooms that they may read at this moment; nowhere,
    while the conversations are closed to them."""
    named = Mention.objects.filter(
        user=user_id, seen_at=None, message__room__event=event_id, message__removed="", message__seq__isnull=False
    )
    rows = named.filter(message__room__in=_open_rooms(named, user_id))
    newest = rows.select_related("message__author").order_by("-pk")[:MOST_MENTIONS]
    entries = [
        broadcasts.MentionEntry(
            room=mention.message.room_id,
            message=mention.message_id,
            seq=mention.message.seq or 0,
            name=mention.message.author.name if mention.message.author else "",
            text=mention.message.text[: broadcasts.QUOTE_CHARS],
            at=mention.message.created_at,
        )
        for mention in newest
    ]
    count = rows.count() if len(entries) == MOST_MENTIONS else len(entries)
    invited = Member.objects.filter(group__event=event_id, user=user_id, joined_at=None).count()
    return broadcasts.Mentions(count, invited, entries)


def _open_rooms(named: QuerySet[Mention], user_id: int) -> list[Room]:
    """Those of these mentions' rooms that their places open to this person."""
    rooms = Room.objects.filter(pk__in=named.order_by().values("message__room")).select_related("event")
    found = [room for room in rooms.order_by("-pk")[:MOST_ROOMS] if registry.is_known(room.owner_kind)]
    person = User.objects.filter(pk=user_id).first() if found else None
    if person is None or user_id in shut_out_of(found[0].event_id):
        return []
    roles = permissions.roles_of(person, found[0].event)
    return [room for room in found if registry.may_read(room, user_id, roles)]


def unsent_files(room: Room, user: User | None, keys: Collection[str]) -> list[Attachment]:
    """Those of these files that wait for a message of this person's, in the order in which they came."""
    if user is None or not keys:
        return []
    return list(Attachment.objects.filter(room=room, by=user, key__in=keys, message=None).order_by("pk"))


def find_file(room: Room, key: str) -> Attachment | None:
    return Attachment.objects.filter(room=room, key=key).select_related("message").first()

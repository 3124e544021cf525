"""Rows of the agenda as organisers write them: kept, and everybody who looks at it told."""

from collections.abc import Collection, Sequence
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext_lazy as _
from i18nfield.strings import LazyI18nString

from apps.core.errors import Refused
from apps.core.rows import NAMED_GONE, broken_rule, hold_named
from apps.tracks.adapters import values
from apps.tracks.models import Room, Session, SessionSpeaker, Speaker, Tag, Track
from apps.tracks.selectors import Spot
from apps.tracks.services.arranging import check_near
from apps.tracks.services.bounds import check_agenda_room
from apps.tracks.services.editing import agenda_edited, hold_events
from apps.tracks.services.looks import Looks
from apps.tracks.services.opening import gate_changed
from apps.tracks.services.removing import remove
from apps.tracks.services.slugs import Slugs
from apps.tracks.services.speaking import speaking, speaking_changed, spoken_by

NAME_TAKEN = _("Another one of this event has this name. Choose one that tells them apart.")
ADDRESS_TAKEN = _("Another one of this event has this address. Choose another one.")
PLACE = frozenset({"room", "starts_at", "ends_at", "state"})
TIMES = frozenset({"tracks_session_ends_after_start", "tracks_session_not_too_long"})
"""What the database asks of them together."""
MOST_TEXT = 50_000
MOST_PEOPLE = 100
MOST_TAGS = 40
"""Of one session."""
Part = Track | Room | Speaker | Tag


def cleaned(value: Any) -> Any:
    """The HTML of an organiser, in each of its languages, with nothing in it but text markup. Raises Refused where it
    is longer than any page shows."""
    if isinstance(value, LazyI18nString) and isinstance(value.data, dict):
        if any(len(text or "") > MOST_TEXT for text in value.data.values()):
            words = _("Up to %(most)s characters. Say it shorter.")
            raise Refused("text.too_long", words, values={"most": MOST_TEXT}, status=400)
        return LazyI18nString({language: values.rich(text or "") for language, text in value.data.items()})
    return value


def is_name_taken(row: Track | Room, name: Any) -> bool:
    """Names that only differ by case would be one and the same in an exported file."""
    others = type(row)._default_manager.filter(event=row.event_id).exclude(pk=row.pk)
    return str(name).casefold() in {str(other.name).casefold() for other in others.only("name")}


@transaction.atomic
def save_part(row: Part, *, changed: Collection[str] | None = None) -> None:
    """Keeps a track, room, speaker or tag, and tells the pages of the agenda."""
    keep_part(row, changed=changed)
    agenda_edited(event_id=row.event_id)


@transaction.atomic
def keep_part(row: Part, *, changed: Collection[str] | None = None) -> None:
    """A new one, with an address and a look where it has none; or of one that is there what was `changed`. Who calls
    this one tells the pages when all that goes with it is kept. Raises Refused where its name or its address is taken,
    where there are as many as may be, and where it was deleted meanwhile."""
    is_new = _hold(row)
    if is_new:
        check_agenda_room(type(row), row.event_id)
    if isinstance(row, Track | Room) and (is_new or "name" in (changed or ())) and is_name_taken(row, row.name):
        raise Refused("agenda.name_taken", NAME_TAKEN, field="name")
    if is_new and not isinstance(row, Tag) and not row.slug:
        row.slug = _free_slug(row, str(row.name))
    if is_new and isinstance(row, Track) and not row.colour:
        Looks(Track.objects.filter(event=row.event_id).values_list("colour", "shape")).dress(row)
    sessions = spoken_by(row) if not is_new and isinstance(row, Speaker) and _gives_account(changed) else []
    before = speaking(sessions)
    _write(row, None if is_new else {*(changed or ())})
    speaking_changed(row.event_id, sessions, before=before)


def _gives_account(changed: Collection[str] | None) -> bool:
    return not {"user", "user_id"}.isdisjoint(changed or ())


def remove_part(row: Part | Session) -> None:
    """Deletes it for good. Raises Refused for a room that has sessions, and for a session in which
    a quiz was played."""
    remove(rows=[row])


@transaction.atomic
def save_session(
    session: Session,
    *,
    changed: Collection[str] | None = None,
    seen: Spot | None = None,
    speakers: Sequence[Speaker] | None = None,
    tags: Collection[str] | None = None,
) -> None:
    """Keeps a session, and tells the pages of the agenda; `speakers` and `tags` take the place of those there."""
    is_new = session.pk is None
    keep_session(session, changed=changed, seen=seen)
    if speakers is not None:
        _keep_speakers(session, speakers)
    if tags is not None:
        session.tags.set(_tags(session.event_id, tags))
    agenda_edited(event_id=session.event_id, session_ids=[session.pk])
    if not is_new:
        gate_changed(session, changed or ())


@transaction.atomic
def keep_session(session: Session, *, changed: Collection[str] | None = None, seen: Spot | None = None) -> None:
    """A new one, or of one that is there what was `changed`. Who calls this one tells the pages, and who is in it
    (`gate_changed`), when all that goes with it is kept.

    Raises Refused where it shall be moved and does not stand any more where it was `seen`: somebody was quicker.
    So too where its times no longer go together with those that somebody else set, where it or what was chosen for it
    was deleted meanwhile, where its address is taken, where there are as many as may be, and for a day far from the
    event.
    """
    is_new = _hold(session)
    if is_new:
        check_agenda_room(Session, session.event_id)
    if is_new and not session.slug:
        session.slug = _free_slug(session, str(session.title))
    if not is_new and seen is not None and not PLACE.isdisjoint(changed or ()):
        _check_seen(session, seen)
    if is_new or "starts_at" in (changed or ()):
        check_near(session.event, session.starts_at)
    _write(session, None if is_new else {*(changed or ())})


def _hold(row: Part | Session) -> bool:
    """The row's event, so that nobody deletes anything of its agenda meanwhile. Whether the row is a new one."""
    hold_events([row.event_id])
    if row.pk is None:
        return True
    if not type(row)._default_manager.filter(pk=row.pk).exists():
        raise Refused("agenda.gone", _("Somebody deleted it at this moment."), status=404)
    return False


def _write(row: Part | Session, fields: Collection[str] | None) -> None:
    """What the database says no to, it says here and not at the end of the transaction."""
    try:
        with transaction.atomic():
            row.save(update_fields=fields)
            connection.check_constraints()
    except IntegrityError as error:
        refusal = _why_not(row, error, fields)
        if refusal is None:
            raise
        raise refusal from error


def _why_not(row: Part | Session, error: IntegrityError, fields: Collection[str] | None) -> Refused | None:
    rule = broken_rule(error)
    if rule.endswith("_slug"):
        return Refused("agenda.address_taken", ADDRESS_TAKEN, field="slug")
    if rule == "tracks_tag_once":
        return Refused("agenda.name_taken", NAME_TAKEN, field="name")
    if "_fk_" in rule:
        return Refused("agenda.part_gone", NAMED_GONE)
    is_moved = not {"starts_at", "ends_at"}.isdisjoint(fields or ())
    return _moved(row) if isinstance(row, Session) and rule in TIMES and is_moved else None


def _check_seen(session: Session, seen: Spot) -> None:
    if not Session.objects.filter(pk=session.pk, **seen._asdict()).exists():
        raise _moved(session)


def _moved(session: Session) -> Refused:
    said = _("Somebody else moved “%(title)s” meanwhile. It is where they put it; move it again if you want.")
    return Refused("session.moved", said, values={"title": session.title})


def _tags(event_id: int, names: Collection[str]) -> list[Tag]:
    """By their names; those that are not there yet are made."""
    there = {tag.name: tag for tag in Tag.objects.filter(event=event_id, name__in=names)}
    new = [name for name in dict.fromkeys(names) if name not in there]
    check_agenda_room(Tag, event_id, more=len(new), field="tags")
    return [*there.values(), *(Tag.objects.get_or_create(event_id=event_id, name=name)[0] for name in new)]


def _keep_speakers(session: Session, speakers: Sequence[Speaker]) -> None:
    hold_named(speakers, gone="agenda.part_gone", field="speakers")
    before = speaking([session.pk])
    SessionSpeaker.objects.filter(session=session).exclude(speaker__in=speakers).delete()
    for position, speaker in enumerate(speakers):
        SessionSpeaker.objects.update_or_create(session=session, speaker=speaker, defaults={"position": position})
    speaking_changed(session.event_id, [session.pk], before=before)


def _free_slug(row: Track | Room | Speaker | Session, name: str) -> str:
    model: Any = type(row)
    taken = model._default_manager.filter(event=row.event_id).values_list("slug", flat=True)
    slugs = Slugs(taken, most=model._meta.get_field("slug").max_length)
    return slugs.new(name, str(model._meta.model_name))

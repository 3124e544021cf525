"""Rows of the agenda as organisers write them: kept, and everybody who looks at it told."""

from collections.abc import Collection, Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import RestrictedError
from django.utils.translation import gettext_lazy as _
from i18nfield.strings import LazyI18nString

from apps.core.errors import Refused
from apps.tracks.adapters import values
from apps.tracks.models import Room, Session, SessionSpeaker, Speaker, Tag, Track
from apps.tracks.selectors import Spot
from apps.tracks.services.arranging import check_near
from apps.tracks.services.editing import agenda_edited, hold_events
from apps.tracks.services.looks import Looks
from apps.tracks.services.opening import gate_changed
from apps.tracks.services.removing import remove
from apps.tracks.services.slugs import Slugs
from apps.tracks.services.speaking import speaking, speaking_changed, spoken_by

NAME_TAKEN = _("Another one of this event has this name. Choose one that tells them apart.")
PLACE = frozenset({"room", "starts_at", "ends_at", "state"})


def cleaned(value: Any) -> Any:
    """The HTML of an organiser, in each of its languages, with nothing in it but text markup."""
    if isinstance(value, LazyI18nString) and isinstance(value.data, dict):
        return LazyI18nString({language: values.rich(text or "") for language, text in value.data.items()})
    return value


def is_name_taken(row: Track | Room, name: Any) -> bool:
    """Names that only differ by case would be one and the same in an exported file."""
    others = type(row)._default_manager.filter(event=row.event_id).exclude(pk=row.pk)
    return str(name).casefold() in {str(other.name).casefold() for other in others.only("name")}


@transaction.atomic
def save_part(row: Track | Room | Speaker, *, changed: Collection[str] | None = None) -> None:
    """A track, room or speaker: a new one, with an address and a look where it has none; or of one that is there what
    was `changed`."""
    hold_events([row.event_id])
    is_new = row.pk is None
    if is_new and not row.slug:
        row.slug = _free_slug(row, str(row.name))
    if is_new and isinstance(row, Track) and not row.colour:
        Looks(Track.objects.filter(event=row.event_id).values_list("colour", "shape")).dress(row)
    sessions = spoken_by(row) if not is_new and isinstance(row, Speaker) and _gives_account(changed) else []
    before = speaking(sessions)
    row.save(update_fields=None if is_new else {*(changed or ())})
    speaking_changed(row.event_id, sessions, before=before)
    agenda_edited(event_id=row.event_id)


def _gives_account(changed: Collection[str] | None) -> bool:
    return not {"user", "user_id"}.isdisjoint(changed or ())


def remove_part(row: Track | Room | Speaker | Session) -> None:
    """Deletes it for good. Raises Refused for a room that has sessions, and for a session in which
    a quiz was played."""
    try:
        remove(rows=[row])
    except RestrictedError as error:
        raise Refused("room.in_use", _("Sessions take place in this room. Move them first.")) from error


@transaction.atomic
def save_session(
    session: Session,
    *,
    changed: Collection[str] | None = None,
    seen: Spot | None = None,
    speakers: Sequence[Speaker] | None = None,
    tags: Collection[str] | None = None,
) -> None:
    """A new one, or of one that is there what was `changed`; `speakers` and `tags` take the place of those there.

    Raises Refused where it shall be moved and does not stand any more where it was `seen`: somebody was quicker.
    So too where its times no longer go together with those that somebody else set; and for a day far from the event.
    """
    hold_events([session.event_id])
    is_new = session.pk is None
    if is_new and not session.slug:
        session.slug = _free_slug(session, str(session.title))
    if not is_new and seen is not None and not PLACE.isdisjoint(changed or ()):
        _check_seen(session, seen)
    if is_new or "starts_at" in (changed or ()):
        check_near(session.event, session.starts_at)
    _save(session, None if is_new else {*(changed or ())})
    if speakers is not None:
        _keep_speakers(session, speakers)
    if tags is not None:
        session.tags.set([Tag.objects.get_or_create(event_id=session.event_id, name=name)[0] for name in tags])
    agenda_edited(event_id=session.event_id, session_ids=[session.pk])
    if not is_new:
        gate_changed(session, changed or ())


def _save(session: Session, fields: Collection[str] | None) -> None:
    try:
        with transaction.atomic():
            session.save(update_fields=fields)
    except IntegrityError as error:
        if fields is not None and not {"starts_at", "ends_at"}.isdisjoint(fields):
            raise _moved(session) from error
        raise


def _check_seen(session: Session, seen: Spot) -> None:
    if not Session.objects.filter(pk=session.pk, **seen._asdict()).exists():
        raise _moved(session)


def _moved(session: Session) -> Refused:
    said = _("Somebody else moved “%(title)s” meanwhile. It is where they put it; move it again if you want.")
    return Refused("session.moved", said, values={"title": session.title})


def _keep_speakers(session: Session, speakers: Sequence[Speaker]) -> None:
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

"""What waits for a person in the programme: open polls, sessions that run or begin, the organisers' last word."""

from collections.abc import Iterable
from datetime import timedelta

from django.db.models import Exists, F, OuterRef, Q
from django.utils.html import escape
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.core import clock
from apps.core.templatetags.ui import when as when_tag
from apps.events import selectors as events
from apps.events.models import Event
from apps.events.registry import NEWS, OPEN_NOW, RUNNING, SOON, Entry
from apps.polls import selectors as polls
from apps.polls.models import Answer, Poll
from apps.tracks import selectors as tracks
from apps.tracks.models import Attendance, Session, Star
from apps.venue.selectors import words

SOON_MEANS = timedelta(hours=3)
NEWS_MEANS = timedelta(hours=2)
MOST = 4


def open_polls(event: Event, user: User, roles: frozenset[str]) -> Iterable[Entry]:
    """Polls that this person has not answered, of sessions that they follow or are in, and of the event."""
    now = clock.now()
    shut = tracks.shut_to(event, roles, user)
    answered = Answer.objects.filter(poll=OuterRef("pk"), round=OuterRef("round"), user=user)
    starred = Star.objects.filter(session=OuterRef("session"), user=user)
    inside = Attendance.objects.filter(session=OuterRef("session"), user=user, here_since__isnull=False)
    found = (
        Poll.objects.filter(event=event, state=Poll.State.OPEN)
        .filter(Q(closes_at__isnull=True) | Q(closes_at__gt=now))
        .filter(Q(session__isnull=True) | Q(session__ends_at__gt=now))
        .annotate(follows=Exists(starred), is_inside=Exists(inside))
        .filter(Q(session__isnull=True) | Q(follows=True) | Q(is_inside=True))
        .exclude(Exists(answered))
        .exclude(session__in=shut)
        .select_related("session__event", "event")
        .order_by(F("closes_at").asc(nulls_last=True), "-opened_at")
    )
    listed = list(found[: 2 * MOST])
    answered_too = polls.own_answers(listed, user)  # what is still on its way, and in anonymous polls
    for poll in [poll for poll in listed if poll.pk not in answered_too][:MOST]:
        session = poll.session
        yield Entry(
            rank=OPEN_NOW,
            at=poll.closes_at or poll.opened_at or now,
            icon="poll",
            when=_("Poll is open"),
            until=poll.closes_at,
            title=str(poll.question),
            url=f"{session.get_absolute_url()}#polls" if session else f"{event.get_absolute_url()}lobby/#polls",
            why=_("Because you are following %(session)s") % {"session": session.title} if session else "",
            action=_("Answer"),
            is_hot=True,
        )


def own_sessions(event: Event, user: User, roles: frozenset[str]) -> Iterable[Entry]:
    """Sessions that are starred or signed up for and run or begin soon; for somebody without any, the one that begins
    next. Nobody is sent to what they cannot go into."""
    now = clock.now()
    until = now + SOON_MEANS
    shut = tracks.shut_to(event, roles, user)
    starred = list(
        event.sessions.planned()
        .light()
        .annotate(has_star=Exists(Star.objects.filter(session=OuterRef("pk"), user=user)))
        .filter(tracks.chosen_by(user), ends_at__gt=now, starts_at__lt=until)
        .exclude(pk__in=shut)
        .order_by("starts_at", "pk")[: 2 * MOST]
    )
    for session in starred[:MOST]:
        clash = next((other for other in starred if other.pk != session.pk and _overlaps(session, other)), None)
        has_star = getattr(session, "has_star", True)
        why = _("You starred it.") if has_star else _("You have a seat.")
        if clash and has_star:
            why = _("You starred it. It overlaps %(other)s.") % {"other": clash.title}
        elif clash:
            why = _("You have a seat. It overlaps %(other)s.") % {"other": clash.title}
        yield _running(session, why) if session.starts_at <= now else _coming(session, why)
    if starred or tracks.choices_of(event, user):
        return
    for session in tracks.sessions_next(event, limit=1, but=shut):
        if session.starts_at < until:
            yield _coming(session, _("It begins next. Star sessions, and yours stand here."))


def _overlaps(one: Session, other: Session) -> bool:
    return one.starts_at < other.ends_at and other.starts_at < one.ends_at


def _running(session: Session, why: str) -> Entry:
    left = words.minutes_until(session.ends_at, clock.now())
    return Entry(
        rank=RUNNING,
        at=session.ends_at,
        icon="play",
        when=_("On now in %(room)s") % {"room": session.room.name},
        left=_("%(count)d min left") % {"count": left},
        title=str(session.title),
        url=session.get_absolute_url(),
        why=why,
        action=_("Go in"),
    )


def _coming(session: Session, why: str) -> Entry:
    within = escape(words.within(session.starts_at, clock.now()))
    when = mark_safe(escape(_("%(time)s, %(within)s")) % {"time": when_tag(session.starts_at), "within": within})
    return Entry(
        rank=SOON,
        at=session.starts_at,
        icon="clock",
        when=when,
        title=str(session.title),
        url=session.get_absolute_url(),
        why=why,
    )


def last_word(event: Event, user: User, roles: frozenset[str]) -> Iterable[Entry]:
    """The organisers' newest announcement, while it is news."""
    now = clock.now()
    told = events.announced_for(event, user, roles)
    row = told.filter(created_at__gte=now - NEWS_MEANS).first()
    if row is None:
        return
    ago = words.minutes_until(now, row.created_at)
    yield Entry(
        rank=NEWS,
        at=row.created_at,
        icon="bell",
        when=_("From the organisers, %(span)s ago") % {"span": words.span(ago)}
        if ago
        else _("From the organisers, just now"),
        title=str(row.text)[:140],
        url=f"/e/{event.slug}/lobby/#news",
    )

"""The page of one session: its stage, its conversation, its polls, and who is in it."""

from dataclasses import dataclass
from datetime import datetime

from apps.accounts.models import User
from apps.accounts.permissions import Reader
from apps.accounts.selectors import Profile, shown_of
from apps.chat import broadcasts as chat_broadcasts
from apps.chat import selectors as chat
from apps.chat.models import Room
from apps.core import clock
from apps.core import words as core_words
from apps.live import presence
from apps.media import selectors as media
from apps.media.models import Asset
from apps.polls import broadcasts as poll_broadcasts
from apps.polls import selectors as polls
from apps.polls.selectors import Shown
from apps.questions import selectors as questions
from apps.quizzes import selectors as quizzes
from apps.tracks import broadcasts as track_broadcasts
from apps.tracks import selectors as tracks
from apps.tracks.models import Session, Speaker
from apps.venue.selectors import words

MOST_PEOPLE = 40


@dataclass(frozen=True, slots=True)
class About:
    """What everybody may know of a session."""

    session: Session
    phase: str
    """upcoming, running, over, cancelled"""
    speakers: list[Speaker]
    names: str
    length: int
    left: int
    """Minutes until it ends, while it runs; until it begins, before."""
    gone: int
    is_starred: bool
    clashes: list[Session]
    player: media.Player | None
    """Of the film, while there is something to watch: on the session's clock while it runs, then as the recording."""
    poster: str
    now: datetime

    @property
    def left_words(self) -> str:
        return words.span(self.left)

    @property
    def within(self) -> str:
        return words.within(self.session.starts_at, self.now)


@dataclass(frozen=True, slots=True)
class Stage:
    """What people of the event have beside it."""

    about: About
    room: Room
    chat: chat_broadcasts.Snapshot
    reactions: dict[str, int]
    polls: list[Shown]
    questions: questions.Shown
    quiz: quizzes.Shown | None
    inside: int
    people: list[Profile]
    topic: str
    people_topic: str
    polls_topic: str
    beside_topic: str
    """Of the polls of the event as a whole."""

    @property
    def open_poll(self) -> Shown | None:
        """The one that rises over the conversation: open, and not answered yet."""
        return next((shown for shown in self.polls if shown.is_open and shown.mine is None), None)

    @property
    def open_count(self) -> int:
        return sum(shown.is_open for shown in self.polls)


def about(session: Session, user: User | None, *, outside: bool = False) -> About:
    """`outside` for whoever does not come in: without the film."""
    now = clock.now()
    phase = "cancelled" if session.is_cancelled else str(session.phase_at(now).value)
    length = round((session.ends_at - session.starts_at).total_seconds() / 60)
    left = words.minutes_until(session.starts_at if phase == "upcoming" else session.ends_at, now)
    speakers = session.people
    for speaker in speakers:
        speaker.event = session.event
        speaker.photo_url = media.image_url(speaker.photo)  # type: ignore[attr-defined]
    is_starred = user is not None and session.stars.filter(user=user).exists()
    film = _film(session)
    live_from = session.starts_at if phase == "running" else None
    return About(
        session=session,
        phase=phase,
        speakers=speakers,
        names=core_words.names(speaker.name for speaker in speakers),
        length=length,
        left=left,
        gone=max(0, length - left),
        is_starred=is_starred,
        clashes=tracks.clashes_with(session, user) if user and is_starred and phase == "upcoming" else [],
        player=None
        if outside or phase not in ("running", "over")
        else media.player(film, live_from=live_from, live_loop=True),
        poster=media.poster_url(film) if film else "",
        now=now,
    )


def stage(session: Session, user: User, room: Room) -> Stage:
    topic = track_broadcasts.stage_topic(session.pk)
    quiz = quizzes.session_quiz(session)
    ids = [pk for pk in presence.people(session.event_id, topic, most=4 * MOST_PEOPLE) if pk != user.pk]
    return Stage(
        about=about(session, user),
        room=room,
        chat=chat.room_snapshot(room),
        reactions=chat.reactions(session.event_id, room.pk),
        polls=polls.stage_polls(session, user),
        questions=questions.questions_of(session, user),
        quiz=quizzes.shown(quiz, user.pk) if quiz else None,
        inside=presence.about(presence.count(session.event_id, topic)),
        people=_people(ids),
        topic=topic,
        people_topic=track_broadcasts.people_topic(session.pk),
        polls_topic=poll_broadcasts.session_topic(session.pk),
        beside_topic=poll_broadcasts.EVENT_POLLS,
    )


def _people(ids: list[int]) -> list[Profile]:
    found = User.objects.filter(pk__in=ids).exclude(name="").order_by("name")[:MOST_PEOPLE] if ids else []
    return [shown_of(other, to=Reader.PEOPLE) for other in found]


def _film(session: Session) -> Asset | None:
    film = session.video
    if film is None or film.state != Asset.State.READY:
        return None
    film.event = session.event
    return film

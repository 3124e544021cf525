"""The page of one session: its stage, its conversation, its polls, and who is in it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

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
from apps.polls.selectors.clock import Beside, on_clock
from apps.questions import selectors as questions
from apps.questions.selectors import Moment
from apps.quizzes import selectors as quizzes
from apps.tracks import broadcasts as track_broadcasts
from apps.tracks import selectors as tracks
from apps.tracks.models import Outside, Session, Speaker
from apps.tracks.models import Stage as OnStage
from apps.venue.selectors import words

MOST_PEOPLE = 40


@dataclass(frozen=True, slots=True)
class Screen:
    """What is to be seen on the stage."""

    held: OnStage
    state: str
    """One of `tracks.models.Stage.State`, or cancelled."""
    picture: str
    """Another one whenever something else is to be seen."""
    next_at: datetime | None
    """When the schedule moves it on."""
    words: str
    player: media.Player | None
    outside: Outside | None
    """What plays elsewhere and is shown in a frame, or by our player, once its reader has agreed."""
    loop: media.Player | None
    """A film without sound, over and over, in the lobby and in the intermission."""
    still: str
    """The address of the intermission's picture."""
    comes_next: Session | None

    @property
    def opens_soon(self) -> bool:
        return self.state in (OnStage.State.SCHEDULED, OnStage.State.LOBBY)


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
    screen: Screen
    poster: str
    now: datetime

    @property
    def player(self) -> media.Player | None:
        """Of the film, while there is something to watch: on the session's clock while it runs, then as recording."""
        return self.screen.player

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
    asked: list[Moment]
    """What was asked, on the recording's clock, where one plays; and polls likewise."""
    polled: list[Beside]
    inside: int
    people: list[Profile]
    topic: str
    people_topic: str
    polls_topic: str
    beside_topic: str
    """Of the polls of the event as a whole."""
    captions: media.StageCaptions | None
    """What is being said, while it is live."""

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
        screen=_screen(session, now, user=user, outside=outside),
        poster=media.poster_url(film) if film else "",
        now=now,
    )


def stage(session: Session, user: User, room: Room) -> Stage:
    topic = track_broadcasts.stage_topic(session.pk)
    quiz = quizzes.session_quiz(session)
    ids = [pk for pk in presence.people(session.event_id, topic, most=4 * MOST_PEOPLE) if pk != user.pk]
    now = clock.now()
    start, end = tracks.recorded_from(session, now), tracks.recorded_until(session)
    shown = about(session, user)
    plays = start if shown.screen.state == OnStage.State.RECORDING else None
    is_live = shown.screen.state == OnStage.State.LIVE
    return Stage(
        about=shown,
        asked=questions.on_clock(session, plays, end) if plays else [],
        polled=on_clock(session, plays, end) if plays else [],
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
        captions=media.stage_captions(session.event_id, f"session/{session.pk}") if is_live else None,
    )


def _people(ids: list[int]) -> list[Profile]:
    found = User.objects.filter(pk__in=ids).exclude(name="").order_by("name")[:MOST_PEOPLE] if ids else []
    return [shown_of(other, to=Reader.PEOPLE) for other in found]


def _film(session: Session) -> Asset | None:
    return _ready(session.video, session)


def _ready(film: Asset | None, session: Session) -> Asset | None:
    if film is None or not film.is_shown:
        return None
    film.event = session.event
    return film


def _screen(session: Session, now: datetime, *, user: User | None, outside: bool) -> Screen:
    """`outside` as of `about`: then it says how the stage stands, and shows nothing."""
    held = OnStage.of(session)
    state = held.state_at(now)
    is_on = not session.is_cancelled and not outside
    shown = is_on and state in held.ON_SCREEN
    loop = {held.State.LOBBY: held.lobby_film, held.State.INTERMISSION: held.intermission_asset}.get(state)
    loop = _ready(loop, session) if is_on else None
    return Screen(
        held=held,
        state="cancelled" if session.is_cancelled else state.value,
        picture=track_broadcasts.picture(held, now),
        next_at=held.next_at(now),
        words=str(_words_of(held, state)),
        player=_player(held, now, user) if shown else None,
        outside=held.outside if shown else None,
        loop=media.player(loop) if loop is not None and loop.is_played else None,
        still=media.image_url(loop) if loop is not None and not loop.is_played else "",
        comes_next=tracks.next_in_room(session) if is_on and state == held.State.ENDED else None,
    )


def _words_of(held: OnStage, state: str) -> Any:
    by_state: dict[str, Any] = {
        held.State.SCHEDULED: held.scheduled_words,
        held.State.LOBBY: held.lobby_words,
        held.State.INTERMISSION: held.intermission_words,
        held.State.ENDED: held.ended_words,
    }
    return by_state.get(state, "")


def _player(held: OnStage, now: datetime, user: User | None) -> media.Player | None:
    session = held.session
    if held.source == held.Source.EXTERNAL:
        found = held.outside
        if found is None or found.is_framed:
            return None
        return _streamed(session, found.player, asks=True)
    if held.source == held.Source.STREAM and held.state_at(now) == held.State.LIVE:
        address = tracks.live_address(session)
        return _streamed(session, address) if address else None
    return media.player(
        _ready(held.film, session),
        person=user,
        live_from=held.plays_since(now),
        live_loop=held.loops,
        live_until=held.plays_until,
    )


def _streamed(session: Session, address: str, *, asks: bool = False) -> media.Player:
    return media.stream_player(key=f"stage-{session.pk}", title=str(session.title), url=address, asks=asks)

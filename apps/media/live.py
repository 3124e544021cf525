"""Media on the socket: how far an asset is, how a stream's encoders do, what others edit, what players say was watched,
and live captions."""

from typing import Annotated, Any

import msgspec

from apps.core.access import Access
from apps.core.errors import Refused
from apps.live.registry import Call, Command, Done, Rate, StateTopic, Who, register
from apps.media import broadcasts, registry, selectors, services
from apps.media.services.watching import MOST_SPANS

Second = Annotated[float, msgspec.Meta(ge=0, le=1_000_000)]


@register
class Progress(StateTopic):
    pattern = broadcasts.PROGRESS
    access = Access.MODERATOR
    interval_ms = 500

    def guard(self, who: Who, *args: Any, **params: Any) -> None:
        if selectors.progress(who.event_id, params["asset_id"]) is None:
            raise Refused("media.none", selectors.NO_SUCH_FILE, status=404)

    def snapshot(self, event_id: int, *args: Any, **params: Any) -> broadcasts.Progress | None:
        return selectors.progress(event_id, params["asset_id"])


class Span(msgspec.Struct, forbid_unknown_fields=True):
    """A stretch of the film that was shown, in seconds."""

    begins: Second
    ends: Second


@register
class Watch(Command):
    """A beat of a player: every half minute while it plays, and when the page goes."""

    name = "media.watch"
    access = Access.ATTENDEE
    rate = Rate(per_second=0.1, burst=10)
    # A beat that is told twice counts once: no more counts than the time that has passed.
    remembers = False

    class Body(msgspec.Struct, forbid_unknown_fields=True):
        film: Annotated[str, msgspec.Meta(max_length=200)]
        place: Second
        spans: Annotated[list[Span], msgspec.Meta(max_length=MOST_SPANS)]

    def run(self, calls: list[Call[Body]]) -> list[Done | Refused]:
        answers = services.note_beats(
            [
                services.Said(
                    event_id=call.who.event_id,
                    user_id=call.who.user_id,
                    film=call.body.film,
                    spans=[(span.begins, span.ends) for span in call.body.spans],
                    place=call.body.place,
                )
                for call in calls
            ]
        )
        return [Done() if answer is None else answer for answer in answers]


@register
class TranscriptRevision(StateTopic):
    """For those who edit it."""

    pattern = broadcasts.TRANSCRIPT
    access = Access.MODERATOR

    def guard(self, who: Who, transcript_id: int) -> None:
        if selectors.revision(who.event_id, transcript_id) is None:
            raise Refused("transcript.none", selectors.NO_SUCH_TRANSCRIPT, status=404)

    def snapshot(self, event_id: int, transcript_id: int) -> broadcasts.Revision | None:
        return selectors.revision(event_id, transcript_id)


def let_read(who: Who, stage: str) -> None:
    """What is said on a stage is for whoever may be there."""
    key = broadcasts.stage_of(stage)
    if registry.find_stage(who.event_id, key) is None:
        raise Refused("captions.no_stage", services.NO_STAGE, status=404)
    registry.check_reads_stage(who.event_id, key, user_id=who.user_id, roles=who.roles, epoch=who.epoch)


@register
class CaptionsTopic(StateTopic):
    pattern = broadcasts.CAPTIONS
    access = Access.ATTENDEE
    interval_ms = 250

    def guard(self, who: Who, stage: str, language: str) -> None:
        let_read(who, stage)

    def snapshot(self, event_id: int, stage: str, language: str) -> broadcasts.Captions:
        return selectors.captions(event_id, broadcasts.stage_of(stage), language)


@register
class CaptionLanguagesTopic(StateTopic):
    pattern = broadcasts.CAPTION_LANGUAGES
    access = Access.ATTENDEE
    interval_ms = 1000

    def guard(self, who: Who, stage: str) -> None:
        let_read(who, stage)

    def snapshot(self, event_id: int, stage: str) -> broadcasts.CaptionLanguages:
        return selectors.caption_languages(event_id, broadcasts.stage_of(stage))


def _no_stream() -> Refused:
    return Refused("stream.none", selectors.NO_SUCH_STREAM, status=404)


def let_look_into(who: Who, stream_id: int) -> None:
    """A green room is for its speakers, and for those who run the event."""
    if not selectors.may_look_into(who.event_id, stream_id, who.user_id, who.roles):
        raise _no_stream()


@register
class Health(StateTopic):
    pattern = broadcasts.HEALTH
    access = Access.MODERATOR
    interval_ms = 1000

    def guard(self, who: Who, *args: Any, **params: Any) -> None:
        if selectors.health(who.event_id, params["stream_id"]) is None:
            raise _no_stream()

    def snapshot(self, event_id: int, *args: Any, **params: Any) -> broadcasts.Health | None:
        return selectors.health(event_id, params["stream_id"])


@register
class GreenRoomTopic(StateTopic):
    """For those who run the event, and who may be in it."""

    pattern = broadcasts.GREEN_ROOM
    access = Access.SPEAKER
    interval_ms = 100

    def guard(self, who: Who, *args: Any, **params: Any) -> None:
        let_look_into(who, params["stream_id"])

    def snapshot(self, event_id: int, *args: Any, **params: Any) -> broadcasts.GreenRoom | None:
        return selectors.green_room(event_id, params["stream_id"])


@register
class GlimpsesTopic(StateTopic):
    """For those who choose who goes on stage: the speakers do not see each other before."""

    pattern = broadcasts.GLIMPSES
    access = Access.MODERATOR
    interval_ms = 1000

    def guard(self, who: Who, *args: Any, **params: Any) -> None:
        if selectors.glimpses(who.event_id, params["stream_id"]) is None:
            raise _no_stream()

    def snapshot(self, event_id: int, *args: Any, **params: Any) -> broadcasts.Glimpses | None:
        return selectors.glimpses(event_id, params["stream_id"])


@register
class BackstageTopic(StateTopic):
    """What is said in the green room, for those who hear who is in it."""

    pattern = broadcasts.BACKSTAGE
    access = Access.SPEAKER
    interval_ms = 100

    def guard(self, who: Who, *args: Any, **params: Any) -> None:
        let_look_into(who, params["stream_id"])

    def snapshot(self, event_id: int, *args: Any, **params: Any) -> broadcasts.Backstage | None:
        return selectors.backstage(event_id, params["stream_id"])

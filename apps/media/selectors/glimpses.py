"""Reads of the small pictures of who is in a green room."""

from django.core.cache import cache

from apps.media import broadcasts
from apps.media.models import Contribution, Stream
from apps.media.selectors.contributions import MOST_CONTRIBUTORS


def glimpses(event_id: int, stream_id: int) -> broadcasts.Glimpses | None:
    """None where the event has no such stream."""
    stream = Stream.objects.filter(event_id=event_id, pk=stream_id).first()
    if stream is None:
        return None
    here = stream.contributions.exclude(lease="").order_by("came_at", "pk").values_list("pk", "lease")
    rows = list(here[:MOST_CONTRIBUTORS])
    known = cache.get_many([facts_key(lease) for _pk, lease in rows])
    found = [(pk, known[facts_key(lease)]) for pk, lease in rows if facts_key(lease) in known]
    return {
        "id": stream_id,
        "glimpses": [{"id": pk, "picture": facts["picture"], "loudness": facts["loudness"]} for pk, facts in found],
    }


def glimpse(stream: Stream, contribution_id: int) -> bytes | None:
    """A JPEG; None where there is none of the last seconds."""
    place: Contribution | None = stream.contributions.exclude(lease="").filter(pk=contribution_id).first()
    return cache.get(picture_key(place.lease)) if place else None


def picture_key(lease: str) -> str:
    """Under which the picture lies in the cache; who has no lease has none."""
    return f"media.glimpse.{lease}"


def facts_key(lease: str) -> str:
    """Likewise its number, and how loud they are: what is told of it needs no picture."""
    return f"media.glimpse.{lease}.facts"

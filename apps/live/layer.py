"""What travels between processes on the channel layer, and through which groups."""

from functools import cache
from typing import Any

from channels.layers import get_channel_layer
from django.conf import settings
from redis import ConnectionPool

from apps.live.revocation import remember_epoch

Item = tuple[int, bytes]
OWN = "person/"


@cache
def _namespace(url: str) -> str:
    # Redis' pub/sub knows no database numbers; two platforms on one server must not hear each other.
    return f"live{ConnectionPool.from_url(url).connection_kwargs.get('db', 0)}"


def control_group() -> str:
    """The group of all live processes."""
    return f"{_namespace(settings.REDIS_URL)}.control"


def group(event_id: int, topic: str) -> str:
    """The group of a topic. Topics hold no dots, so the name is theirs alone.

    Everybody's own topics share one: to subscribe for each person who comes, and to prove that it is heard, would cost
    more than to pass over what is said to people of other processes.
    """
    if topic.startswith(OWN):
        return f"{_namespace(settings.REDIS_URL)}.{event_id}.person"
    return f"{_namespace(settings.REDIS_URL)}.{event_id}.{topic.replace('/', '.')}"


def layer() -> Any:
    """Channels' own layer; it keeps one set of connections per event loop."""
    return get_channel_layer()


async def send_log(event_id: int, topic: str, items: list[Item]) -> None:
    message = {"type": "log", "event": event_id, "topic": topic, "items": items}
    await layer().group_send(group(event_id, topic), message)


async def send_state(event_id: int, topic: str, version: int, data: bytes) -> None:
    message = {"type": "state", "event": event_id, "topic": topic, "version": version, "data": data}
    await layer().group_send(group(event_id, topic), message)


async def send_probe(name: str) -> None:
    """Asks a subscription of our own whether it is there yet: the layer keeps Redis' confirmation to itself."""
    await layer().group_send(name, {"type": "probe", "group": name})


async def send_revoke(event_id: int, user_id: int, epoch: int) -> None:
    await remember_epoch(event_id, epoch)
    message = {"type": "revoke", "event": event_id, "user": user_id, "epoch": epoch}
    await layer().group_send(control_group(), message)


async def send_again(event_id: int, marks: dict[str, int]) -> None:
    message = {"type": "again", "event": event_id, "marks": marks}
    await layer().group_send(control_group(), message)

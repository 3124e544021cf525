"""Who is excepted from something that their audience may read: their pages get another address of the feed.

Whoever comes to stand among them, or no longer does, is revoked, which raises the event's epoch. So the answer is a
fact of the event and its epoch: a process asks once for each, and pages pay nothing.
"""

from functools import lru_cache

from apps.live.registry import registry


@lru_cache(maxsize=512)
def anywhere(event_id: int, epoch: int) -> frozenset[int]:
    """`epoch` is the event's `live_epoch`, read before."""
    asked = {topic.excepted for topic in registry.topics()} - {None}
    return frozenset(user_id for excepted in asked if excepted is not None for user_id in excepted(event_id))

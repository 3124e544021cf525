"""Takes items into an SQS FIFO queue: gate and stamp by the same Redis scripts, the item itself to the queue.

A word is held in Redis while it is on its way, stands when the queue has it, and is let go when the queue certainly
has not. Where that is not known (a timeout, a killed process), it stays held: a retry sends the same content again,
which changes nothing, and whoever comes with another one for the same key brings the first one home before.
"""

import logging
from collections.abc import Sequence
from dataclasses import replace

from redis.exceptions import ResponseError

from apps.core.ids import new_token
from apps.intake import age, gates, store, words
from apps.intake.adapters import sqs
from apps.intake.backends.redis import Buffered, knock, read
from apps.intake.items import Item

logger = logging.getLogger(__name__)


class Queued(Buffered):
    def _try(self, tries: Sequence[tuple[Item, str]]) -> list[store.Reply | ResponseError]:
        holder = new_token(8)
        replies = knock(tries, "hold", holder)
        outgoing = {
            place: _outgoing(tries[place][0], reply)
            for place, reply in enumerate(replies)
            if not isinstance(reply, ResponseError) and reply[0] in ("send", "help")
        }
        helped = {place for place in outgoing if replies[place][0] == "help"}  # type: ignore[index]
        age.comes(outgoing.values())
        sent = dict(zip(outgoing, sqs.queue().send(list(outgoing.values())), strict=True))
        lost = [outgoing[place] for place in outgoing if sent[place] is sqs.Sent.NO]
        store.release.run([(item.gate, (item.key, holder)) for item in lost])
        arrived = [place for place in outgoing if sent[place] is sqs.Sent.YES]
        confirmed = store.confirm.run(
            [(outgoing[place].gate, (*words.said(outgoing[place]), tries[place][1])) for place in arrived]
        )
        for place in outgoing:
            replies[place] = ["full"]
        for place, reply in zip(arrived, confirmed, strict=True):
            # Another one's word was brought home: now our own may be tried.
            replies[place] = ["again"] if place in helped else reply
        return replies

    def unsure(self, pairs: Sequence[tuple[str, str]]) -> set[tuple[str, str]]:
        return read(lambda: gates.unsure(pairs), set())


def _outgoing(item: Item, reply: store.Reply) -> Item:
    if reply[0] == "send":
        return replace(item, at=gates.moment(reply[1]))
    return replace(item, at=gates.moment(reply[1]), revision=int(reply[2]), body=sqs.read_body(reply[4]))

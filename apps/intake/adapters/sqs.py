"""The SQS FIFO queue: sending in batches with an answer for each message, taking, deleting, and its dead letters."""

import hashlib
import json
import logging
import zlib
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import Any, TypeVar
from urllib.parse import urlsplit

from botocore.exceptions import BotoCoreError, ClientError, ConnectTimeoutError, EndpointConnectionError
from django.conf import settings

from apps.intake import gates
from apps.intake.items import Item, sound

logger = logging.getLogger(__name__)

A = TypeVar("A")
B = TypeVar("B")
MOST_A_BATCH = 10
LANES = 8
"""Calls to the queue at the same time, of one process: a tick's votes would else wait for each other, ten by ten."""
GROUPS = 256
"""A key's items stay in one group, and so in order; the groups of a gate are drained side by side."""


class Sent(Enum):
    YES = "yes"
    NO = "no"
    """Certainly not."""
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Received:
    receipt: str
    item: Item


class Queue:
    def __init__(self, url: str, region: str | None) -> None:
        import boto3  # noqa: PLC0415 - takes a second to import, and few have such a queue
        from botocore.config import Config  # noqa: PLC0415

        self.url = url
        parts = urlsplit(url)
        labels = (parts.hostname or "").split(".")
        named = labels[1] if labels[0] == "sqs" and len(labels) > 3 else None
        self.client: Any = boto3.client(
            "sqs",
            endpoint_url=f"{parts.scheme}://{parts.netloc}",
            region_name=named or region,
            # A batch that failed is told to the sender, who sends again: no long retries behind their back.
            config=Config(
                connect_timeout=2,
                read_timeout=8,
                retries={"total_max_attempts": 2, "mode": "standard"},
                max_pool_connections=2 * LANES,
            ),
        )
        self._lanes = ThreadPoolExecutor(LANES, thread_name_prefix="plenary-sqs")

    def send(self, items: Sequence[Item]) -> list[Sent]:
        """An answer for each, in order. The lanes go side by side; what is of one group goes in order, in one lane."""
        lanes = _lanes_of([_group(item) for item in items])
        answers = self._each(self._send_lane, [[items[place] for place in lane] for lane in lanes])
        sent = {
            place: one for lane, said in zip(lanes, answers, strict=True) for place, one in zip(lane, said, strict=True)
        }
        return [sent[place] for place in range(len(items))]

    def _each(self, deed: Callable[[A], B], loads: Sequence[A]) -> list[B]:
        """A single one needs no other thread."""
        return list(self._lanes.map(deed, loads)) if len(loads) > 1 else [deed(load) for load in loads]

    def _send_lane(self, items: Sequence[Item]) -> list[Sent]:
        return [sent for batch in _batches(items) for sent in self._send(batch)]

    def _send(self, items: Sequence[Item]) -> list[Sent]:
        entries = [
            {
                "Id": str(place),
                "MessageBody": written(item),
                "MessageGroupId": _group(item),
                "MessageDeduplicationId": hashlib.sha256(written(item).encode()).hexdigest(),
            }
            for place, item in enumerate(items)
        ]
        try:
            answer = self.client.send_message_batch(QueueUrl=self.url, Entries=entries)
        except (EndpointConnectionError, ConnectTimeoutError) as error:
            logger.warning("The intake's queue cannot be reached: %s", error)
            return [Sent.NO] * len(items)
        except ClientError as error:
            logger.warning("The intake's queue refuses: %s", error)
            refused = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 500) < 500
            return [Sent.NO if refused else Sent.UNKNOWN] * len(items)
        except BotoCoreError as error:
            logger.warning("Whether the intake's queue has got a batch is not known: %s", error)
            return [Sent.UNKNOWN] * len(items)
        taken = {entry["Id"] for entry in answer.get("Successful", [])}
        for entry in answer.get("Failed", []):
            logger.warning("The intake's queue refuses a message: %s %s", entry.get("Code"), entry.get("Message"))
        return [Sent.YES if str(place) in taken else Sent.NO for place in range(len(items))]

    def receive(self, *, wait_seconds: int) -> list[Received]:
        answer = self.client.receive_message(
            QueueUrl=self.url, MaxNumberOfMessages=MOST_A_BATCH, WaitTimeSeconds=wait_seconds
        )
        return [Received(message["ReceiptHandle"], read(message["Body"])) for message in answer.get("Messages", [])]

    def receive_many(self, most: int, *, wait_seconds: int = 0) -> list[Received]:
        """About so many, or what there is. The queue itself keeps back what follows something that is being worked on,
        so that taking side by side does not change the order in a group."""
        found = self.receive(wait_seconds=wait_seconds)
        is_more = bool(found)
        while is_more and len(found) < most:
            calls = min(LANES, -(-(most - len(found)) // MOST_A_BATCH))
            received = self._each(self._receive_some, range(calls))
            found.extend(one for some in received for one in some)
            is_more = all(received)
        return found

    def _receive_some(self, _call: int) -> list[Received]:
        """One of several calls: where it fails, what the others brought is not thrown away with it."""
        try:
            return self.receive(wait_seconds=0)
        except (BotoCoreError, ClientError) as error:
            logger.warning("The intake's queue did not answer one of several calls: %s", error)
            return []

    def delete(self, receipts: Sequence[str]) -> None:
        self._each(self._delete, list(_batches(receipts)))

    def _delete(self, receipts: Sequence[str]) -> None:
        entries = [{"Id": str(place), "ReceiptHandle": receipt} for place, receipt in enumerate(receipts)]
        self.client.delete_message_batch(QueueUrl=self.url, Entries=entries)

    def depth(self) -> int:
        names = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")
        return sum(int(self._attributes(*names).get(name, 0)) for name in names)

    def dead_letters(self) -> "Queue | None":
        """The queue where SQS puts what was taken too often without being deleted; None where none is set up."""
        policy = json.loads(self._attributes("RedrivePolicy").get("RedrivePolicy", "{}"))
        if "deadLetterTargetArn" not in policy:
            return None
        *_, region, account, name = policy["deadLetterTargetArn"].split(":")
        found = self.client.get_queue_url(QueueName=name, QueueOwnerAWSAccountId=account)
        return _queue(found["QueueUrl"], region)

    def _attributes(self, *names: str) -> dict[str, str]:
        found = self.client.get_queue_attributes(QueueUrl=self.url, AttributeNames=list(names))
        return dict(found.get("Attributes", {}))


@cache
def _queue(url: str, region: str | None) -> Queue:
    return Queue(url, region)


def queue() -> Queue:
    return _queue(settings.INTAKE_QUEUE_URL, settings.AWS_S3_REGION_NAME)


def _group(item: Item) -> str:
    return str(zlib.crc32(f"{item.gate} {item.key}".encode()) % GROUPS)


def _lanes_of(groups: Sequence[str]) -> list[list[int]]:
    """The places of items, shared out: no more lanes than full batches ask for, and a group in one lane alone."""
    lanes: list[list[int]] = [[] for _ in range(min(LANES, -(-len(groups) // MOST_A_BATCH)))]
    chosen: dict[str, list[int]] = {}
    for place, group in enumerate(groups):
        if group not in chosen:
            chosen[group] = min(lanes, key=len)
        chosen[group].append(place)
    return [lane for lane in lanes if lane]


def _batches(things: Sequence[A]) -> list[Sequence[A]]:
    return [things[start : start + MOST_A_BATCH] for start in range(0, len(things), MOST_A_BATCH)]


def written(item: Item) -> str:
    said = [item.kind, item.gate, item.key, item.revision, item.body, gates.stamp(item.at)]
    return json.dumps(said, sort_keys=True, separators=(",", ":"))


def read(text: str) -> Item:
    """What nobody of ours wrote becomes an item of an unknown kind, and so a dead letter."""
    try:
        kind, gate, key, revision, body, at = json.loads(text)
        return sound(Item(str(kind), str(gate), str(key), int(revision), dict(body), gates.moment(at)), text)
    except (ValueError, TypeError, OverflowError, OSError):
        digest = hashlib.sha256(text.encode()).hexdigest()[:32]
        return Item("unreadable", "", digest, 0, {"text": ascii(text)[:10_000]})


def read_body(text: str) -> dict[str, Any]:
    return dict(json.loads(text))

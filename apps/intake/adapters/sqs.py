"""The SQS FIFO queue: sending in batches with an answer for each message, taking, deleting, and its dead letters."""

import hashlib
import json
import logging
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, ConnectTimeoutError, EndpointConnectionError
from django.conf import settings

from apps.intake import gates
from apps.intake.items import Item

logger = logging.getLogger(__name__)

MOST_A_BATCH = 10
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
        self.url = url
        parts = urlsplit(url)
        labels = (parts.hostname or "").split(".")
        named = labels[1] if labels[0] == "sqs" and len(labels) > 3 else None
        self.client: Any = boto3.client(
            "sqs",
            endpoint_url=f"{parts.scheme}://{parts.netloc}",
            region_name=named or region,
            # A batch that failed is told to the sender, who sends again: no long retries behind their back.
            config=Config(connect_timeout=2, read_timeout=8, retries={"total_max_attempts": 2, "mode": "standard"}),
        )

    def send(self, items: Sequence[Item]) -> list[Sent]:
        sent: list[Sent] = []
        for start in range(0, len(items), MOST_A_BATCH):
            sent.extend(self._send(items[start : start + MOST_A_BATCH]))
        return sent

    def _send(self, items: Sequence[Item]) -> list[Sent]:
        entries = [
            {
                "Id": str(place),
                "MessageBody": written(item),
                "MessageGroupId": str(zlib.crc32(f"{item.gate} {item.key}".encode()) % GROUPS),
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

    def delete(self, receipts: Sequence[str]) -> None:
        for start in range(0, len(receipts), MOST_A_BATCH):
            entries = [
                {"Id": str(place), "ReceiptHandle": receipt}
                for place, receipt in enumerate(receipts[start : start + MOST_A_BATCH])
            ]
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
        return Queue(found["QueueUrl"], region)

    def _attributes(self, *names: str) -> dict[str, str]:
        found = self.client.get_queue_attributes(QueueUrl=self.url, AttributeNames=list(names))
        return dict(found.get("Attributes", {}))


@cache
def _queue(url: str, region: str | None) -> Queue:
    return Queue(url, region)


def queue() -> Queue:
    return _queue(settings.INTAKE_QUEUE_URL, settings.AWS_S3_REGION_NAME)


def written(item: Item) -> str:
    said = [item.kind, item.gate, item.key, item.revision, item.body, gates.stamp(item.at)]
    return json.dumps(said, sort_keys=True, separators=(",", ":"))


def read(text: str) -> Item:
    """What nobody of ours wrote becomes an item of an unknown kind, and so a dead letter."""
    try:
        kind, gate, key, revision, body, at = json.loads(text)
        return Item(str(kind), str(gate), str(key), int(revision), dict(body), gates.moment(at))
    except (ValueError, TypeError):
        digest = hashlib.sha256(text.encode()).hexdigest()[:32]
        return Item("unreadable", "", digest, 0, {"text": text[:10_000]})


def read_body(text: str) -> dict[str, Any]:
    return dict(json.loads(text))

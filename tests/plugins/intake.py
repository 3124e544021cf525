"""The intake's backends under test: `intake` runs a test on each, `drain` brings what they took to the database.

def test_answers_count(intake, poll, cast): ...        # three times: direct, redis, sqs
drain()                                                # everything that waits, now, in this test's transaction
"""

import threading

import boto3
import pytest
from moto.sqs.models import SQSBackend

from tests.plugins.s3 import CREDENTIALS, REGION

# SQS hides a received message for this long; a test that lets a drain die waits for it.
VISIBILITY_SECONDS = "2"


def one_at_a_time(monkeypatch):
    """The server answers several calls at once, and changes its messages while another call reads them."""
    lock = threading.RLock()

    def guarded(act):
        def alone(*given, **named):
            with lock:
                return act(*given, **named)

        return alone

    for name in ("receive_message", "send_message", "delete_message", "delete_message_batch"):
        monkeypatch.setattr(SQSBackend, name, guarded(getattr(SQSBackend, name)))


@pytest.fixture
def sqs_queue(s3_server, settings, monkeypatch, request):
    """A FIFO queue with its dead-letter queue on an SQS server (moto), and the intake switched to it."""
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    one_at_a_time(monkeypatch)
    client = boto3.client("sqs", endpoint_url=s3_server, region_name=REGION)
    name = f"intake-{abs(hash(request.node.nodeid)):x}"
    dead = client.create_queue(QueueName=f"{name}-dead.fifo", Attributes={"FifoQueue": "true"})["QueueUrl"]
    found = client.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    attributes = {
        "FifoQueue": "true",
        "VisibilityTimeout": VISIBILITY_SECONDS,
        "RedrivePolicy": f'{{"deadLetterTargetArn": "{found}", "maxReceiveCount": 3}}',
    }
    url = client.create_queue(QueueName=f"{name}.fifo", Attributes=attributes)["QueueUrl"]
    settings.INTAKE, settings.INTAKE_QUEUE_URL, settings.AWS_S3_REGION_NAME = "redis", url, REGION
    yield url
    client.delete_queue(QueueUrl=url)
    client.delete_queue(QueueUrl=dead)


@pytest.fixture(params=["direct", "redis", "sqs"])
def intake(request, settings):
    """The name of the backend."""
    settings.INTAKE = "direct" if request.param == "direct" else "redis"
    if request.param == "sqs":
        request.getfixturevalue("sqs_queue")
    return request.param


@pytest.fixture
def drain():
    """A drain in this process and this transaction; how many items it brought."""
    from apps.intake import queue
    from apps.intake.drain import Drain, source

    def bring():
        return 0 if queue.backend_name() == "direct" else Drain(source()).until_empty()

    return bring

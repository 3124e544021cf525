"""The intake's backends for benches: what the processes of a bench need to use one, and for SQS a server to talk to.

`python -m tests.bench.backends PORT` is that server (moto), in a process of its own: in the bench's it would wait for
the drain, and the drain for it.
"""

import logging
import sys
import time
from contextlib import contextmanager
from subprocess import Popen

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import BotoCoreError
from moto import server as moto

from tests.plugins.intake import one_at_a_time
from tests.plugins.platform import free_port
from tests.plugins.s3 import CREDENTIALS, REGION

BACKENDS = ("direct", "redis", "sqs")
VISIBILITY_SECONDS = "60"
START_SECONDS = 60


def main():
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    one_at_a_time(pytest.MonkeyPatch())
    moto.main(["--host", "127.0.0.1", "--port", sys.argv[1]])


@contextmanager
def backend(name):
    """The variables by which a process takes this backend."""
    if name != "sqs":
        yield {"INTAKE": name}
        return
    port = free_port()
    server = Popen([sys.executable, "-m", "tests.bench.backends", str(port)])
    try:
        yield {"INTAKE": "redis", "INTAKE_QUEUE_URL": queue(f"http://127.0.0.1:{port}"), **CREDENTIALS}
    finally:
        server.kill()
        server.wait()


def queue(server):
    """The address of a new FIFO queue there."""
    client = boto3.client(
        "sqs",
        endpoint_url=server,
        region_name=REGION,
        aws_access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
        config=Config(retries={"total_max_attempts": 1}),
    )
    attributes = {"FifoQueue": "true", "VisibilityTimeout": VISIBILITY_SECONDS}
    end = time.monotonic() + START_SECONDS
    while True:
        try:
            return client.create_queue(QueueName="bench.fifo", Attributes=attributes)["QueueUrl"]
        except BotoCoreError:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)


if __name__ == "__main__":
    main()

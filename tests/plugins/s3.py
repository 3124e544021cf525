"""An S3 server over HTTP (moto), and storage switched to it: a test that asks for `s3` keeps its files there."""

import logging
from dataclasses import dataclass
from types import MappingProxyType

import boto3
import pytest
from moto.server import ThreadedMotoServer

REGION = "eu-central-1"
CREDENTIALS = MappingProxyType(
    {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_REGION": REGION}
)


@dataclass(frozen=True)
class S3:
    url: str
    bucket: str

    @property
    def client(self):
        return boto3.client(
            "s3",
            endpoint_url=self.url,
            region_name=REGION,
            aws_access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
        )

    @property
    def environment(self):
        """What another process needs to use the same bucket."""
        return {**CREDENTIALS, "AWS_STORAGE_BUCKET_NAME": self.bucket, "AWS_S3_ENDPOINT_URL": self.url}

    def keys(self):
        return [found["Key"] for found in self.client.list_objects_v2(Bucket=self.bucket).get("Contents", [])]


@pytest.fixture(scope="session")
def s3_server():
    logging.getLogger("werkzeug").setLevel(logging.WARNING)  # a line a request would bury what a failure says
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def s3(s3_server, settings, monkeypatch, request):
    bucket = f"plenary-{abs(hash(request.node.nodeid)):x}"
    found = S3(s3_server, bucket)
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    found.client.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
    settings.AWS_STORAGE_BUCKET_NAME = bucket
    settings.AWS_S3_ENDPOINT_URL = s3_server
    settings.AWS_S3_REGION_NAME = REGION
    settings.STORAGES = {**settings.STORAGES, "default": {"BACKEND": "storages.backends.s3.S3Storage"}}
    return found

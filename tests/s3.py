"""Real S3 server, started by the first test that needs it."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from apps.core.storage.s3 import S3Storage
from tests.servers import SAME_USER, _launcher, free_port

ACCESS_KEY, SECRET_KEY = "AKIATESTONLY00000000", "a-secret-of-the-tests-alone"
STARTING_SECONDS = 60.0


@dataclass
class S3Server:
    """A server with an empty bucket; its files outlive a restart."""

    url: str
    bucket: str
    folder: Path
    command: list[str]
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the server and wait until the bucket takes objects."""
        environment = {**os.environ, "AWS_ACCESS_KEY_ID": ACCESS_KEY, "AWS_SECRET_ACCESS_KEY": SECRET_KEY}
        with (self.folder / "weed.log").open("ab") as log:
            self.process = subprocess.Popen(self.command, env=environment, stdout=log, stderr=log, cwd=self.folder)
        _make_bucket(self)

    def stop(self) -> None:
        """Kill the server."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            _remove_sockets(self.command)

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """Keep the server down for the time of the block."""
        self.stop()
        try:
            yield
        finally:
            self.start()

    def storage(self, *, url: str = "", public_url: str = "", secret: str = SECRET_KEY) -> S3Storage:
        return S3Storage(
            bucket=self.bucket,
            endpoint_url=url or self.url,
            public_endpoint_url=public_url,
            region="us-east-1",
            access_key_id=ACCESS_KEY,
            secret_access_key=secret,
            addressing_style="path",
        )


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    folder = tmp_path_factory.mktemp("weed")
    port = free_port()
    # Through the launcher, so that a pytest which is killed leaves no server behind.
    command = [*_launcher(SAME_USER), *_weed(folder, s3_port=str(port))]
    server = S3Server(url=f"http://127.0.0.1:{port}", bucket="speech", folder=folder, command=command)
    try:
        server.start()
        yield server
    finally:
        server.stop()


def _weed(folder: Path, *, s3_port: str) -> list[str]:
    parts = ("master", "volume", "filer", "admin")
    ports = [f"-{part}.{kind}={free_port()}" for part in parts for kind in ("port", "port.grpc")]
    ports += [f"-s3.port={s3_port}", f"-s3.port.grpc={free_port()}", "-s3.port.iceberg=0", "-s3.port.lance=0"]
    program = str(Path(sys.executable).with_name("weed"))
    return [program, "mini", f"-dir={folder}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-webdav=false", "-admin.ui=false", *ports]


def _remove_sockets(command: list[str]) -> None:
    """Remove the sockets in /tmp, named after the ports, that a killed server leaves and for which it has no setting."""
    ports = set(re.findall(r"port(?:\.grpc)?=(\d+)", " ".join(command)))
    for socket in Path("/tmp").glob("seaweedfs-*.sock"):  # noqa: S108 - the server's choice
        if socket.stem.rpartition("-")[2] in ports:
            socket.unlink(missing_ok=True)


def _make_bucket(server: S3Server) -> None:
    client = boto3.session.Session().client(
        "s3",
        endpoint_url=server.url,
        region_name="us-east-1",
        aws_access_key_id=ACCESS_KEY,
        aws_secret_access_key=SECRET_KEY,
        config=Config(signature_version="s3v4", retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}),
    )
    deadline = time.monotonic() + STARTING_SECONDS
    while True:
        try:
            if not any(bucket["Name"] == server.bucket for bucket in client.list_buckets()["Buckets"]):
                client.create_bucket(Bucket=server.bucket)
            client.put_object(Bucket=server.bucket, Key="started", Body=b"1")  # the volume server is there too
        except (BotoCoreError, ClientError):
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)
        else:
            return

"""Object store as a bucket of any S3 server."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import boto3
from boto3.exceptions import Boto3Error
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from apps.core.storage.base import (
    ADDRESS_SECONDS,
    PUBLIC_URL_SECONDS,
    MissingObjectError,
    ObjectStat,
    ReadableStream,
    StorageAwayError,
    check_key,
)
from workers.contract.references import Address

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

AddressingStyle = Literal["auto", "path", "virtual"]

# Web threads are persistent and may each be in a call; s3transfer's own threads would multiply that.
ONE_THREAD = TransferConfig(use_threads=False)
CONNECT_SECONDS = 3
READ_SECONDS = 10
"""Read timeout between two blocks. With one retry a server that hangs costs a request half a minute at most."""
MISSING = frozenset({"404", "NoSuchKey", "NotFound"})


class S3Storage:
    """Uses SigV4 throughout; workers and clients get presigned URLs and hold no keys."""

    def __init__(
        self,
        *,
        bucket: str,
        endpoint_url: str,
        public_endpoint_url: str,
        region: str,
        access_key_id: str,
        secret_access_key: str,
        addressing_style: AddressingStyle = "auto",
    ) -> None:
        self.bucket = bucket
        self.endpoint_url = endpoint_url
        self.public_endpoint_url = public_endpoint_url
        self.region = region
        self.access_key_id = access_key_id
        self.secret_access_key = secret_access_key
        self.addressing_style: AddressingStyle = addressing_style

    def create(self) -> None:
        """The bucket is the operator's to create."""

    def check(self) -> None:
        try:
            self._client.head_object(Bucket=self.bucket, Key="health")
        except ClientError as error:
            # There is no such object. Where the credentials may not list the bucket, the answer to that is 403.
            if error.response["ResponseMetadata"]["HTTPStatusCode"] not in {403, 404}:
                raise StorageAwayError("The object store refuses.") from error
        except BotoCoreError as error:
            raise StorageAwayError(f"The object store does not answer: {type(error).__name__}.") from error

    def put_file(self, key: str, path: Path, *, content_type: str) -> None:
        with _translate_client_errors():
            self._client.upload_file(str(path), self.bucket, check_key(key), ExtraArgs={"ContentType": content_type}, Config=ONE_THREAD)

    def put_bytes(self, key: str, data: bytes, *, content_type: str) -> None:
        with _translate_client_errors():
            self._client.put_object(Bucket=self.bucket, Key=check_key(key), Body=data, ContentType=content_type)

    def copy(self, key: str, target: str) -> None:
        with _translate_client_errors():
            self._client.copy_object(
                Bucket=self.bucket,
                Key=check_key(target),
                CopySource={"Bucket": self.bucket, "Key": check_key(key)},
                MetadataDirective="COPY",
            )

    def read_bytes(self, key: str) -> bytes:
        with _translate_client_errors():
            return self._client.get_object(Bucket=self.bucket, Key=check_key(key))["Body"].read()

    def open_stream(self, key: str) -> ReadableStream:
        with _translate_client_errors():
            return self._client.get_object(Bucket=self.bucket, Key=check_key(key))["Body"]

    def stat(self, key: str) -> ObjectStat | None:
        try:
            with _translate_client_errors():
                return ObjectStat(bytes=self._client.head_object(Bucket=self.bucket, Key=check_key(key))["ContentLength"])
        except MissingObjectError:
            return None

    def delete(self, key: str) -> None:
        with _translate_client_errors():
            self._client.delete_object(Bucket=self.bucket, Key=check_key(key))

    def delete_prefix(self, prefix: str) -> None:
        folder = f"{check_key(prefix.rstrip('/'))}/"
        with _translate_client_errors():
            for page in self._client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=folder):
                keys = [{"Key": entry["Key"]} for entry in page.get("Contents", [])]
                if keys:
                    self._client.delete_objects(Bucket=self.bucket, Delete={"Objects": keys, "Quiet": True})  # type: ignore[typeddict-item]

    def reading_address(self, key: str) -> Address:
        parameters = {"Bucket": self.bucket, "Key": check_key(key)}
        with _translate_client_errors():
            url = self._client.generate_presigned_url("get_object", Params=parameters, ExpiresIn=ADDRESS_SECONDS)
        return Address(kind="url", location=url)

    def writing_address(self, key: str, *, content_type: str) -> Address:  # noqa: ARG002 - public_url gives the type to clients
        parameters = {"Bucket": self.bucket, "Key": check_key(key)}
        with _translate_client_errors():
            url = self._client.generate_presigned_url("put_object", Params=parameters, ExpiresIn=ADDRESS_SECONDS)
        return Address(kind="url", location=url)

    def public_url(self, key: str, *, file_name: str, content_type: str) -> str | None:
        parameters = {
            "Bucket": self.bucket,
            "Key": check_key(key),
            "ResponseContentType": content_type,
            "ResponseContentDisposition": f'inline; filename="{file_name}"',
        }
        with _translate_client_errors():
            return self._public_client.generate_presigned_url("get_object", Params=parameters, ExpiresIn=PUBLIC_URL_SECONDS)

    def public_writing_url(self, key: str, *, size: int, content_type: str, seconds: int) -> str | None:
        # Both headers are signed: the server refuses a body of another length.
        parameters = {"Bucket": self.bucket, "Key": check_key(key), "ContentLength": size, "ContentType": content_type}
        with _translate_client_errors():
            return self._public_client.generate_presigned_url("put_object", Params=parameters, ExpiresIn=seconds)

    def local_path(self, key: str) -> Path | None:  # noqa: ARG002 - there is none for any key
        return None

    @cached_property
    def _client(self) -> "S3Client":
        return self._connect(self.endpoint_url)

    @cached_property
    def _public_client(self) -> "S3Client":
        return self._connect(self.public_endpoint_url or self.endpoint_url)

    def _connect(self, endpoint_url: str) -> "S3Client":
        return boto3.session.Session().client(  # the default session is not safe among threads
            "s3",
            endpoint_url=endpoint_url or None,
            region_name=self.region,
            aws_access_key_id=self.access_key_id or None,
            aws_secret_access_key=self.secret_access_key or None,
            config=Config(
                signature_version="s3v4",
                s3={"addressing_style": self.addressing_style},
                connect_timeout=CONNECT_SECONDS,
                read_timeout=READ_SECONDS,
                retries={"mode": "standard", "total_max_attempts": 2},
                max_pool_connections=32,
                # Not every S3 server knows the newer checksums: seaweedfs and older MinIO store the trailer as data.
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
            ),
        )


@contextmanager
def _translate_client_errors() -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        code = str(error.response.get("Error", {}).get("Code", ""))
        if code in MISSING:
            raise MissingObjectError("There is no such object.") from error
        raise StorageAwayError(f"The object store refuses: {code}.") from error
    except (BotoCoreError, Boto3Error) as error:
        raise StorageAwayError("The object store does not answer.") from error

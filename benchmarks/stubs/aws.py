"""What answers in AWS's and Voipit's place, with a count of each call."""

import asyncio
import hashlib
import json
import zlib
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import parse_qs
from xml.sax.saxutils import escape

from benchmarks.stubs.server import Answer, Asked
from benchmarks.stubs.tables import RefusedError, Tables

_JSON: Final = "application/x-amz-json-1.0"
_SNS: Final = "http://sns.amazonaws.com/doc/2010-03-31/"

Request = Mapping[str, Any]


@dataclass(slots=True)
class Stub:
    """The state behind both ports.

    `secrets` maps ARNs to texts; `queued` are (queue, body); `forms` are what Voipit was sent, by
    name of the field. `delays` are seconds by call; what is not among them is answered at once.
    """

    tables: Tables = field(default_factory=Tables)
    secrets: dict[str, str] = field(default_factory=dict)
    delays: dict[str, float] = field(default_factory=dict)
    calls: Counter[str] = field(default_factory=Counter)
    queued: list[tuple[str, str]] = field(default_factory=list)
    forms: list[dict[str, str]] = field(default_factory=list)
    enqueued: int = 0

    async def of_aws(self, asked: Asked) -> Answer:
        """The answer of whichever service was asked."""
        service, _, operation = asked.headers.get("x-amz-target", "").partition(".")
        if not operation:
            form = parse_qs(asked.body.decode(), keep_blank_values=True)
            operation = form["Action"][0]
            await self._count(operation)
            return self._sns(operation, {name: values[0] for name, values in form.items()})
        await self._count(operation)
        request = json.loads(asked.body)
        try:
            if service.startswith("DynamoDB_"):
                return _answer(self.tables.call(operation, request))
            return _answer(_CALLS[operation](self, request))
        except RefusedError as error:
            kind = f"com.amazonaws.dynamodb.v20120810#{error.kind}"
            return _answer({"__type": kind, "message": str(error), **error.details}, status=400)

    async def of_voipit(self, asked: Asked) -> Answer:
        """Takes every message, and answers every ping."""
        await self._count("Voipit")
        if asked.path.endswith("/ping/"):
            return Answer(200, b'{"type":"pong"}', {"Content-Type": "application/json"})
        form = parse_qs(asked.body.decode(), keep_blank_values=True)
        self.forms.append({name: values[0] for name, values in form.items()})
        return Answer(200, b'{"type":"ok"}', {"Content-Type": "application/json"})

    async def _count(self, call: str) -> None:
        self.calls[call] += 1
        if seconds := self.delays.get(call):
            await asyncio.sleep(seconds)

    def get_secret_value(self, request: Request) -> dict[str, Any]:
        """`GetSecretValue`: secrets that were never rotated."""
        arn, stage = request["SecretId"], request.get("VersionStage", "AWSCURRENT")
        if stage != "AWSCURRENT" or arn not in self.secrets:
            raise RefusedError("ResourceNotFoundException", "There is no such version.")
        version = hashlib.sha256(self.secrets[arn].encode()).hexdigest()[:32]
        return {
            "ARN": arn,
            "Name": arn.rpartition(":")[2],
            "VersionId": version,
            "SecretString": self.secrets[arn],
            "VersionStages": ["AWSCURRENT"],
        }

    def send_message(self, request: Request) -> dict[str, Any]:
        """`SendMessage`."""
        body = request["MessageBody"]
        self.queued.append((request["QueueUrl"], body))
        self.enqueued += 1
        return {"MessageId": str(len(self.queued)), "MD5OfMessageBody": _md5(body)}

    def send_message_batch(self, request: Request) -> dict[str, Any]:
        """`SendMessageBatch`: every entry is taken."""
        taken = [
            {"Id": entry["Id"], **self.send_message({"QueueUrl": request["QueueUrl"], **entry})}
            for entry in request["Entries"]
        ]
        return {"Successful": taken, "Failed": []}

    def get_queue_attributes(self, _: Request) -> dict[str, Any]:
        """`GetQueueAttributes`: an empty queue."""
        names = "ApproximateNumberOfMessages", "ApproximateNumberOfMessagesDelayed"
        return {"Attributes": dict.fromkeys((*names, f"{names[0]}NotVisible"), "0")}

    def _sns(self, operation: str, form: Mapping[str, str]) -> Answer:
        if operation == "PublishBatch":
            ids = [value for name, value in form.items() if name.endswith(".Id")]
            entries = "".join(
                f"<member><Id>{escape(each)}</Id><MessageId>m-{escape(each)}</MessageId></member>"
                for each in ids
            )
            result = f"<Successful>{entries}</Successful><Failed/>"
        elif operation == "Publish":
            result = "<MessageId>m-1</MessageId>"
        else:
            raise KeyError(operation)
        xml = (
            f'<{operation}Response xmlns="{_SNS}"><{operation}Result>{result}</{operation}Result>'
            f"<ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></{operation}Response>"
        )
        return Answer(200, xml.encode(), {"Content-Type": "text/xml"})


def _answer(content: Mapping[str, Any], status: int = 200) -> Answer:
    """With the headers that AWS sends: botocore checks the sum if there is one."""
    body = json.dumps(content, separators=(",", ":")).encode()
    headers = {
        "Content-Type": _JSON,
        "x-amzn-RequestId": "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789ABCDEFGH",
        "x-amz-crc32": str(zlib.crc32(body)),
        "Connection": "keep-alive",
    }
    return Answer(status, body, headers)


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


_CALLS: Final[Mapping[str, Callable[[Stub, Request], dict[str, Any]]]] = {
    "GetSecretValue": Stub.get_secret_value,
    "SendMessage": Stub.send_message,
    "SendMessageBatch": Stub.send_message_batch,
    "GetQueueAttributes": Stub.get_queue_attributes,
}

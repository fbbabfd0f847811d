"""The functions as a program finds them behind API Gateway, without a socket."""

import json
from io import BytesIO
from typing import Any, Final
from urllib.parse import parse_qsl, unquote, urlsplit

import requests
from requests.adapters import BaseAdapter

from sms_gateway_client import Gateway
from tests.handlers.lambdas import Function
from tests.support.contract import operation_at
from tests.support.samples import API_KEY, API_KEY_ID, by, sample, with_headers

ADDRESS: Final = "https://api.test/v1"


class Functions(BaseAdapter):
    """In place of the network: hands requests to the functions, as API Gateway does."""

    def __init__(self, send: Function, status: Function, client: str = API_KEY_ID) -> None:
        super().__init__()
        self._send, self._status, self._client = send, status, client

    def gateway(self, client: str | None = None, **options: Any) -> Gateway:
        """A client of the functions; with the key of the samples, unless it is given a token.

        API Gateway takes the key for the one with the id `client`.
        """
        session = requests.Session()
        adapter = Functions(self._send, self._status, client) if client else self
        session.mount(ADDRESS, adapter)
        who = {} if "token" in options else {"key": API_KEY}
        return Gateway(ADDRESS, session=session, **{"patience": 0, **who, **options})

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        url = urlsplit(request.url or "")
        path = unquote(url.path.removeprefix("/v1"))
        reads = request.method == "GET" or "preview" in path or path == "/tokens"
        answer = (self._status if reads else self._send)(self._event(request, path, url.query))
        response = requests.Response()
        response.status_code = answer.status
        response.headers.update(answer.headers)
        response.raw = BytesIO(b"" if answer.body is None else json.dumps(answer.body).encode())
        return response

    def _event(self, request: requests.PreparedRequest, path: str, query: str) -> dict[str, Any]:
        parameters = dict(parse_qsl(query))
        assert request.body is None or isinstance(request.body, bytes)
        what = {
            "httpMethod": request.method,
            "resource": operation_at(str(request.method), path).path,
            "path": path,
            "body": request.body.decode() if request.body else None,
            "queryStringParameters": parameters or None,
            "multiValueQueryStringParameters": {n: [v] for n, v in parameters.items()} or None,
        }
        if path.startswith("/page/"):
            names = ("Authorization", "Origin")
            shown = {name: request.headers[name] for name in names if name in request.headers}
            assert "x-api-key" not in request.headers
            return with_headers(sample("send-page-message"), shown) | what
        assert request.headers["x-api-key"] == API_KEY
        return by(self._client, sample("send-post-message") | what)

    def close(self) -> None:
        pass

"""A page's server: it has the API key, and mints a token for the person who is logged in."""

import json
import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from sms_gateway_client import Gateway

port = int(os.environ.get("PORT", "8080"))
url, key = os.environ["SMS_GATEWAY_URL"], os.environ["SMS_GATEWAY_API_KEY"]
page = Path(__file__).with_name("page.html").read_text(encoding="utf-8")


class Host(BaseHTTPRequestHandler):
    """GET answers the page, POST a token for one message to one number."""

    def do_POST(self) -> None:
        """Yours to add: is this person logged in, and is this a number that they are to text?"""
        with Gateway(url, key=key) as gateway:
            origin = f"http://127.0.0.1:{port}"
            token = gateway.mint_token(phone_number="+40721234567", origin=origin)
        self.answer("application/json", json.dumps(token))

    def do_GET(self) -> None:
        """The page, with the gateway's address in it."""
        self.answer("text/html; charset=utf-8", page.replace("SMS_GATEWAY_URL", url))

    def answer(self, kind: str, text: str) -> None:
        """Answer 200 with this text."""
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.end_headers()
        self.wfile.write(text.encode())


ThreadingHTTPServer(("127.0.0.1", port), Host).serve_forever()

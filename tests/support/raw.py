"""Requests that are made once, with their answers as they are."""

from typing import Any

import requests

from sms_gateway_client import Gateway

Json = dict[str, Any]


def post(api: Gateway, message: Json, **headers: str) -> requests.Response:
    """Ask for a message to be sent."""
    return api.raw("POST", "/messages", message, headers=headers)


def get(api: Gateway, message_id: str) -> requests.Response:
    """Ask for a message as it stands."""
    return api.raw("GET", f"/messages/{message_id}")

"""Leads what a function asks of AWS and of Voipit to the stubs. Python imports it at its start.

Only addresses are looked up differently: a function asks for the hosts of real life, under their
names, so everything that it decides by them (roots, retries, proxies) is as there. The ports are in
the environment. Any other host is refused: a measurement asks nothing of a network.
"""

import os
import socket
from typing import Any

_find = socket.getaddrinfo
_voipit = os.environ["BENCH_VOIPIT_HOST"]


def _stubs_address(host: Any, port: Any, *others: Any, **named: Any) -> list[Any]:
    name = host.decode() if isinstance(host, bytes) else str(host)
    if name.endswith(".amazonaws.com"):
        host, port = "127.0.0.1", int(os.environ["BENCH_AWS_PORT"])
    elif name == _voipit:
        host, port = "127.0.0.1", int(os.environ["BENCH_VOIPIT_PORT"])
    elif name not in {"127.0.0.1", "localhost"}:
        raise OSError(f"A measured function asks for {name}, which is no stub.")
    return _find(host, port, *others, **named)


socket.getaddrinfo = _stubs_address

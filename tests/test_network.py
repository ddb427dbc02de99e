"""The network is refused in tests."""

from __future__ import annotations

import socket
from collections.abc import Callable

import pytest

from tests.network import NetworkRefusedError, is_own

OUTSIDE = "192.0.2.1"  # an address for documentation: it is nobody's


@pytest.mark.parametrize(
    "reach",
    [
        lambda: socket.create_connection((OUTSIDE, 80), timeout=1),
        lambda: socket.getaddrinfo("example.com", 80),
        lambda: socket.gethostbyname("example.com"),
    ],
)
def test_reaching_past_this_machine_is_refused_and_noted(
    reach: Callable[[], object], no_network: list[str]
) -> None:
    with pytest.raises(NetworkRefusedError):
        reach()
    assert len(no_network) == 1
    no_network.clear()


def test_this_machine_can_be_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname(), timeout=5).close()


@pytest.mark.parametrize(
    ("host", "own"),
    [
        ("localhost", True),
        (b"localhost", True),
        ("127.0.0.53", True),
        ("::1", True),
        ("0.0.0.0", True),
        (None, True),
        ("10.0.0.1", False),
        ("localhost.example.com", False),
        ("fe80::1%eth0", False),
    ],
)
def test_which_hosts_are_this_machine(host: object, own: bool) -> None:
    assert is_own(host) is own

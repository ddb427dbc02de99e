"""No test reaches past this machine.

An audit hook sees every connection and every name that Python code looks up, whatever library it
comes from, and refuses what is not this machine's own. Native code has no such hook; for that,
`tests/test_offline.py` takes the network away and asks the kernel.
"""

from __future__ import annotations

import ipaddress
import socket
import sys
from collections.abc import Callable

_CONNECTING = frozenset({"socket.connect", "socket.sendto", "socket.sendmsg"})
_NAMING = frozenset({"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"})


class NetworkRefusedError(RuntimeError):
    """Something asked for a host that is not this machine."""


def refuse_network(tell: Callable[[str], None]) -> None:
    """From now on refuse everything beyond this machine, and tell of each attempt.

    A hook cannot be taken back: it stays until the process ends.
    """

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        if event in _CONNECTING:
            address = arguments[1]
            host = address[0] if isinstance(address, tuple) else None  # else a path, or connected
        elif event in _NAMING:
            host = arguments[0]
        else:
            return
        if not is_own(host):
            tell(f"{event} {host!r}")
            raise NetworkRefusedError(f"{event} {host!r}: tests do not use the network")

    sys.addaudithook(hook)


def is_own(host: object) -> bool:
    """Whether `host`, as the socket module takes it, is this machine."""
    if isinstance(host, bytes):
        host = host.decode("ascii", "replace")
    if not isinstance(host, str) or host in ("", "localhost", socket.gethostname()):
        return True
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified

"""Web pages by their address, from hosts that were allowed, and from the public web only.

A page could redirect to, or its name resolve to, a machine of the inner network or the metadata
service of a cloud. So each hop is checked anew: its host stands on the list, each address that its
name resolves to is public, and the connection goes to the very address that was checked.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import httpx

from ingest.errors import (
    FileTooLargeError,
    WebAddressRefusedError,
    WebCertificateError,
    WebContentError,
    WebHostRefusedError,
    WebOffError,
    WebRedirectError,
    WebStatusError,
    WebTimeError,
    WebUnreachableError,
)
from ingest.reading import File, file_of

_SUFFIXES = {
    "text/html": ".html",
    "application/xhtml+xml": ".html",
    "text/plain": ".txt",
    "text/markdown": ".md",
    "text/csv": ".csv",
    "application/pdf": ".pdf",
    "application/epub+zip": ".epub",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": ".pptx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
}
_TEXTS = frozenset({".html", ".txt", ".md", ".csv"})
_PORTS = {"http": 80, "https": 443}

# Others unpack a few bytes into gigabytes at once.
_ENCODINGS = frozenset({"", "identity", "gzip", "deflate"})

_PROTOCOLS = ipaddress.ip_network("192.0.0.0/24")
_NAT64 = ipaddress.ip_network("64:ff9b::/96")

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str, int], Sequence[str]]


@dataclass(frozen=True, slots=True)
class WebLimits:
    """What a page may cost.

    Attributes:
        size_bytes: Largest page, unpacked.
        total_s: Longest time for all of it, redirects included.
        redirects: Most redirects.
    """

    size_bytes: int = 20_000_000
    total_s: float = 60.0
    redirects: int = 5


def resolve(host: str, port: int) -> list[str]:
    """The addresses of a host."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(entry[4][0]) for entry in found]


def is_public(address: IPAddress) -> bool:
    """Whether an address is one of the public web, and no cover for one that is not."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return is_public(address.ipv4_mapped)
        if address in _NAT64:
            return is_public(ipaddress.IPv4Address(address.packed[-4:]))
        if address.sixtofour is not None or address.teredo is not None:
            return False
    return address.is_global and not address.is_multicast and address not in _PROTOCOLS


class WebReader:
    """Reads pages from the hosts that were allowed."""

    def __init__(
        self,
        hosts: Iterable[str],
        *,
        limits: WebLimits = WebLimits(),
        resolve: Resolve = resolve,
        is_allowed: Callable[[IPAddress], bool] = is_public,
        verify: ssl.SSLContext | bool = True,
    ) -> None:
        """Prepare; nothing is connected.

        Args:
            hosts: "example.org", "*.example.org" for what lies below it, with ":8080" for a port
                that is not the usual one.
            limits: What a page may cost.
            resolve: Gives the addresses of a host and port.
            is_allowed: Whether an address may be connected to.
            verify: What certificates are checked with; True trusts those that browsers do.
        """
        self._hosts = frozenset(host.strip().lower() for host in hosts if host.strip())
        self._limits = limits
        self._resolve = resolve
        self._is_allowed = is_allowed
        self._verify = verify

    def fetch(self, address: str) -> File:
        """Read a page; its source is `address` without what follows "#".

        It may be called where an event loop runs, as in a notebook.

        Raises:
            WebError: It may not be read, or does not answer as it should.
            FileTooLargeError: It is larger than the limit.
        """
        if not self._hosts:
            raise WebOffError(path=address)
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            return asyncio.run(self._fetch(address))
        with ThreadPoolExecutor(1) as thread:
            return thread.submit(asyncio.run, self._fetch(address)).result()

    async def _fetch(self, address: str) -> File:
        try:
            async with asyncio.timeout(self._limits.total_s):
                return await self._follow(address)
        except TimeoutError:
            raise WebTimeError(path=address, limit_s=self._limits.total_s) from None

    async def _follow(self, address: str) -> File:
        url, source = _url(address, address), source_of(address)
        # Settings of the environment, such as a proxy, would undo the choice of the address.
        async with httpx.AsyncClient(
            trust_env=False, verify=self._verify, timeout=self._limits.total_s
        ) as client:
            for _ in range(self._limits.redirects + 1):
                found = await self._hop(client, url, address)
                if isinstance(found, tuple):
                    suffix, data = found
                    return file_of(source, suffix, data)
                if url.scheme == "https" and found.scheme == "http":
                    raise WebRedirectError(path=address, limit=self._limits.redirects)
                url = found
        raise WebRedirectError(path=address, limit=self._limits.redirects)

    async def _hop(
        self, client: httpx.AsyncClient, url: httpx.URL, address: str
    ) -> httpx.URL | tuple[str, bytes]:
        """What stands at `url`: where it leads to, or the suffix and the bytes of a page."""
        host, port = self._checked(url, address)
        pinned = await asyncio.to_thread(self._addresses, host, port, address)
        request = client.build_request(
            "GET",
            url.copy_with(host=pinned, fragment=None),
            headers={
                "Host": url.netloc.decode("ascii"),
                "User-Agent": "Trichdan",
                "Accept-Encoding": "gzip",
            },
            extensions={"sni_hostname": host},
        )
        try:
            response = await client.send(request, stream=True, follow_redirects=False)
            try:
                if response.is_redirect:
                    return _url(str(url.join(response.headers["location"])), address)
                return await self._read(response, address)
            finally:
                await response.aclose()
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as exc:
            if reason := _certificate_refused(exc):
                raise WebCertificateError(path=address, host=host, technical=reason) from exc
            raise WebUnreachableError(path=address, host=host) from exc

    def _checked(self, url: httpx.URL, address: str) -> tuple[str, int]:
        """Host and port, if they are on the list."""
        host = url.raw_host.decode("ascii").lower().rstrip(".")
        port = url.port or _PORTS[url.scheme]
        usual = port == _PORTS[url.scheme]
        names = {host, *(f"*.{host.split('.', n)[-1]}" for n in range(1, host.count(".") + 1))}
        if not any(
            (name in self._hosts and usual) or f"{name}:{port}" in self._hosts for name in names
        ):
            raise WebHostRefusedError(path=address, host=host if usual else f"{host}:{port}")
        return host, port

    def _addresses(self, host: str, port: int, address: str) -> str:
        """The address to connect to; all that the name resolves to have to be allowed."""
        try:
            found = [str(ipaddress.ip_address(host.strip("[]")))]
        except ValueError:
            try:
                found = list(self._resolve(host, port))
            except (OSError, UnicodeError) as exc:
                raise WebUnreachableError(path=address, host=host) from exc
        for one in found:
            if not self._is_allowed(ipaddress.ip_address(one.partition("%")[0])) or "%" in one:
                raise WebAddressRefusedError(path=address, host=host, address=one)
        if not found:
            raise WebUnreachableError(path=address, host=host)
        return found[0]

    async def _read(self, response: httpx.Response, address: str) -> tuple[str, bytes]:
        if response.status_code != httpx.codes.OK:
            raise WebStatusError(path=address, status=response.status_code)
        kind, _, parameters = response.headers.get("content-type", "").partition(";")
        suffix = _SUFFIXES.get(kind.strip().lower())
        encoding = response.headers.get("content-encoding", "").strip().lower()
        if suffix is None or encoding not in _ENCODINGS:
            raise WebContentError(path=address, kind=encoding if suffix else kind.strip())
        data = bytearray()
        async for part in response.aiter_bytes():
            data += part
            if len(data) > self._limits.size_bytes:
                limit_mb = self._limits.size_bytes / 1e6
                raise FileTooLargeError(path=address, size_mb=len(data) / 1e6, limit_mb=limit_mb)
        if suffix in _TEXTS:
            return suffix, _in_utf8(bytes(data), parameters)
        return suffix, bytes(data)


def source_of(address: str) -> str:
    """The address of a page as its document's source: without what follows "#".

    Raises:
        WebAddressRefusedError: It is none; above all not a path on this machine.
    """
    return str(_url(address, address).copy_with(fragment=None))


def _url(text: str, address: str) -> httpx.URL:
    """The parts of an address, of which one with a name or a password is none."""
    try:
        url = httpx.URL(text)
        host = url.host  # where "xn--…" is decoded
    except (httpx.InvalidURL, UnicodeError) as exc:
        raise WebAddressRefusedError(path=address, host=text[:100], address="?") from exc
    if url.scheme not in _PORTS or not host or url.userinfo:
        scheme = url.scheme or "?"
        raise WebAddressRefusedError(path=address, host=host or text[:100], address=scheme)
    return url


def _certificate_refused(exc: BaseException) -> str:
    """What OpenSSL says of the server's certificate, if that is why there is no connection."""
    cause: BaseException | None = exc
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return cause.verify_message
        cause = cause.__cause__ or cause.__context__
    return ""


def _in_utf8(data: bytes, parameters: str) -> bytes:
    """A text whose encoding the server names, in UTF-8."""
    try:
        data.decode("utf-8")
        return data
    except UnicodeDecodeError:
        pass
    name = parameters.lower().partition("charset=")[2].strip("\"' ;") or "utf-8"
    try:
        return data if name.startswith("utf-8") else data.decode(name).encode("utf-8")
    except (LookupError, UnicodeError):
        return data

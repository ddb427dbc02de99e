"""Web pages, over a real server on this machine; only the names and what is public are made up."""

from __future__ import annotations

import asyncio
import gzip
import ipaddress
import shutil
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from ingest.errors import (
    FileTooLargeError,
    ReadError,
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
from ingest.reading import File
from ingest.web import WebLimits, WebReader, is_public

PAGE = "<html><body><p>Hội nghị ở Paris.</p></body></html>"


class _Site(BaseHTTPRequestHandler):
    """A small site; `asked` lists (host, path) of each request."""

    asked: list[tuple[str, str]]

    def do_GET(self) -> None:
        host = self.headers["Host"]
        self.server.asked.append((host, self.path))  # type: ignore[attr-defined]
        route = self.path.partition("?")[0]
        if route == "/go":
            self._answer(302, headers={"Location": self.path.partition("?")[2]})
        elif route == "/slow":
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            for _ in range(100):
                self.wfile.write(b"<p>")
                self.wfile.flush()
                time.sleep(0.05)
        elif route == "/large":
            self._answer(200, b"x" * 3000)
        elif route == "/bomb":
            self._answer(200, gzip.compress(b"x" * 3_000_000), headers={"Content-Encoding": "gzip"})
        elif route == "/odd":
            self._answer(200, b"x", headers={"Content-Encoding": "br"})
        elif route == "/film":
            self._answer(200, b"x", kind="video/mp4")
        elif route == "/old":
            self._answer(200, "Hội nghị".encode("utf-16"), kind="text/html; charset=utf-16")
        elif route == "/gone":
            self._answer(404)
        else:
            self._answer(200, PAGE.encode())

    def _answer(
        self,
        status: int,
        body: bytes = b"",
        kind: str = "text/html; charset=utf-8",
        headers: dict[str, str] | None = None,
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing to standard error."""


class Site(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Site)
        self.asked: list[tuple[str, str]] = []

    def handle_error(self, *_: object) -> None:
        """A reader that hangs up is what is tested."""

    def at(self, path: str, host: str = "docs.example.org") -> str:
        return f"http://{host}:{self.server_port}{path}"


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield server
        server.shutdown()


NAMES = {
    "docs.example.org": ["127.0.0.1"],
    "www.example.org": ["127.0.0.1"],
    "inner.example.org": ["127.0.0.2"],
    "mixed.example.org": ["127.0.0.1", "10.0.0.7"],
    "metadata.example.org": ["169.254.169.254"],
    "nowhere.example.org": [],
}


def reader(site: Site, *hosts: str, **limits: float) -> WebReader:
    """A reader to which 127.0.0.1, and nothing else, is the public web."""
    allowed = hosts or ("docs.example.org", "www.example.org")
    return WebReader(
        [f"{host}:{site.server_port}" for host in allowed],
        limits=WebLimits(**limits),  # type: ignore[arg-type]
        resolve=lambda host, port: NAMES[host],
        is_allowed=lambda address: address == ipaddress.ip_address("127.0.0.1"),
    )


def test_a_page_is_read_from_the_address_that_was_checked(site: Site) -> None:
    file = reader(site).fetch(site.at("/a/b?q=1#part"))
    assert (file.source, file.suffix, file.data) == (site.at("/a/b?q=1"), ".html", PAGE.encode())
    # The name went to the server, the connection to the address.
    assert site.asked == [(f"docs.example.org:{site.server_port}", "/a/b?q=1")]


def test_without_a_list_of_hosts_web_pages_are_off(site: Site) -> None:
    with pytest.raises(WebOffError, match="web_hosts"):
        WebReader([]).fetch(site.at("/"))
    assert site.asked == []


def test_a_page_is_read_where_an_event_loop_runs(site: Site) -> None:
    async def notebook() -> File:
        return reader(site).fetch(site.at("/a/b"))

    with ThreadPoolExecutor(1) as thread:
        assert thread.submit(lambda: asyncio.run(notebook())).result().data


@pytest.mark.parametrize(
    ("hosts", "host", "allowed"),
    [
        (["docs.example.org"], "docs.example.org", True),
        (["docs.example.org"], "DOCS.example.org.", True),
        (["*.example.org"], "docs.example.org", True),
        (["*.example.org"], "example.org", False),
        (["example.org"], "docs.example.org", False),
        (["docs.example.org"], "docs.example.org.evil.net", False),
        (["*.org"], "evil-example.net", False),
    ],
)
def test_only_hosts_on_the_list_are_asked(
    site: Site, hosts: list[str], host: str, allowed: bool
) -> None:
    asking = WebReader(
        [f"{name}:{site.server_port}" for name in hosts],
        resolve=lambda host, port: ["127.0.0.1"],
        is_allowed=lambda address: True,
    )
    if allowed:
        assert asking.fetch(site.at("/", host)).data
    else:
        with pytest.raises(WebHostRefusedError):
            asking.fetch(site.at("/", host))
        assert site.asked == []


def test_another_port_is_another_host(site: Site) -> None:
    with pytest.raises(WebHostRefusedError) as caught:
        WebReader(["docs.example.org"], resolve=lambda *_: ["127.0.0.1"]).fetch(site.at("/"))
    assert str(site.server_port) in caught.value.message("vi")


@pytest.mark.parametrize("host", ["inner", "mixed", "metadata"])
def test_a_name_that_leads_inside_is_refused_before_anything_is_sent(site: Site, host: str) -> None:
    name = f"{host}.example.org"
    with pytest.raises(WebAddressRefusedError) as caught:
        reader(site, name).fetch(site.at("/", name))
    assert str(caught.value.params["address"]) in ("127.0.0.2", "10.0.0.7", "169.254.169.254")
    assert site.asked == []


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0"),
        *("100.64.0.1", "224.0.0.1", "255.255.255.255", "192.0.0.8", "198.18.0.1"),
        *("::1", "::", "fe80::1", "fc00::1", "fd00:ec2::254", "ff02::1", "2001:db8::1"),
        *("::ffff:127.0.0.1", "::ffff:169.254.169.254", "::ffff:10.0.0.1"),
        *("64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::", "2001:0:1:2:3:4:5:6"),
    ],
)
def test_addresses_that_are_not_public_and_their_covers_are_known(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "address", ["1.1.1.1", "93.184.216.34", "2606:4700::1111", "64:ff9b::808:808"]
)
def test_public_addresses_are_public(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "address",
    [
        *("http://127.0.0.1/", "http://[::1]/", "http://[::ffff:127.0.0.1]/", "http://2130706433/"),
        *("http://0x7f000001/", "http://127.1/", "http://169.254.169.254/latest/meta-data/"),
    ],
)
def test_an_address_in_figures_is_checked_like_a_name(address: str) -> None:
    host = address.split("/")[2]
    # The numbers that only a resolver takes for addresses: it says what they are.
    with pytest.raises((WebAddressRefusedError, WebUnreachableError, WebHostRefusedError)):
        WebReader([host], resolve=lambda *_: ["127.0.0.1"]).fetch(address)


def test_a_name_that_cannot_be_decoded_is_refused(site: Site) -> None:
    with pytest.raises(WebAddressRefusedError):
        reader(site, "*").fetch("https://xn--a/")
    assert site.asked == []


def test_redirects_are_followed_and_checked_at_each_hop(site: Site) -> None:
    there = site.at("/end", "www.example.org")
    file = reader(site).fetch(site.at(f"/go?{there}"))
    assert file.source == site.at(f"/go?{there}")
    assert [path for _, path in site.asked] == [f"/go?{there}", "/end"]
    site.asked.clear()
    assert reader(site).fetch(site.at("/go?/relative")).data == PAGE.encode()
    for where, kind in (
        (site.at("/", "inner.example.org"), WebHostRefusedError),
        ("http://127.0.0.1/", WebHostRefusedError),
        ("file:///etc/passwd", WebAddressRefusedError),
        ("gopher://docs.example.org/", WebAddressRefusedError),
        ("http://user:pass@docs.example.org/", WebAddressRefusedError),
        ("http://xn--a/", WebUnreachableError),
    ):
        site.asked.clear()
        with pytest.raises(kind):
            reader(site).fetch(site.at(f"/go?{where}"))
        assert len(site.asked) == 1
    with pytest.raises(WebAddressRefusedError):
        reader(site, "docs.example.org", "inner.example.org").fetch(
            site.at(f"/go?{site.at('/', 'inner.example.org')}")
        )


def test_redirects_end(site: Site) -> None:
    with pytest.raises(WebRedirectError):
        reader(site, redirects=3).fetch(site.at(f"/go?{site.at('/go?/go')}"))
    assert len(site.asked) <= 4


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/gone", WebStatusError),
        ("/film", WebContentError),
        ("/odd", WebContentError),
        ("/large", FileTooLargeError),
        ("/bomb", FileTooLargeError),
    ],
)
def test_what_is_no_page_or_too_large_is_refused(
    site: Site, path: str, kind: type[ReadError]
) -> None:
    with pytest.raises(kind):
        reader(site, size_bytes=2000).fetch(site.at(path))


def test_a_page_that_drips_is_given_up(site: Site) -> None:
    started = time.monotonic()
    with pytest.raises(WebTimeError):
        reader(site, total_s=0.5).fetch(site.at("/slow"))
    assert time.monotonic() - started < 4


def test_the_servers_word_on_the_encoding_counts(site: Site) -> None:
    assert "Hội nghị" in reader(site).fetch(site.at("/old")).data.decode("utf-8")


def test_nothing_there_is_said_so(site: Site) -> None:
    with pytest.raises(WebUnreachableError, match=r"nowhere\.example\.org"):
        reader(site, "nowhere.example.org").fetch(site.at("/", "nowhere.example.org"))


# ---- over TLS -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    if shutil.which("openssl") is None:
        pytest.skip("certificates are made with openssl, which is not on this machine")
    return Authority(tmp_path_factory.mktemp("certificates"))


class Authority:
    """Signs certificates; whoever trusts `certificate` trusts them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.certificate = folder / "authority.pem"
        self._made("authority", "-addext", "basicConstraints=critical,CA:TRUE")

    def sign(self, name: str, days: int = 2) -> Path:
        """Key and certificate for a host, in one file."""
        signed = ["-CA", str(self.certificate), "-CAkey", str(self.folder / "authority.key")]
        return self._made(name, *signed, "-addext", f"subjectAltName=DNS:{name}", days=days)

    def _made(self, name: str, *options: str, days: int = 2) -> Path:
        place = self.folder / f"{name}.pem"
        key = self.folder / f"{name}.key"
        command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt"]
        command += ["ec_paramgen_curve:prime256v1", "-nodes", "-subj", f"/CN={name}", *options]
        command += ["-days", str(days), "-keyout", str(key), "-out", str(place)]
        subprocess.run(command, check=True, capture_output=True)
        return place

    def trust(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.certificate))


class SecureSite(Site):
    """The site over TLS; `named` lists the names that clients asked for in the handshake."""

    def __init__(self, authority: Authority, name: str) -> None:
        super().__init__()
        self.named: list[str | None] = []
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(authority.sign(name), authority.folder / f"{name}.key")
        context.sni_callback = lambda _socket, named, _context: self.named.append(named)
        self.socket = context.wrap_socket(
            self.socket, server_side=True, do_handshake_on_connect=False
        )

    def at(self, path: str, host: str = "docs.example.org") -> str:
        return super().at(path, host).replace("http:", "https:", 1)


@pytest.fixture
def secure(authority: Authority) -> Iterator[Callable[[str], SecureSite]]:
    """Starts a site that shows the certificate of a name."""
    with ExitStack() as stack:

        def start(name: str) -> SecureSite:
            server = stack.enter_context(SecureSite(authority, name))
            threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
            stack.callback(server.shutdown)
            return server

        yield start


def secure_reader(site: Site, verify: ssl.SSLContext | bool, **limits: float) -> WebReader:
    hosts = ("docs.example.org", "www.example.org", "127.0.0.1")
    return WebReader(
        [f"{host}:{site.server_port}" for host in hosts],
        limits=WebLimits(**limits),  # type: ignore[arg-type]
        resolve=lambda host, port: NAMES[host],
        is_allowed=lambda address: address == ipaddress.ip_address("127.0.0.1"),
        verify=verify,
    )


def test_over_tls_the_address_is_the_checked_one_and_the_certificate_the_names(
    authority: Authority, secure: Callable[[str], SecureSite]
) -> None:
    site = secure("docs.example.org")
    file = secure_reader(site, authority.trust()).fetch(site.at("/a"))
    assert (file.source, file.data) == (site.at("/a"), PAGE.encode())
    # The connection went to 127.0.0.1, which is all that the name resolves to; certificate and
    # request are of the name.
    assert site.named == ["docs.example.org"]
    assert site.asked == [(f"docs.example.org:{site.server_port}", "/a")]


@pytest.mark.parametrize("name", ["www.example.org", "127.0.0.1", "example.org"])
def test_a_certificate_of_another_name_is_refused_before_anything_is_asked(
    name: str, authority: Authority, secure: Callable[[str], SecureSite]
) -> None:
    site = secure(name)
    with pytest.raises(WebCertificateError) as caught:
        secure_reader(site, authority.trust()).fetch(site.at("/a"))
    assert "docs.example.org" in caught.value.message("en")
    assert "mismatch" in str(caught.value.params["technical"])
    assert "chứng thư của docs.example.org" in caught.value.message("vi")
    assert site.asked == []


def test_a_certificate_that_nobody_vouches_for_is_refused(
    secure: Callable[[str], SecureSite],
) -> None:
    site = secure("docs.example.org")
    with pytest.raises(WebCertificateError, match="not accepted"):
        secure_reader(site, True).fetch(site.at("/a"))
    assert site.asked == []


def test_each_hop_over_tls_shows_a_certificate_of_its_own(
    authority: Authority, secure: Callable[[str], SecureSite]
) -> None:
    site = secure("docs.example.org")
    elsewhere = site.at("/end", "www.example.org")
    with pytest.raises(WebCertificateError, match=r"www\.example\.org"):
        secure_reader(site, authority.trust()).fetch(site.at(f"/go?{elsewhere}"))
    assert [path for _, path in site.asked] == [f"/go?{elsewhere}"]


def test_a_page_over_tls_does_not_lead_to_one_without(
    authority: Authority, secure: Callable[[str], SecureSite]
) -> None:
    site = secure("docs.example.org")
    plain = site.at("/end").replace("https:", "http:", 1)
    with pytest.raises(WebRedirectError):
        secure_reader(site, authority.trust()).fetch(site.at(f"/go?{plain}"))
    assert len(site.asked) == 1


def test_a_server_that_speaks_no_tls_is_unreachable_in_time(site: Site) -> None:
    with pytest.raises((WebUnreachableError, WebTimeError)):
        secure_reader(site, True, total_s=5).fetch(site.at("/a").replace("http:", "https:", 1))
    assert site.asked == []

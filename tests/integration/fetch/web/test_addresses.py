"""Where connections may go: the address that was checked, and nothing inside."""

from __future__ import annotations

import shutil
import ssl
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from footnoted.fetch.port import HostUnreachableError, WebRefusedError, WebRequest
from footnoted.fetch.web.connections import GuardedBackend, SystemResolver
from tests.fakes.web_server import FakeResolver, Page, WebServer, serving

if TYPE_CHECKING:
    from pathlib import Path

PUBLIC = "93.184.215.14"


async def refusal_of(edge: Any, address: str) -> str:
    """Return the code under which an address is refused."""
    with pytest.raises(WebRefusedError) as caught:
        await edge.web.get(WebRequest(address))
    return caught.value.failure_code


async def test_a_public_name_is_asked_at_the_address_that_was_checked(edge: Any) -> None:
    """Its name stands in `Host`, and ours in `User-Agent`."""
    assert (await edge.get()).body == b"hello"
    assert edge.detour.addresses == [PUBLIC]
    headers = edge.server.asked[0].headers
    assert headers["host"] == f"a.example:{edge.server.port}"
    assert headers["user-agent"].startswith("footnoted/")


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "169.254.169.254", "10.0.0.1", "0.0.0.0"],  # noqa: S104 - asked, not bound
)
async def test_an_inner_address_is_refused_by_itself_and_behind_a_redirect(
    edge: Any, host: str
) -> None:
    """No connection is opened to it, and nothing is held against the host that redirects."""
    inner = edge.server.url("/secret", host)
    edge.server.pages["/go"] = Page(status="302 Found", headers=(f"Location: {inner}",))
    assert await refusal_of(edge, inner) == "address_refused"
    assert edge.detour.addresses == []
    assert await refusal_of(edge, edge.server.url("/go", "a.example")) == "address_refused"
    assert edge.detour.addresses == [PUBLIC]
    assert [asked.path for asked in edge.server.asked] == ["/go"]


@pytest.mark.parametrize("host", ["localhost", "127.1", "2130706433", "0x7f.1", "017700000001"])
async def test_names_and_odd_notations_are_judged_by_where_they_lead(host: str) -> None:
    """As the machine's own resolver reads them."""
    backend = GuardedBackend(SystemResolver(), allow_private=False)
    with pytest.raises(WebRefusedError, match="nothing from outside may lead there"):
        await backend.connect_tcp(host, 9)


async def test_a_name_that_changes_its_mind_is_judged_each_time(edge: Any) -> None:
    """DNS rebinding: the second answer is not asked for, or is checked as the first was."""
    edge.resolver = FakeResolver(a_example=[[PUBLIC], ["127.0.0.1"]])
    edge.__post_init__()
    assert (await edge.get()).body == b"hello"
    assert edge.resolver.asked == ["a.example"]
    assert edge.detour.addresses == [PUBLIC]
    assert await refusal_of(edge, edge.server.url("/", "a.example")) == "address_refused"
    assert edge.detour.addresses == [PUBLIC]


async def test_of_several_addresses_only_the_allowed_are_asked(edge: Any) -> None:
    """Whatever their order."""
    edge.resolver = FakeResolver(a_example=[["10.0.0.1", "::1", PUBLIC]])
    edge.__post_init__()
    assert (await edge.get()).status == 200
    assert edge.detour.addresses == [PUBLIC]


async def test_the_next_address_is_asked_where_one_does_not_answer(edge: Any) -> None:
    """Each as an address: the name is not resolved again on the way."""
    edge.resolver = FakeResolver(a_example=[["1.1.1.1", PUBLIC]])
    edge.detour.dead = {"1.1.1.1"}
    edge.__post_init__()
    assert (await edge.get()).status == 200
    assert edge.detour.addresses == ["1.1.1.1", PUBLIC]


async def test_a_name_without_an_address_waits(edge: Any) -> None:
    """It may be our own line that is down."""
    edge.resolver = FakeResolver(a_example=[[]])
    edge.__post_init__()
    with pytest.raises(HostUnreachableError, match="no address"):
        await edge.get()


async def test_a_proxy_of_the_environment_is_not_asked(
    edge: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would resolve names behind our back."""
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    edge.__post_init__()
    assert (await edge.get()).body == b"hello"


async def test_secrets_and_cookies_stay_at_the_first_origin(edge: Any) -> None:
    """Other headers travel along."""
    there = edge.server.url("/", "b.example")
    edge.server.pages["/go"] = Page(
        status="307 X", headers=(f"Location: {there}", "Set-Cookie: a=b")
    )
    secret = {"Authorization": "Bearer T", "Cookie": "c", "X-Other": "1", "Host": "evil.example"}
    await edge.get("/go", headers=secret)
    first, second = (asked.headers for asked in edge.server.asked)
    assert (first["authorization"], first["cookie"]) == ("Bearer T", "c")
    assert first["host"] == f"a.example:{edge.server.port}"
    assert {"authorization", "cookie"} & second.keys() == set()
    assert second["x-other"] == "1"


async def test_what_is_accepted_is_said(edge: Any) -> None:
    """Beginnings of types are ranges in a header; without any, everything is welcome."""
    edge.server.pages["/"] = Page(b"ID3")
    await edge.get(accepts=("audio/", "video", "application/ogg"))
    await edge.get()
    said = [asked.headers["accept"] for asked in edge.server.asked]
    assert said == ["audio/*, video/*, application/ogg, */*;q=0.1", "*/*"]


async def test_the_certificate_is_checked_against_the_name(edge: Any, tmp_path: Path) -> None:
    """Though the connection goes to an address; another name is refused."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not here")
    context, trust = certificate(tmp_path, "a.example")
    names: list[str | None] = []
    context.sni_callback = lambda _socket, name, _context: names.append(name)
    async with serving(WebServer({"/": Page(b"safe")}), context) as server:
        edge.trust = trust
        edge.__post_init__()
        answer = await edge.web.get(WebRequest(server.url("/", "a.example", "https")))
        assert answer.body == b"safe"
        with pytest.raises(HostUnreachableError, match="certificate"):
            await edge.web.get(WebRequest(server.url("/", "b.example", "https")))
    assert names == ["a.example", "b.example"]


def certificate(folder: Path, name: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Return a server that is `name`, and a client that believes it."""
    key, cert = folder / "key.pem", folder / "cert.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
         "-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}",
         "-keyout", str(key), "-out", str(cert)],
        check=True,
        capture_output=True,
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    return context, ssl.create_default_context(cafile=str(cert))

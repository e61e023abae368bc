"""Names whose addresses change, are many, are bad, or never come."""

from __future__ import annotations

import asyncio
import socket
import threading
from ipaddress import ip_address, ip_network

import pytest
from oms_outbound import (
    ConnectFailure,
    ConnectionLost,
    DnsFailure,
    LookupFailed,
    OutboundErrorKind,
    OutboundPolicy,
    OutboundRequest,
    OutboundTimeout,
    SystemResolver,
    TargetRefused,
    check_url,
)
from oms_outbound.dial import interleaved
from oms_outbound.targets import Targets

PUBLIC = "93.184.216.34"
ONE = (ip_network("127.0.0.1/32"),)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "::1",
        "::ffff:127.0.0.1",
        "64:ff9b::127.0.0.1",
        "fe80::1%1",
        "fd00:ec2::254",
    ],
)
@pytest.mark.parametrize("others", [[], [PUBLIC], [PUBLIC, "2606:4700::1111"]])
async def test_one_bad_address_refuses_the_host(serve, open_client, resolver, address, others):
    server = await serve()
    client = await open_client(private_networks=())
    for addresses in ([address, *others], [*others, address]):
        resolver.answer("rebind.example", addresses)
        with pytest.raises(TargetRefused) as caught:
            await client.send(OutboundRequest(url=f"http://rebind.example:{server.port}/"))
        assert caught.value.kind is OutboundErrorKind.TARGET_REFUSED
        assert caught.value.host == "rebind.example"
        told = f"{caught.value!r} {caught.value.metadata} {caught.value.fields}"
        assert address.partition("%")[0] not in told
        assert caught.value.__cause__ is None
    assert server.peers == []


async def test_name_that_was_public_when_checked_is_refused_when_it_turns_private(resolver, clock):
    policy = OutboundPolicy()
    resolver.answer("rebind.example", [PUBLIC], ["127.0.0.1"])
    targets = Targets(policy, resolver, clock)
    url = check_url("https://rebind.example/", policy)
    assert await targets.addresses_of(url) == (ip_address(PUBLIC),)
    clock.advance(policy.dns_ttl_s - 0.1)
    assert await targets.addresses_of(url) == (ip_address(PUBLIC),)
    clock.advance(0.2)
    with pytest.raises(TargetRefused):
        await targets.addresses_of(url)
    assert len(resolver.asked) == 2


async def test_kept_connection_is_not_used_once_the_name_turned_bad(
    serve, open_client, resolver, clock
):
    server = await serve()
    resolver.answer("rebind.example", ["127.0.0.1"], ["127.0.0.2"])
    client = await open_client(private_networks=ONE, clock=clock)
    request = OutboundRequest(url=f"http://rebind.example:{server.port}/")
    assert [(await client.send(request)).is_reused for _ in range(2)] == [False, True]
    clock.advance(11)
    with pytest.raises(TargetRefused):
        await client.send(request)
    assert len(server.requests) == 2


async def test_changed_answer_leads_to_the_new_address(serve, open_client, resolver, clock):
    first = await serve()
    resolver.answer("moving.example", ["127.0.0.1"], ["127.0.0.2"], ["127.0.0.1"])
    client = await open_client(clock=clock)
    request = OutboundRequest(url=f"http://moving.example:{first.port}/")
    assert str((await client.send(request)).address) == "127.0.0.1"
    clock.advance(11)
    # Nobody listens there: the kept connection to the old address is not taken instead.
    with pytest.raises(ConnectFailure):
        await client.send(request)
    clock.advance(11)
    assert (await client.send(request)).is_reused


async def test_connection_goes_to_the_judged_address_without_a_second_lookup(
    serve, open_client, resolver, monkeypatch
):
    server = await serve(host="127.0.0.3")
    resolver.answer("sink.example", ["127.0.0.3"])
    client = await open_client()
    real = socket.getaddrinfo

    def numeric_only(host, port, *args, **options):
        assert ip_address(host), "a name was looked up again"
        return real(host, port, *args, **options)

    monkeypatch.setattr(socket, "getaddrinfo", numeric_only)
    response = await client.send(OutboundRequest(url=f"http://sink.example:{server.port}/"))
    assert str(response.address) == "127.0.0.3"
    sockname = server.peers[0].writer.get_extra_info("sockname")
    assert sockname[0] == "127.0.0.3"
    assert b"host: sink.example:" in server.requests[0]


async def test_next_address_is_tried(serve, open_client, resolver):
    server = await serve()
    resolver.answer("two.example", ["127.0.0.9", "::1", "127.0.0.1"])
    client = await open_client(max_idle_connections=0)
    request = OutboundRequest(url=f"http://two.example:{server.port}/")
    for _ in range(2):
        assert str((await client.send(request)).address) == "127.0.0.1"


async def test_address_that_could_be_connected_to_comes_first_until_the_answer_expires(
    resolver, clock
):
    policy = OutboundPolicy()
    resolver.answer("two.example", [PUBLIC, "8.8.8.8", "2606:4700::1111"])
    targets = Targets(policy, resolver, clock)
    url = check_url("https://two.example/", policy)
    await targets.addresses_of(url)
    targets.prefer("two.example", ip_address("8.8.8.8"))
    targets.prefer("two.example", ip_address("9.9.9.9"))  # not one of them
    assert [str(each) for each in await targets.addresses_of(url)] == [
        "8.8.8.8",
        PUBLIC,
        "2606:4700::1111",
    ]
    clock.advance(11)
    assert str((await targets.addresses_of(url))[0]) == PUBLIC


def test_both_families_are_tried_early():
    texts = ["2606:4700::1", "2606:4700::2", "2606:4700::3", "8.8.8.8", "9.9.9.9"]
    order = [str(each) for each in interleaved([ip_address(text) for text in texts])]
    assert order == ["2606:4700::1", "8.8.8.8", "2606:4700::2", "9.9.9.9", "2606:4700::3"]


async def test_nobody_there_is_a_connect_failure_that_names_no_address(
    serve, open_client, resolver
):
    server = await serve()
    resolver.answer("down.example", ["127.0.0.9", "::1"])
    client = await open_client()
    with pytest.raises(ConnectFailure) as caught:
        await client.send(OutboundRequest(url=f"http://down.example:{server.port}/"))
    assert "127.0.0.9" not in str(caught.value)
    assert "::1" not in str(caught.value)
    assert caught.value.message == "down.example: refused the connection"


async def test_unknown_name_is_a_dns_failure(open_client):
    client = await open_client()
    with pytest.raises(DnsFailure) as caught:
        await client.send(OutboundRequest(url="https://nowhere.example/"))
    assert caught.value.message == "nowhere.example: the name can't be resolved"


async def test_name_without_or_with_too_many_addresses_is_a_dns_failure(open_client, resolver):
    client = await open_client(max_addresses=3)
    resolver.answer("none.example", [])
    resolver.answer("many.example", [f"93.184.216.{number}" for number in range(4)])
    for host in ("none.example", "many.example"):
        with pytest.raises(DnsFailure):
            await client.send(OutboundRequest(url=f"https://{host}/"))


async def test_slow_lookup_ends_with_its_own_timeout(open_client, resolver):
    resolver.hold.clear()
    client = await open_client(dns_timeout_s=0.05)
    with pytest.raises(OutboundTimeout) as caught:
        await client.send(OutboundRequest(url="https://slow.example/"))
    assert (caught.value.phase, caught.value.kind) == ("dns", OutboundErrorKind.TIMEOUT)


async def test_total_timeout_names_the_phase_it_ended(open_client, resolver):
    resolver.hold.clear()
    client = await open_client()
    with pytest.raises(OutboundTimeout, match=r"within 0.05 s, waited for: dns"):
        await client.send(OutboundRequest(url="https://slow.example/", timeout_s=0.05))


async def test_many_callers_share_one_lookup(serve, open_client, resolver):
    server = await serve()
    resolver.hold.clear()
    resolver.answer("sink.example", ["127.0.0.1"])
    client = await open_client()
    request = OutboundRequest(url=f"http://sink.example:{server.port}/")
    calls = [asyncio.create_task(client.send(request)) for _ in range(10)]
    impatient = asyncio.create_task(client.send(OutboundRequest(url=request.url, timeout_s=0.01)))
    with pytest.raises(OutboundTimeout):
        await impatient
    resolver.hold.set()
    assert {(await call).status for call in calls} == {200}
    assert resolver.asked == ["sink.example"]


async def test_closing_ends_lookups(open_client, resolver):
    resolver.hold.clear()
    client = await open_client()
    call = asyncio.create_task(client.send(OutboundRequest(url="https://slow.example/")))
    await resolver.was_asked.wait()
    await client.close()
    with pytest.raises(ConnectionLost):
        await call


async def test_system_resolver_finds_this_machine():
    assert set(await SystemResolver().resolve("localhost")) <= {
        ip_address("127.0.0.1"),
        ip_address("::1"),
    }


async def test_system_resolver_reports_scope_ids_and_failures(monkeypatch):
    found = [
        (socket.AF_INET6, socket.SOCK_STREAM, 6, "", ("fe80::1", 0, 0, 2)),
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("10.0.0.1", 0)),
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("10.0.0.1", 0)),
    ]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    addresses = await SystemResolver().resolve("a.example")
    assert addresses == [ip_address("fe80::1%2"), ip_address("10.0.0.1")]

    def fail(*_, **__):
        raise socket.gaierror(socket.EAI_NONAME, "no such name")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    with pytest.raises(LookupFailed):
        await SystemResolver().resolve("b.example")


async def test_lookup_holds_its_place_until_its_thread_ends(monkeypatch):
    release, started = threading.Event(), threading.Semaphore(0)

    def wait(*_, **__):
        started.release()
        assert release.wait(30)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("8.8.8.8", 0))]

    monkeypatch.setattr(socket, "getaddrinfo", wait)
    resolver = SystemResolver(max_lookups=1)
    stuck = asyncio.create_task(resolver.resolve("stuck.example"))
    await asyncio.to_thread(started.acquire)
    stuck.cancel()
    with pytest.raises(asyncio.CancelledError):
        await stuck
    waiting = asyncio.create_task(resolver.resolve("next.example"))
    assert not started.acquire(blocking=False)
    assert not waiting.done()
    release.set()
    assert await waiting == [ip_address("8.8.8.8")]

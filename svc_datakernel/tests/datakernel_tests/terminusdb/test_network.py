"""Connections: acknowledged at once, kept alive, and over TLS only to whom is trusted."""

from __future__ import annotations

import asyncio
import datetime
import socket
import ssl
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from ipaddress import ip_address
from pathlib import Path
from statistics import median

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from oms_core.clock import SystemClock
from oms_core.errors import ServiceUnavailable
from oms_core.settings import SettingsError
from svc_datakernel.adapters.terminusdb import network
from svc_datakernel.adapters.terminusdb.access import ServerAccess
from svc_datakernel.adapters.terminusdb.store import TerminusStore

REPLY = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n", b"{}"


def _certificate(folder: Path) -> tuple[Path, Path]:
    """A key and a certificate for 127.0.0.1 that nobody but itself has signed."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "terminusdb")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(hours=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    key_file, certificate_file = folder / "key.pem", folder / "certificate.pem"
    key_file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    certificate_file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    return key_file, certificate_file


class Dribbling:
    """Answers in two segments under Nagle's algorithm, as TerminusDB does."""

    def __init__(self) -> None:
        self.connections = 0

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            raw = writer.get_extra_info("socket")
            raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 0)
            while True:
                await reader.readuntil(b"\r\n\r\n")
                for part in REPLY:
                    writer.write(part)
                    await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            writer.close()


@asynccontextmanager
async def _serving(server: Dribbling, context: ssl.SSLContext | None = None) -> AsyncIterator[str]:
    listening = await asyncio.start_server(server, "127.0.0.1", 0, ssl=context)
    scheme = "https" if context else "http"
    try:
        yield f"{scheme}://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    finally:
        listening.close()


async def _check(access: ServerAccess, times: int = 1) -> list[float]:
    store = TerminusStore(access, SystemClock())
    took: list[float] = []
    try:
        for _ in range(times):
            start = time.perf_counter()
            await store.check()
            took.append(time.perf_counter() - start)
    finally:
        await store.close()
    return took


@pytest.mark.skipif(not hasattr(socket, "TCP_QUICKACK"), reason="TCP_QUICKACK is Linux's")
async def test_answer_in_two_segments_does_not_wait_for_a_delayed_acknowledgement(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    server = Dribbling()
    async with _serving(server) as endpoint:
        quick = await _check(ServerAccess(endpoint), times=20)
        assert server.connections == 1
        monkeypatch.setattr(network, "_QUICKACK", None)
        delayed = await _check(ServerAccess(endpoint), times=20)
    # Linux delays an acknowledgement by 40 ms, on top of whatever a loaded machine takes.
    assert median(quick) + 0.02 < median(delayed)


async def test_certificate_is_checked_against_the_file_given(tmp_path: Path) -> None:
    key_file, certificate_file = _certificate(tmp_path)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate_file, key_file)
    async with _serving(Dribbling(), context) as endpoint:
        await _check(ServerAccess(endpoint, ca_file=certificate_file))
        with pytest.raises(ServiceUnavailable):
            await _check(ServerAccess(endpoint, read_attempts=1))


def test_missing_file_of_certificates_is_refused_at_the_start(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="OMS_TERMINUSDB_CA_FILE"):
        TerminusStore(ServerAccess("https://host", ca_file=tmp_path / "no.pem"), SystemClock())

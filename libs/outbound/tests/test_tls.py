"""Certificates, names and versions of TLS."""

from __future__ import annotations

import asyncio
import ssl
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from oms_core.settings import SettingsError
from oms_outbound import (
    OutboundClient,
    OutboundErrorKind,
    OutboundPolicy,
    OutboundRequest,
    OutboundTimeout,
    TlsFailure,
)
from oms_outbound.dial import tls_context

# Certificates are compared with the machine's clock.
NOW = datetime.now(UTC)
DAY = timedelta(days=1)


def name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)])


@dataclass
class Authority:
    """A certificate authority of its own."""

    folder: Path

    def __post_init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._certificate = self._sign("authority", self._key.public_key(), is_authority=True)
        self.file = self.folder / "authority.pem"
        self.file.write_bytes(self._certificate.public_bytes(Encoding.PEM))

    def server(self, *names: str, common_name: str = "", ends: datetime = NOW + DAY):
        """A server's context with a certificate for some names and addresses."""
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = self._sign(common_name, key.public_key(), names=names, ends=ends)
        file = self.folder / "server.pem"
        file.write_bytes(
            certificate.public_bytes(Encoding.PEM)
            + key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context

    def _sign(
        self,
        subject: str,
        key: ec.EllipticCurvePublicKey,
        *,
        names: tuple[str, ...] = (),
        ends: datetime = NOW + DAY,
        is_authority: bool = False,
    ) -> x509.Certificate:
        builder = (
            x509.CertificateBuilder()
            .subject_name(name(subject) if subject else x509.Name([]))
            .issuer_name(name("authority"))
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(NOW - 2 * DAY)
            .not_valid_after(ends)
            .add_extension(x509.BasicConstraints(is_authority, None), critical=True)
        )
        if names:
            builder = builder.add_extension(
                x509.SubjectAlternativeName([_general(each) for each in names]), critical=True
            )
        return builder.sign(self._key, hashes.SHA256())


def _general(text: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(text))
    except ValueError:
        return x509.DNSName(text)


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@pytest.fixture
async def send(serve, open_client, resolver, authority) -> Callable:
    """Calls a TLS server under a name that leads to this machine."""

    async def call(tls, *, host="sink.example", server=None, **policy):
        server = server or await serve(tls=tls)
        resolver.answer(host, ["127.0.0.1"])
        client = await open_client(**{"ca_file": authority.file, **policy})
        return await client.send(OutboundRequest(url=f"https://{host}:{server.port}/"))

    return call


async def test_certificate_for_the_name_is_accepted_and_the_name_is_sent(send, authority):
    asked: list[str] = []
    tls = authority.server("sink.example")
    tls.sni_callback = lambda _socket, server_name, _context: asked.append(server_name)
    assert (await send(tls)).status == 200
    assert asked == ["sink.example"]


async def test_kept_connection_saves_the_handshake(serve, open_client, resolver, authority):
    server = await serve(tls=authority.server("sink.example"))
    resolver.answer("sink.example", ["127.0.0.1"])
    client = await open_client(ca_file=authority.file)
    request = OutboundRequest(url=f"https://sink.example:{server.port}/")
    assert [(await client.send(request)).is_reused for _ in range(3)] == [False, True, True]


async def test_certificate_for_an_address_is_accepted(send, authority):
    assert (await send(authority.server("127.0.0.1"), host="127.0.0.1")).status == 200


@pytest.mark.parametrize(
    ("names", "options", "message"),
    [
        (["other.example"], {}, "not valid for 'sink.example'"),
        (["*.sink.example"], {}, "not valid for 'sink.example'"),
        (["127.0.0.1"], {}, "not valid for 'sink.example'"),
        ([], {"common_name": "sink.example"}, "not valid for 'sink.example'"),
        (["sink.example"], {"ends": NOW - DAY}, "has expired"),
    ],
)
async def test_wrong_certificate_is_refused(send, authority, names, options, message):
    with pytest.raises(TlsFailure, match=message) as caught:
        await send(authority.server(*names, **options))
    assert caught.value.kind is OutboundErrorKind.TLS_FAILURE
    assert "127.0.0.1" not in str(caught.value)


async def test_unknown_authority_is_refused(send, authority):
    with pytest.raises(TlsFailure, match="does not verify"):
        await send(authority.server("sink.example"), ca_file=None)


async def test_old_version_is_refused(send, authority):
    tls = authority.server("sink.example")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        tls.set_ciphers("ALL:@SECLEVEL=0")
        tls.minimum_version = ssl.TLSVersion.TLSv1
        tls.maximum_version = ssl.TLSVersion.TLSv1_1
    with pytest.raises(TlsFailure, match="handshake failed"):
        await send(tls)


async def test_server_without_tls_is_refused(send, serve):
    async def plain(peer):
        peer.writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        await peer.gone()

    with pytest.raises(TlsFailure, match="handshake failed"):
        await send(None, server=await serve(plain))


async def test_server_that_hangs_up_in_the_handshake_is_refused(send, serve):
    async def leave(peer):
        await peer.reader.read(1)

    with pytest.raises(TlsFailure, match="handshake failed"):
        await send(None, server=await serve(leave))


async def test_handshake_that_never_ends_meets_the_connect_timeout(send, serve):
    left = asyncio.Event()

    async def silent(peer):
        await peer.gone()
        left.set()

    with pytest.raises(OutboundTimeout) as caught:
        await send(None, server=await serve(silent), connect_timeout_s=0.3)
    assert caught.value.phase == "tls"
    await left.wait()


def test_context_verifies_and_writes_no_keys(tmp_path, monkeypatch):
    monkeypatch.setenv("SSLKEYLOGFILE", str(tmp_path / "keys"))
    context = tls_context(OutboundPolicy())
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname
    assert context.minimum_version is ssl.TLSVersion.TLSv1_2
    assert context.keylog_filename is None


@pytest.mark.parametrize("content", [None, b"no certificate"])
def test_unusable_file_of_authorities_is_told_at_once(tmp_path, content):
    file = tmp_path / "authorities.pem"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(SettingsError, match=r"authorities\.pem"):
        OutboundClient(OutboundPolicy(ca_file=file))

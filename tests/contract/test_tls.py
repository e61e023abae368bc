"""TLS and mutual TLS, with certificates made on the spot."""

import datetime
import ipaddress
from dataclasses import dataclass
from pathlib import Path

import grpc
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from google.protobuf.wrappers_pb2 import BytesValue
from oms_rpc import Service, Topology
from oms_rpc.errors import from_rpc_error

ONE = BytesValue(value=b"one")
AUTHORIZED = (("authorization", "Bearer writer"),)


@dataclass(frozen=True)
class Pair:
    """Files of a certificate and its key."""

    cert: Path
    key: Path


class Authority:
    """A certificate authority in a folder."""

    def __init__(self, folder: Path, name: str) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        certificate = self._build(self._name, self._key, is_authority=True)
        self.cert = folder / f"{name}.pem"
        self.cert.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))

    def issue(self, name: str) -> Pair:
        """Issues a certificate for 127.0.0.1."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        pair = Pair(self._folder / f"{name}.pem", self._folder / f"{name}.key")
        certificate = self._build(subject, key, is_authority=False)
        pair.cert.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        pair.key.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        return pair

    def _build(self, subject, key, *, is_authority):
        now = datetime.datetime.now(datetime.UTC)
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(minutes=5))
            .not_valid_after(now + datetime.timedelta(hours=1))
            .add_extension(x509.BasicConstraints(is_authority, None), critical=True)
        )
        if not is_authority:
            address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
            builder = builder.add_extension(x509.SubjectAlternativeName([address]), critical=False)
        return builder.sign(self._key, hashes.SHA256())


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path, "oms-ca")


def server_settings(pair: Pair, **more):
    return {"tls_cert_file": pair.cert, "tls_key_file": pair.key, **more}


def dial(port: int, authority: Authority, pair: Pair | None = None) -> grpc.aio.Channel:
    credentials = grpc.ssl_channel_credentials(
        authority.cert.read_bytes(),
        pair.key.read_bytes() if pair else None,
        pair.cert.read_bytes() if pair else None,
    )
    return grpc.aio.secure_channel(f"127.0.0.1:{port}", credentials)


async def test_client_that_trusts_the_authority_is_served(start, authority, shapes_stub):
    server = await start(settings=server_settings(authority.issue("server")))
    async with dial(server.port, authority) as channel:
        assert await shapes_stub(channel).Unary(ONE, metadata=AUTHORIZED) == ONE


async def test_client_of_another_authority_is_not_served(start, authority, shapes_stub, tmp_path):
    server = await start(settings=server_settings(authority.issue("server")))
    async with dial(server.port, Authority(tmp_path, "other-ca")) as channel:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await shapes_stub(channel).Unary(ONE, metadata=AUTHORIZED)
    assert caught.value.code() == grpc.StatusCode.UNAVAILABLE


async def test_plain_text_is_not_served(start, authority, shapes_stub):
    server = await start(settings=server_settings(authority.issue("server")))
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await shapes_stub(server.channel(token="writer")).Unary(ONE)
    assert caught.value.code() == grpc.StatusCode.UNAVAILABLE


async def test_mutual_tls_wants_a_certificate_of_the_client(start, authority, shapes_stub):
    settings = server_settings(authority.issue("server"), tls_client_ca_file=authority.cert)
    server = await start(settings=settings)
    async with dial(server.port, authority) as channel:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await shapes_stub(channel).Unary(ONE, metadata=AUTHORIZED)
        assert caught.value.code() == grpc.StatusCode.UNAVAILABLE
    async with dial(server.port, authority, authority.issue("client")) as channel:
        assert await shapes_stub(channel).Unary(ONE, metadata=AUTHORIZED) == ONE


async def test_peers_call_each_other_over_mutual_tls(start, authority, shapes, shapes_stub):
    pair = authority.issue("server")
    settings = server_settings(
        pair, tls_client_ca_file=authority.cert, tls_peer_ca_file=authority.cert
    )
    peer = await start(settings=settings)
    relay = type(shapes)()

    async def compose(ctx):
        stub = shapes_stub(ctx.channel("datakernel"))

        async def forward(request, context):
            return await stub.Unary(request)

        relay.unary = forward
        ctx.add_servicer(relay.add_to, relay, policies=relay.POLICIES)

    topology = Topology(
        moved_out=frozenset({"datakernel"}), addresses={"datakernel": f"127.0.0.1:{peer.port}"}
    )
    front = await start(settings=settings, services=[Service("api", compose)], topology=topology)
    async with dial(front.port, authority, pair) as channel:
        assert await shapes_stub(channel).Unary(ONE, metadata=AUTHORIZED, timeout=20) == ONE


async def test_peer_without_tls_is_an_unavailable_service(start, authority, shapes, shapes_stub):
    pair = authority.issue("server")
    peer = await start()

    async def compose(ctx):
        stub = shapes_stub(ctx.channel("datakernel"))

        async def forward(request, context):
            return await stub.Unary(request)

        relay.unary = forward
        ctx.add_servicer(relay.add_to, relay, policies=relay.POLICIES)

    relay = type(shapes)()
    front = await start(
        settings=server_settings(pair, tls_peer_ca_file=authority.cert),
        services=[Service("api", compose)],
        topology=Topology(addresses={"datakernel": f"127.0.0.1:{peer.port}"}),
    )
    async with dial(front.port, authority) as channel:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await shapes_stub(channel).Unary(ONE, metadata=AUTHORIZED)
    error = from_rpc_error(caught.value)
    assert (error.reason, error.metadata) == ("SERVICE_UNAVAILABLE", {"service": "datakernel"})

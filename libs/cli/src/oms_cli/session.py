"""One run of the command: where calls go, as whom, and how answers are shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import click
import grpc
from oms.identity.v1 import identity_service_pb2 as identity_pb
from oms.identity.v1.identity_service_pb2_grpc import IdentityServiceStub
from oms_client.credentials import REFUSED, ApiKeyFile, find_api_key, is_loopback
from oms_client.errors import CredentialsError, from_rpc

from oms_cli.credentials import TokenCache

_MAX_MESSAGE_BYTES: Final = 64 * 1024 * 1024
_CALL_TIMEOUT_S: Final = 60.0
_TRANSFER_TIMEOUT_S: Final = 1800.0

Metadata = list[tuple[str, str]]


@dataclass
class Session:
    """Global options, and calls made with them. The channel is opened by the first call."""

    target: str = "127.0.0.1:50050"
    token: str = field(default="", repr=False)
    api_key_file: Path | None = None
    tls: bool = False
    ca: Path | None = None
    output: str = "table"
    timeout: float | None = None
    _exchanged: str = field(default="", init=False, repr=False)

    def to(self, target: str, *, token: str | None = None) -> Session:
        """The same session with another server; its token too, unless another one is given."""
        return replace(self, target=target, token=self.token if token is None else token)

    @property
    def is_json(self) -> bool:
        """Whether answers are printed as JSON."""
        return self.output == "json"

    @cached_property
    def channel(self) -> grpc.Channel:
        """The channel to the server; closed with the command."""
        options = [
            ("grpc.max_receive_message_length", _MAX_MESSAGE_BYTES),
            ("grpc.max_send_message_length", _MAX_MESSAGE_BYTES),
            # A proxy of the environment is for other machines.
            ("grpc.enable_http_proxy", 0 if is_loopback(self.target) else 1),
        ]
        if not self.tls and self.ca is None:
            if not is_loopback(self.target):
                click.echo(
                    f"warning: the token goes to {self.target} unencrypted; use --tls", err=True
                )
            channel = grpc.insecure_channel(self.target, options)
        else:
            roots = self.ca.read_bytes() if self.ca else None
            credentials = grpc.ssl_channel_credentials(roots)
            channel = grpc.secure_channel(self.target, credentials, options)
        click.get_current_context().find_root().call_on_close(channel.close)
        return channel

    def public(self, method: Callable[..., Any], request: Any) -> Any:
        """Makes a call that needs no token."""
        return method(request, timeout=self.timeout or _CALL_TIMEOUT_S)

    def unary(self, method: Callable[..., Any], request: Any) -> Any:
        """Makes a call with the caller's token.

        A token kept from an earlier run that the server no longer takes is renewed once.
        """
        try:
            return self._authorised(method, request, _CALL_TIMEOUT_S)
        except grpc.RpcError as exc:
            if not self._is_kept_token_refused(exc):
                raise
        self._renew()
        return self._authorised(method, request, _CALL_TIMEOUT_S)

    def upload(self, method: Callable[..., Any], parts: Iterable[Any]) -> Any:
        """Streams parts to the server and returns its answer."""
        self._prove_token()
        return self._authorised(method, parts, _TRANSFER_TIMEOUT_S)

    def download(self, method: Callable[..., Any], request: Any) -> Iterator[Any]:
        """Streams the server's answer."""
        self._prove_token()
        return self._authorised(method, request, _TRANSFER_TIMEOUT_S)

    def watch(self, method: Callable[..., Any], request: Any) -> Iterator[Any]:
        """Streams an answer that has no end of its own."""
        self._prove_token()
        return method(request, metadata=self._metadata(), timeout=self.timeout)

    def pages(self, method: Callable[..., Any], request: Any) -> Iterator[Any]:
        """Asks for page after page, each as soon as it is wanted."""
        while True:
            page = self.unary(method, request)
            yield page
            if not page.next_page_token:
                return
            request.page_token = page.next_page_token

    def own_token(self) -> str:
        """The token that calls are made with."""
        self._prove_token()
        return self._bearer()

    def _authorised(self, method: Callable[..., Any], request: Any, timeout_s: float) -> Any:
        metadata = self._metadata()
        return method(request, metadata=metadata, timeout=self.timeout or timeout_s)

    def _metadata(self) -> Metadata:
        return [("authorization", f"Bearer {self._bearer()}")]

    def _bearer(self) -> str:
        return self.token or self._exchanged or self._cache.load() or self._renew()

    def _renew(self) -> str:
        self._cache.drop()
        stub = IdentityServiceStub(self.channel)
        request = identity_pb.ExchangeApiKeyRequest(api_key=self._api_key.api_key)
        issued = self.public(stub.ExchangeApiKey, request).token
        self._cache.save(issued.token, issued.expire_time.ToSeconds())
        self._exchanged = issued.token
        return issued.token

    def _prove_token(self) -> None:
        """Renews a kept token that the server no longer takes, before a stream starts."""
        if not self.token and not self._exchanged and self._cache.load():
            self.unary(IdentityServiceStub(self.channel).GetCaller, identity_pb.GetCallerRequest())

    def _is_kept_token_refused(self, error: grpc.RpcError) -> bool:
        return not self.token and from_rpc(error).reason in REFUSED

    @cached_property
    def _api_key(self) -> ApiKeyFile:
        try:
            found = find_api_key(self.target, self.api_key_file)
        except CredentialsError as exc:
            raise click.UsageError(str(exc)) from exc
        if found is None:
            raise click.UsageError(
                f"no credentials for {self.target}: give --token or OMS_TOKEN, or an API key "
                "with --api-key-file, OMS_API_KEY_FILE or ~/.config/oms/credentials.json"
            )
        return found

    @cached_property
    def _cache(self) -> TokenCache:
        return TokenCache(self.target, self._api_key.api_key)

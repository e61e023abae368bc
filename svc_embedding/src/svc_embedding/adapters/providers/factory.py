"""Models out of their configuration."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from oms_core.errors import InvalidField
from oms_outbound import OutboundClient, OutboundPolicy

from svc_embedding.adapters.model_keys import ModelsFile, model_error
from svc_embedding.adapters.providers.cohere import CohereDialect
from svc_embedding.adapters.providers.dialect import Dialect, Target
from svc_embedding.adapters.providers.endpoint import HttpEndpoint
from svc_embedding.adapters.providers.google import GeminiDialect, VertexDialect
from svc_embedding.adapters.providers.huggingface import HuggingFaceDialect
from svc_embedding.adapters.providers.metrics import watch
from svc_embedding.adapters.providers.openai import AzureOpenAiDialect, OpenAiDialect
from svc_embedding.adapters.providers.reach import (
    MAX_RESPONSE_BYTES,
    Place,
    check_extra_headers,
    place_of,
    policy_for,
)
from svc_embedding.adapters.providers.service_account import ServiceAccount, read_service_account
from svc_embedding.adapters.providers.voyage import VoyageDialect
from svc_embedding.domain.chained_model import ChainedModel
from svc_embedding.domain.embedding import ModelFacts, vector_space
from svc_embedding.domain.local_model import Device, LocalModelConfig, Precision
from svc_embedding.domain.model_config import (
    AzureProvider,
    LocalProvider,
    ModelConfig,
    RemoteProvider,
    VertexProvider,
)
from svc_embedding.domain.models import Model, Models
from svc_embedding.domain.providers.chain import Chain, Link
from svc_embedding.domain.providers.contract import RequestLimits
from svc_embedding.domain.providers.local import LocalLink
from svc_embedding.domain.providers.policy import CallPolicy, Runtime
from svc_embedding.domain.providers.quotas import DailyQuota
from svc_embedding.domain.providers.remote import RemoteLink

_BASE_URLS: Final = {
    "openai": "https://api.openai.com/v1",
    "cohere": "https://api.cohere.com",
    "voyage": "https://api.voyageai.com",
    "google": "https://generativelanguage.googleapis.com",
    "huggingface": "https://router.huggingface.co/hf-inference",
}
# A number in JSON has up to 25 characters; around a vector there are some more.
_BYTES_PER_NUMBER: Final = 26
_BYTES_PER_VECTOR: Final = 512

LocalModels = Callable[[LocalModelConfig], Model]
"""Makes the model that the service runs itself; nothing is loaded yet."""


@dataclass(frozen=True, slots=True)
class _Remote:
    """A provider elsewhere, and where it was found in the file."""

    model: ModelConfig
    provider: RemoteProvider
    place: int
    key: str
    base_url: str


def providers_policy(file: ModelsFile, base: OutboundPolicy) -> OutboundPolicy:
    """What the client of the providers may reach.

    Raises:
        SettingsError: an address, or a header, can't be used.
    """
    places: list[Place] = []
    remotes = list(_remotes(file))
    for remote in remotes:
        try:
            check_extra_headers(remote.provider)
            places += [place_of(url, remote.provider) for url in _urls(remote)]
        except InvalidField as exc:
            raise model_error(file.path, remote.model.id, remote.place, exc.message) from None
        except ValueError as exc:
            raise model_error(file.path, remote.model.id, remote.place, str(exc)) from None
    return policy_for(base, places, [remote.provider for remote in remotes])


def configured_models(
    file: ModelsFile,
    *,
    client: OutboundClient,
    local: LocalModels,
    runtime: Runtime | None = None,
) -> Models:
    """The models of a file.

    Args:
        client: With the policy of `providers_policy`; it stays open as long as the models are used.
    """
    time = runtime or Runtime()
    remotes = {(each.model.id, each.place): each for each in _remotes(file)}
    models: list[Model] = []
    for config in file.config.models:
        links: list[Link] = []
        own: Model | None = None
        for place, provider in enumerate(config.providers):
            if isinstance(provider, LocalProvider):
                own = local(_local_config(config, provider))
                link: Link = LocalLink(own, timeout_s=provider.timeout_s)
            else:
                link = _remote_link(remotes[config.id, place], client, time)
            watch(link.account)
            links.append(link)
        models.append(_model(config, links, own, time))
    aliases = {alias: model.id for model in file.config.models for alias in model.aliases}
    return Models(models, default=file.config.default, aliases=aliases)


def _model(config: ModelConfig, links: list[Link], own: Model | None, time: Runtime) -> Model:
    quota = config.quota
    has_quota = bool(quota.tokens_per_day or quota.tokens_per_day_per_caller)
    if own is not None and len(links) == 1 and not has_quota:
        return own
    first = config.providers[0]
    source, version = first.space_source, first.space_version
    own_length = config.dimensions or 0
    facts = next((link.facts for link in links if isinstance(link, RemoteLink)), None)
    chain = Chain(
        links,
        facts=facts,
        space=None
        if facts is None
        else lambda dimensions: vector_space(source, version, dimensions or own_length),
        quota=DailyQuota(
            time.clock,
            model=config.id,
            tokens=quota.tokens_per_day,
            tokens_per_caller=quota.tokens_per_day_per_caller,
        )
        if has_quota
        else None,
    )
    return ChainedModel(config.id, chain, own)


def _local_config(config: ModelConfig, provider: LocalProvider) -> LocalModelConfig:
    own = LocalModelConfig(
        id=config.id,
        source=provider.source,
        revision=provider.revision,
        digest=provider.digest,
        precision=Precision(provider.precision),
        device=Device(provider.device),
        is_fallback_allowed=provider.allow_fallback,
        pooling=provider.pooling,
        is_normalized=config.normalized,
        max_tokens=config.max_tokens,
        query_prefix=config.query_prefix,
        document_prefix=config.document_prefix,
        matryoshka_dimensions=tuple(config.matryoshka_dimensions),
        license=config.license,
    )
    if not config.is_remote:
        return own
    # Others can't read the model's files, and all links have to make the same vectors.
    return replace(
        own,
        is_normalized=_is_normalized(config),
        query_prefix=config.query_prefix or "",
        document_prefix=config.document_prefix or "",
    )


def _is_normalized(config: ModelConfig) -> bool:
    return config.normalized is not False


def _remotes(file: ModelsFile) -> Iterator[_Remote]:
    for at, model in enumerate(file.config.models):
        for place, provider in enumerate(model.providers):
            if isinstance(provider, RemoteProvider):
                base_url = (provider.base_url or _default_url(provider)).rstrip("/")
                yield _Remote(model, provider, place, file.keys[at, place], base_url)


def _default_url(provider: RemoteProvider) -> str:
    if isinstance(provider, VertexProvider):
        region = "" if provider.location == "global" else f"{provider.location}-"
        return f"https://{region}aiplatform.googleapis.com"
    return _BASE_URLS[getattr(provider, "kind", "")]


def _urls(remote: _Remote) -> Iterator[str]:
    yield remote.base_url
    if isinstance(remote.provider, VertexProvider):
        yield read_service_account(remote.key)["token_uri"]


def _remote_link(remote: _Remote, client: OutboundClient, time: Runtime) -> RemoteLink:
    provider = remote.provider
    target = Target(
        facts=_facts(remote.model, provider),
        model=provider.model,
        base_url=remote.base_url,
        key=remote.key,
        headers=provider.headers,
        sends_dimensions=provider.send_dimensions,
    )
    dialect = _dialect(remote, target, client, time)
    limits = _limits(dialect.limits, provider, target.facts)
    endpoint = HttpEndpoint(dialect, client, limits, time.clock)
    return RemoteLink(endpoint, _policy(provider), time)


def _dialect(remote: _Remote, target: Target, client: OutboundClient, time: Runtime) -> Dialect:
    provider = remote.provider
    if isinstance(provider, AzureProvider):
        return AzureOpenAiDialect(target, api_version=provider.api_version)
    if isinstance(provider, VertexProvider):
        key = read_service_account(remote.key)
        account = ServiceAccount(
            email=key["client_email"],
            private_key=key["private_key"],
            key_id=key["private_key_id"],
            token_url=key["token_uri"],
            client=client,
            clock=time.clock,
        )
        bare = replace(target, key="")
        return VertexDialect(
            bare, project=provider.project, location=provider.location, token=account.token
        )
    made: dict[str, Callable[[], Dialect]] = {
        "openai": lambda: OpenAiDialect(target),
        "openai_compatible": lambda: OpenAiDialect(target, is_compatible=True),
        "cohere": lambda: CohereDialect(target),
        "voyage": lambda: VoyageDialect(target),
        "google": lambda: GeminiDialect(target),
        "huggingface": lambda: HuggingFaceDialect(target),
        "tei": lambda: HuggingFaceDialect(target, is_own=True),
    }
    return made[getattr(provider, "kind", "")]()


def _facts(model: ModelConfig, provider: RemoteProvider) -> ModelFacts:
    return ModelFacts(
        model=model.id,
        source=provider.space_source,
        revision=provider.space_version,
        dimensions=model.dimensions or 0,
        max_tokens=model.max_tokens or 0,
        license=model.license,
        is_normalized=_is_normalized(model),
        query_prefix=model.query_prefix or "",
        document_prefix=model.document_prefix or "",
        matryoshka_dimensions=tuple(model.matryoshka_dimensions),
    )


def _limits(own: RequestLimits, provider: RemoteProvider, facts: ModelFacts) -> RequestLimits:
    room = MAX_RESPONSE_BYTES // (facts.dimensions * _BYTES_PER_NUMBER + _BYTES_PER_VECTOR)
    return RequestLimits(
        texts=max(1, min(provider.max_batch_texts or own.texts, room)),
        tokens=provider.max_batch_tokens or own.tokens,
        text_bytes=own.text_bytes,
    )


def _policy(provider: RemoteProvider) -> CallPolicy:
    return CallPolicy(
        timeout_s=provider.timeout_s,
        max_attempts=provider.max_attempts,
        max_wait_s=provider.max_wait_s,
        max_concurrency=provider.max_concurrency,
        failure_threshold=provider.failure_threshold,
        max_pause_s=provider.max_pause_s,
        requests_per_minute=provider.requests_per_minute,
        tokens_per_minute=provider.tokens_per_minute,
        price_per_million=provider.price_per_million_tokens,
    )

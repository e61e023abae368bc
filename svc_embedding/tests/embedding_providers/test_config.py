"""The file of models: what it may say, and how it is told that it may not."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from oms_core.errors import ResourceNotFound, UnsupportedOperation
from oms_core.settings import SettingsError
from oms_outbound import OutboundPolicy
from oms_outbound.policy import OutboundPolicy as Policy
from svc_embedding.adapters.model_file import read_models
from svc_embedding.adapters.model_keys import read_models_file
from svc_embedding.adapters.providers.factory import providers_policy
from svc_embedding.domain.local_model import BUILT_IN, BUILT_IN_DIGEST
from svc_embedding.domain.models import Capability, ModelState

_DOCS = Path(__file__).parents[3] / "docs/embedding/providers.md"

GOOD = """
default = "small"

[[models]]
id = "text-3-small"
aliases = ["small", "old-name"]
dimensions = 1536
max_tokens = 8191

[[models.providers]]
kind = "openai"
model = "text-embedding-3-small"
key_env = "OPENAI_API_KEY"

[[models.providers]]
kind = "azure_openai"
model = "our-deployment"
source = "text-embedding-3-small"
base_url = "https://ours.openai.azure.com"
key_env = "AZURE_KEY"
"""


def _write(folder: Path, text: str) -> Path:
    path = folder / "models.toml"
    path.write_text(text)
    return path


ENVIRONMENT = {"OPENAI_API_KEY": "sk-1", "AZURE_KEY": "az-1"}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("dimensions = 1536", "dimensions = 0"), "model 'text-3-small': dimensions: "),
        (("dimensions = 1536", 'dimensions = "x"'), "model 'text-3-small': dimensions: "),
        (("dimensions = 1536", ""), "model 'text-3-small': dimensions: has to be given"),
        (("max_tokens = 8191", ""), "model 'text-3-small': max_tokens: has to be given"),
        (("max_tokens", "max_token"), "model 'text-3-small': max_token: Extra inputs"),
        (('kind = "openai"', 'kind = "open_ai"'), "model 'text-3-small': providers[0]: Input tag"),
        (('kind = "openai"', ""), "model 'text-3-small': providers[0]: Unable to extract tag"),
        (('key_env = "AZURE_KEY"', ""), "providers[1]: key_env or key_file: one of them"),
        (('key_env = "AZURE_KEY"', 'key = "sk-SECRET"'), "providers[1].key: Extra inputs"),
        (('source = "text-embedding-3-small"', ""), "providers[1].source: Field required"),
        (
            ('source = "text-embedding-3-small"', 'source = "text-embedding-3-large"'),
            "providers[1]: serves the vector space 'text-embedding-3-large#1536', "
            "the first 'text-embedding-3-small#1536'",
        ),
        (('id = "text-3-small"', 'id = "text/3"'), "model 'text/3': id: String should match"),
        (('id = "text-3-small"', ""), "model '#1': id: Field required"),
        (('"old-name"', '"text-3-small"'), "'text-3-small' is the id or alias of more than one"),
        (('default = "small"', 'default = "large"'), "default: there is no model 'large'"),
        (("max_tokens = 8191", "max_tokens = 8191\nmatryoshka_dimensions = [256, 2000]"),
         "matryoshka_dimensions: 2000 is not less than dimensions"),
        (("[[models]]", "[models]"), "models: Input should be a valid list"),
        (("[[models]]", "[[models"), "at line"),
        (('key_env = "AZURE_KEY"', 'key_env = "a-b"'), "providers[1].key_env: String should match"),
    ],
)  # fmt: skip
def test_errors_name_file_model_and_key(change: tuple[str, str], told: str, tmp_path: Path):
    assert change[0] in GOOD
    path = _write(tmp_path, GOOD.replace(*change, 1))
    with pytest.raises(SettingsError) as caught:
        read_models(path)
    message = str(caught.value)
    assert message.startswith(f"OMS_EMBEDDING_MODELS: {path}: ")
    assert told in message
    assert "SECRET" not in message


def test_a_file_that_is_not_there(tmp_path: Path):
    with pytest.raises(SettingsError, match="No such file"):
        read_models(tmp_path / "none.toml")


def test_a_file_that_is_not_text(tmp_path: Path):
    (tmp_path / "m.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(SettingsError, match="is not UTF-8"):
        read_models(tmp_path / "m.toml")


_MIXED = """
[[models]]
id = "bge"
dimensions = 384
max_tokens = 512
[[models.providers]]
kind = "onnx"
{local}
[[models.providers]]
kind = "tei"
model = "{model}"
base_url = "https://tei.example.com"
revision = "{revision}"
"""
_COMMIT, _DIGEST = "5c38ec7c405ec4b44b94cc5a9bb96e735b38267a", "ab" * 32
_BGE = "BAAI/bge-small-en-v1.5"


@pytest.mark.parametrize(
    ("local", "model", "revision"),
    [
        (f'source = "{_BGE}"\nrevision = "{_COMMIT}"', _BGE, _COMMIT),
        (f'source = "{_BGE}"\nrevision = "{_COMMIT}"\ndigest = "{_DIGEST}"', _BGE, _COMMIT),
        (f'source = "/models/bge"\ndigest = "{_DIGEST}"', "bge", _DIGEST),
        (f'source = "./models/bge/"\ndigest = "{_DIGEST}"', "bge", _DIGEST),
        ('source = "all-MiniLM-L6-v2"', f"sentence-transformers/{BUILT_IN}", BUILT_IN_DIGEST),
    ],
)
def test_a_local_model_beside_others_is_of_their_space(
    local: str, model: str, revision: str, tmp_path: Path
):
    text = _MIXED.format(local=local, model=model, revision=revision)
    assert len(read_models(_write(tmp_path, text)).models[0].providers) == 2
    text = _MIXED.format(local=local, model=model, revision="other")
    with pytest.raises(SettingsError, match=re.escape("providers[1]: serves the vector space")):
        read_models(_write(tmp_path, text))


@pytest.mark.parametrize(
    "local",
    [
        f'source = "{_BGE}"',
        f'source = "{_BGE}"\nrevision = "5c38ec7"',
        f'source = "{_BGE}"\nrevision = "main"',
        f'source = "{_BGE}"\ndigest = "{_DIGEST}"',
        'source = "/models/bge"',
        f'source = "/models/bge"\nrevision = "{_COMMIT}"',
    ],
)
def test_a_local_model_beside_others_needs_a_version_that_it_will_tell(local: str, tmp_path: Path):
    text = _MIXED.format(local=local, model=_BGE, revision=_COMMIT)
    with pytest.raises(SettingsError, match="has to have its revision, a commit of 40"):
        read_models(_write(tmp_path, text))


def test_only_one_provider_can_be_local(tmp_path: Path):
    local = f'source = "/models/bge"\ndigest = "{_DIGEST}"'
    text = _MIXED.format(local=local, model="bge", revision=_DIGEST)
    again = text + f'[[models.providers]]\nkind = "onnx"\n{local}\n'
    with pytest.raises(SettingsError, match="only one of them can be a local model"):
        read_models(_write(tmp_path, again))


def test_keys_come_from_variables_and_files(tmp_path: Path):
    key_file = tmp_path / "key"
    key_file.write_text("az-2\n")
    text = GOOD.replace('key_env = "AZURE_KEY"', f'key_file = "{key_file}"')
    file = read_models_file(_write(tmp_path, text), ENVIRONMENT)
    assert file.keys == {(0, 0): "sk-1", (0, 1): "az-2"}
    assert "sk-1" not in repr(file)


@pytest.mark.parametrize(
    ("environment", "told"),
    [
        ({"AZURE_KEY": "x"}, "providers[0].key_env: the variable OPENAI_API_KEY is not set"),
        ({"OPENAI_API_KEY": " ", "AZURE_KEY": "x"}, "the variable OPENAI_API_KEY is not set"),
        ({"OPENAI_API_KEY": "a\nSECRET", "AZURE_KEY": "x"}, "the key is not printable ASCII"),
    ],
)
def test_keys_that_are_none(environment: dict[str, str], told: str, tmp_path: Path):
    with pytest.raises(SettingsError) as caught:
        read_models_file(_write(tmp_path, GOOD), environment)
    assert told in str(caught.value)
    assert "model 'text-3-small'" in str(caught.value)
    assert "SECRET" not in str(caught.value)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "can't be read: No such file"),
        ("", "is empty"),
        ("no json SECRET", "is not JSON"),
        ("[]", "is no JSON object"),
        ('{"type": "authorized_user"}', "is no key of a service account"),
        ('{"type": "service_account", "client_email": "a"}', "has no private_key"),
        (
            '{"type": "service_account", "client_email": "a", "private_key": "SECRET", '
            '"private_key_id": "1", "token_uri": "https://oauth2.googleapis.com/token"}',
            "private_key is no PEM",
        ),
    ],
)
def test_service_accounts_that_are_none(content: str | None, told: str, tmp_path: Path):
    key_file = tmp_path / "account.json"
    if content is not None:
        key_file.write_text(content)
    text = f"""
[[models]]
id = "gecko"
dimensions = 768
max_tokens = 2048
[[models.providers]]
kind = "vertex"
model = "text-embedding-005"
project = "p"
location = "europe-west4"
key_file = "{key_file}"
"""
    with pytest.raises(SettingsError) as caught:
        read_models_file(_write(tmp_path, text), {})
    assert told in str(caught.value)
    assert "providers[0].key_file: " in str(caught.value)
    assert "SECRET" not in str(caught.value)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('base_url = "http://api.example.com/v1"', "base_url: `http` needs `allow_private`"),
        ('base_url = "https://user:SECRET@example.com"', "base_url: "),
        ('base_url = "https://example.com/v1?key=SECRET"', "base_url: has a query"),
        ('base_url = "ftp://example.com"', "base_url: "),
        ('headers = { "a b" = "x" }', "headers: 'a b' is not a valid header name"),
        ('headers = { Authorization = "SECRET" }', "headers[authorization]: "),
    ],
)
def test_addresses_and_headers_that_are_refused(line: str, told: str, tmp_path: Path):
    text = GOOD.replace('key_env = "OPENAI_API_KEY"', f'key_env = "OPENAI_API_KEY"\n{line}')
    file = read_models_file(_write(tmp_path, text), ENVIRONMENT)
    with pytest.raises(SettingsError) as caught:
        providers_policy(file, OutboundPolicy())
    assert told in str(caught.value)
    assert "model 'text-3-small': providers[0]" in str(caught.value)
    assert "SECRET" not in str(caught.value)


def _policy(folder: Path, base_url: str, *, private: bool) -> Policy:
    text = f"""
[[models]]
id = "m"
dimensions = 8
max_tokens = 512
[[models.providers]]
kind = "openai_compatible"
model = "m"
base_url = "{base_url}"
allow_private = {str(private).lower()}
"""
    return providers_policy(read_models_file(_write(folder, text), {}), OutboundPolicy())


def test_only_what_is_configured_can_be_reached(tmp_path: Path):
    policy = _policy(tmp_path, "https://api.example.com/v1", private=False)
    assert policy.permits_host("api.example.com")
    assert not policy.permits_host("example.com")
    assert policy.permits_port(443)
    assert not policy.permits_port(8443)
    assert not policy.allow_http
    assert policy.private_hosts == ()


def test_private_addresses_are_opened_one_by_one(tmp_path: Path):
    policy = _policy(tmp_path, "http://10.1.2.3:11434/v1", private=True)
    assert [str(network) for network in policy.private_networks] == ["10.1.2.3/32"]
    policy = _policy(tmp_path, "http://Ollama.internal:11434/v1", private=True)
    assert policy.private_hosts == ("ollama.internal",)
    assert policy.private_networks == ()
    assert policy.allow_http


async def test_models_are_found_by_name_id_and_alias(open_models: Any, server: Any):
    models = open_models(
        {
            "default": "small",
            "models": [
                {
                    "id": name,
                    "aliases": aliases,
                    "dimensions": 8,
                    "max_tokens": 512,
                    "providers": [{"kind": "openai", "model": name, "key_env": "K"}],
                }
                for name, aliases in (("a", []), ("b", ["small", "tiny"]))
            ],
        }
    )
    assert models.ids() == ["a", "b"]
    assert models.default == "b"
    for name in ("", "b", "models/b", "small", "models/tiny"):
        assert models.get(name).id == "b"
    with pytest.raises(ResourceNotFound) as caught:
        models.get("models/c")
    assert caught.value.metadata["resource_name"] == "models/c"
    status = models.get("a").status()
    assert status.state is ModelState.READY
    assert status.capabilities == (Capability.EMBED,)
    assert status.providers[0].base_url == server.address
    with pytest.raises(UnsupportedOperation):
        await models.get("a").tokenize(["x"], add_special_tokens=False)


def test_the_sample_of_the_documentation_can_be_used(tmp_path: Path):
    (sample,) = re.findall(r"```toml\n(default.*?)```", _DOCS.read_text(), re.DOTALL)
    config = read_models(_write(tmp_path, sample))
    kinds = {provider.kind for model in config.models for provider in model.providers}
    assert kinds == {
        "onnx", "openai", "azure_openai", "cohere", "huggingface", "tei", "google", "vertex",
        "voyage", "openai_compatible",
    }  # fmt: skip

"""Signatures against the published vectors, and against those who would forge them."""

from __future__ import annotations

import base64
import copy
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st
from oms_core.errors import InvalidField
from oms_outbound.signing import (
    SignatureInvalid,
    SignatureReason,
    WebhookSecret,
    WebhookSigningKey,
    WebhookVerifyingKey,
    parse_signer,
    parse_verifier,
    sign_webhook,
    verify_webhook,
)

# Of the reference libraries of Standard Webhooks (Python and Rust).
PUBLISHED = [
    (
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        1614265330,
        b'{"test": 2432232314}',
        "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    ),
    (
        "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD",
        "msg_27UH4WbU6Z5A5EzD8u03UvzRbpk",
        1649367553,
        b'{"email":"test@example.com","username":"test_user"}',
        "v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw=",
    ),
]
# A pair in the documentation of Svix, whose senders made the format common.
WHSK = (
    "whsk_6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbfVKIDij2HKpMKkioLlX0dRqSKJp4AJ6p9lMicMFs6Kvg=="
)
WHPK = "whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4="
AT = datetime(2026, 1, 1, 12, tzinfo=UTC)
BODY = b'{"type":"contact.created"}'


@pytest.mark.parametrize(("secret", "message_id", "at", "body", "signature"), PUBLISHED)
def test_published_vector(secret, message_id, at, body, signature):
    time = datetime.fromtimestamp(at, UTC)
    key = WebhookSecret.parse(secret)
    headers = sign_webhook(message_id, time, body, [key])
    assert headers == {
        "webhook-id": message_id,
        "webhook-timestamp": str(at),
        "webhook-signature": signature,
    }
    assert verify_webhook(headers, body, [key], now=time) == message_id
    assert key.reveal() == secret


def test_published_key_pair_belongs_together():
    key = WebhookSigningKey.parse(WHSK)
    assert key.public_key.reveal() == WHPK
    assert key.reveal() == WHSK


def test_ed25519_signature_is_that_of_cryptography():
    raw = Ed25519PrivateKey.from_private_bytes(base64.b64decode(WHSK[5:])[:32])
    headers = sign_webhook("msg_1", AT, BODY, [WebhookSigningKey.parse(WHSK)])
    version, _, text = headers["webhook-signature"].partition(",")
    content = b"msg_1.1767268800." + BODY
    assert (version, base64.b64decode(text)) == ("v1a", raw.sign(content))
    public = Ed25519PublicKey.from_public_bytes(base64.b64decode(WHPK[5:]))
    public.verify(base64.b64decode(text), content)
    with pytest.raises(InvalidSignature):
        public.verify(base64.b64decode(text), content + b" ")


def test_every_key_of_a_rotation_is_believed_alone():
    old, new, pair = (
        WebhookSecret.generate(),
        WebhookSecret.generate(),
        WebhookSigningKey.parse(WHSK),
    )
    headers = sign_webhook("msg_1", AT, BODY, [new, old, pair])
    versions = [part.partition(",")[0] for part in headers["webhook-signature"].split(" ")]
    assert versions == ["v1", "v1", "v1a"]
    for key in (old, new, pair.public_key):
        assert verify_webhook(headers, BODY, [key], now=AT) == "msg_1"
    strangers = [WebhookSecret.generate(), WebhookSigningKey.generate().public_key]
    for key in strangers:
        with pytest.raises(SignatureInvalid):
            verify_webhook(headers, BODY, [key], now=AT)
    assert verify_webhook(headers, BODY, [*strangers, old], now=AT) == "msg_1"


def test_shared_secret_does_not_pass_for_a_public_key():
    # The public key's bytes as an HMAC secret, sent as either version.
    public = WebhookVerifyingKey.parse(WHPK)
    forged = WebhookSecret(base64.b64decode(WHPK[5:]))
    headers = sign_webhook("msg_1", AT, BODY, [forged])
    for signature in (headers["webhook-signature"], "v1a" + headers["webhook-signature"][2:]):
        with pytest.raises(SignatureInvalid):
            verify_webhook({**headers, "webhook-signature": signature}, BODY, [public], now=AT)


@given(
    body=st.binary(max_size=200),
    where=st.integers(0, 199),
    message_id=st.from_regex(r"[A-Za-z0-9_-]{1,40}", fullmatch=True),
)
def test_whatever_is_changed_breaks_the_signature(body, where, message_id):
    keys = [WebhookSecret(b"k" * 32), WebhookSigningKey.parse(WHSK)]
    verifiers = [keys[0], keys[1].public_key]
    headers = sign_webhook(message_id, AT, body, keys)
    assert verify_webhook(headers, body, verifiers, now=AT) == message_id
    changed_body = (
        body[:where] + bytes([body[where] ^ 1]) + body[where + 1 :]
        if where < len(body)
        else body + b"x"
    )
    changes = [
        (headers, changed_body),
        ({**headers, "webhook-id": message_id + "x"}, body),
        ({**headers, "webhook-timestamp": str(int(AT.timestamp()) + 1)}, body),
    ]
    for changed, its_body in changes:
        with pytest.raises(SignatureInvalid) as caught:
            verify_webhook(changed, its_body, verifiers, now=AT)
        assert caught.value.reason is SignatureReason.NO_MATCH


@pytest.mark.parametrize(
    ("seconds", "reason"),
    [
        (300, None),
        (301, SignatureReason.TOO_OLD),
        (-300, None),
        (-301, SignatureReason.TOO_NEW),
    ],
)
def test_time_may_differ_by_the_tolerance(seconds, reason):
    key = WebhookSecret.generate()
    headers = sign_webhook("msg_1", AT, BODY, [key])
    now = AT + timedelta(seconds=seconds)
    if reason is None:
        assert verify_webhook(headers, BODY, [key], now=now) == "msg_1"
    else:
        with pytest.raises(SignatureInvalid) as caught:
            verify_webhook(headers, BODY, [key], now=now)
        assert caught.value.reason is reason


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"webhook-id": ""}, SignatureReason.HEADER),
        ({"webhook-id": "a.b"}, SignatureReason.HEADER),
        ({"webhook-timestamp": ""}, SignatureReason.HEADER),
        ({"webhook-timestamp": "1e9"}, SignatureReason.TIMESTAMP),
        ({"webhook-timestamp": "-1"}, SignatureReason.TIMESTAMP),
        ({"webhook-timestamp": "１"}, SignatureReason.TIMESTAMP),
        ({"webhook-timestamp": "9" * 30}, SignatureReason.TIMESTAMP),
        ({"webhook-signature": ""}, SignatureReason.HEADER),
        ({"webhook-signature": "v1,a " * 5000}, SignatureReason.HEADER),
        ({"webhook-signature": "v1"}, SignatureReason.NO_MATCH),
        ({"webhook-signature": "v1,"}, SignatureReason.NO_MATCH),
        ({"webhook-signature": "v1,é"}, SignatureReason.NO_MATCH),
        ({"webhook-signature": "v1a,AAAA v2,AAAA ,, ,"}, SignatureReason.NO_MATCH),
    ],
)
def test_malformed_header_is_not_believed(change, reason):
    keys = [WebhookSecret.generate(), WebhookVerifyingKey.parse(WHPK)]
    headers = {**sign_webhook("msg_1", AT, BODY, [keys[0]]), **change}
    with pytest.raises(SignatureInvalid) as caught:
        verify_webhook(headers, BODY, keys, now=AT)
    assert caught.value.reason is reason


def test_header_names_come_in_any_case_and_unknown_versions_are_passed_over():
    key = WebhookSecret.generate()
    headers = sign_webhook("msg_1", AT, BODY, [key])
    headers["webhook-signature"] = "v9,!!! " + headers["webhook-signature"]
    renamed = headers["webhook-signature"].replace("v1,", "v9,")
    with pytest.raises(SignatureInvalid):
        verify_webhook({**headers, "webhook-signature": renamed}, BODY, [key], now=AT)
    titled = {name.title(): value for name, value in headers.items()}
    assert verify_webhook(titled, BODY, [key], now=AT) == "msg_1"


@pytest.mark.parametrize("message_id", ["", "a.b", "a b", "a\n", "é", "a" * 256])
def test_message_id_out_of_bounds_is_refused(message_id):
    with pytest.raises(InvalidField, match="message_id"):
        sign_webhook(message_id, AT, BODY, [WebhookSecret.generate()])


@pytest.mark.parametrize("count", [0, 9])
def test_number_of_keys_is_bounded(count):
    with pytest.raises(InvalidField, match="keys"):
        sign_webhook("msg_1", AT, BODY, [WebhookSecret.generate()] * count)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "whsec_",
        "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "WHSEC_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "whsec_not-base64!",
        "whsec_" + base64.b64encode(bytes(23)).decode(),
        "whsec_" + base64.b64encode(bytes(65)).decode(),
        "whsec_" + "A" * 10_000,
        "whsk_" + base64.b64encode(bytes(31)).decode(),
        "whsk_" + base64.b64encode(bytes(64)).decode(),
    ],
)
def test_malformed_secret_is_refused_and_not_repeated(text):
    with pytest.raises(InvalidField) as caught:
        parse_signer(text)
    assert text[6:] == "" or text[6:] not in f"{caught.value!r} {caught.value.fields}"


def test_secrets_have_24_to_64_bytes_and_may_lack_padding():
    for size in (24, 25, 32, 64):
        text = "whsec_" + base64.b64encode(bytes(range(size))).decode()
        assert WebhookSecret.parse(text) == WebhookSecret.parse(text.rstrip("="))
    seed_only = "whsk_" + base64.b64encode(base64.b64decode(WHSK[5:])[:32]).decode()
    assert WebhookSigningKey.parse(seed_only) == WebhookSigningKey.parse(WHSK)


def test_malformed_public_key_is_refused():
    for text in ("whpk_", "whpk_AAAA", WHSK):
        with pytest.raises(InvalidField):
            parse_verifier(text)


def test_prefix_tells_what_a_text_is():
    assert isinstance(parse_signer(WHSK), WebhookSigningKey)
    assert isinstance(parse_verifier(WHPK), WebhookVerifyingKey)
    secret = WebhookSecret.generate()
    assert parse_signer(secret.reveal()) == parse_verifier(secret.reveal()) == secret


def test_generated_keys_differ_and_survive_their_text():
    assert len({WebhookSecret.generate() for _ in range(50)}) == 50
    assert len({WebhookSigningKey.generate() for _ in range(50)}) == 50
    key = WebhookSigningKey.generate()
    assert WebhookSigningKey.parse(key.reveal()) == key
    assert WebhookVerifyingKey.parse(key.public_key.reveal()) == key.public_key
    assert WebhookSecret.generate() != key


def test_secrets_are_not_printed():
    secret, key = WebhookSecret.parse(PUBLISHED[0][0]), WebhookSigningKey.parse(WHSK)
    for printed in (repr(secret), str(secret), f"{secret}", repr([secret]), repr({"k": key})):
        assert PUBLISHED[0][0][6:] not in printed
        assert WHSK[5:40] not in printed
    assert WHPK in repr(key)
    assert copy.copy(secret) == secret

"""Settings of the bridge to Kafka."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Final, Literal

from oms_core.settings import Settings
from pydantic import AfterValidator, Field, SecretStr

from svc_events.domain.kafka_binding import KafkaMode

_PAIR: Final = re.compile(r"([a-z][a-z0-9-]{0,62})=([A-Za-z0-9._-]{1,249})")


def _checked(text: str) -> str:
    streams = [_pair(each)[0] for each in text.split(",") if each.strip()]
    if len(streams) != len(set(streams)):
        raise ValueError("names a stream twice")
    return text


def _pair(text: str) -> tuple[str, str]:
    match = _PAIR.fullmatch(text.strip())
    if match is None:
        raise ValueError("has to be like events=oms.events,orders=orders")
    return match[1], match[2]


class KafkaSettings(Settings):
    """Streams that are mirrored to topics of Kafka. Needs the extra `kafka`."""

    bootstrap: str = Field(default="", validation_alias="OMS_KAFKA_BOOTSTRAP")
    """Brokers to begin with, as `host:port`, separated by commas. Left out: nothing is mirrored."""
    topics: Annotated[str, AfterValidator(_checked)] = Field(
        default="events=oms.events", validation_alias="OMS_KAFKA_TOPICS"
    )
    """Which stream goes to which topic, as `stream=topic`, separated by commas. Topics are not
    made here, unless the brokers make them by themselves."""
    mode: KafkaMode = Field(default=KafkaMode.BINARY, validation_alias="OMS_KAFKA_MODE")
    """`binary`: attributes as headers, data as value. `structured`: the event in JSON."""
    max_message_bytes: int = Field(
        default=1_000_000, ge=300_000, le=2**26, validation_alias="OMS_KAFKA_MAX_MESSAGE_BYTES"
    )
    """Longest message, at most the topics' `max.message.bytes`. An event that makes a longer one
    goes without its data, which `dataref` names."""
    tls: bool = Field(default=False, validation_alias="OMS_KAFKA_TLS")
    """Whether to talk TLS."""
    ca_file: Path | None = Field(default=None, validation_alias="OMS_KAFKA_CA_FILE")
    """Certificates that the brokers' have to be signed by. Left out: the system's."""
    username: str = Field(default="", validation_alias="OMS_KAFKA_USERNAME")
    """Left out: no SASL."""
    password: SecretStr = Field(default=SecretStr(""), validation_alias="OMS_KAFKA_PASSWORD")
    """Of that user."""
    mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = Field(
        default="SCRAM-SHA-512", validation_alias="OMS_KAFKA_MECHANISM"
    )
    """How the user proves to be it. PLAIN is for TLS only."""

    @property
    def topic_of(self) -> Mapping[str, str]:
        """Topics by stream."""
        return dict(_pair(each) for each in self.topics.split(",") if each.strip())

    @property
    def security_protocol(self) -> str:
        """What Kafka calls the combination."""
        return ("SASL_" if self.username else "") + ("SSL" if self.tls else "PLAINTEXT")

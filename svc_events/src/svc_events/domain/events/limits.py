"""Every limit of an event, in one place.

CloudEvents sets no limit but a floor: an intermediary has to forward events of 64 KiB. These
limits stand well above it; what breaks one is refused with an error that names the limit.
"""

from __future__ import annotations

from typing import Final

ADVISED_NAME_LENGTH: Final = 20
"""Characters that an attribute's name should not exceed, as CloudEvents advises."""

MAX_NAME_LENGTH: Final = 64
"""Characters of an attribute's name."""

MAX_ATTRIBUTES: Final = 64
"""Attributes of an event: the nine that CloudEvents defines and its extensions."""

MAX_VALUE_BYTES: Final = 4096
"""Bytes of an attribute's value, in UTF-8 and in its canonical text form."""

MAX_DATA_BYTES: Final = 8 * 1024 * 1024
"""Bytes of an event's data, before any transport encoding. A stream may take less."""

MAX_DATA_DEPTH: Final = 128
"""Levels of arrays and objects inside JSON data, the outermost included."""

MAX_JSON_BYTES: Final = 12 * 1024 * 1024
"""Bytes of one event in JSON: room for data of the largest size in Base64 and its attributes."""

MAX_BATCH_EVENTS: Final = 1000
"""Events of one batch."""

MAX_BATCH_BYTES: Final = 12 * 1024 * 1024
"""Bytes of one batch in JSON."""

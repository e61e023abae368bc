"""Names of endpoints."""

from __future__ import annotations

import pytest
from oms_core.errors import ResourceNotFound
from svc_graphql.generated.names import place_of


def test_names_say_which_revision() -> None:
    place = place_of("shop@dev@20260131T120000Z")
    assert (place.ontology, place.revision.branch, place.branch) == ("shop", "dev", None)
    assert place.revision.time.ToJsonString() == "2026-01-31T12:00:00Z"
    assert place_of("shop@@v1").revision.tag == "v1"
    assert place_of("shop").branch == "main"
    assert place_of("shop@" + "a" * 64).revision.commit == "a" * 64


@pytest.mark.parametrize(
    "name", ["", "A", "shop@", "shop@@", "shop@dev@", "shop@dev@2026", "shop@-"]
)
def test_other_names_are_refused(name: str) -> None:
    with pytest.raises(ResourceNotFound):
        place_of(name)

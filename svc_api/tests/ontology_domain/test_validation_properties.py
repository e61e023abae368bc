"""The incremental validation against one that looks at everything."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from oms_core.errors import OmsError
from oms_testing.effort import examples
from svc_api.domain.changes import ChangePlan, plan_changes
from svc_api.domain.elements import StoredElement
from svc_api.domain.validation import validate

from .domain_model import EVERY_KEY, applied, is_sound, plans, snapshot_of


@settings(max_examples=examples(40), deadline=None)
@given(st.booleans(), st.lists(plans(), min_size=1, max_size=8))
def test_a_change_is_accepted_exactly_when_the_whole_result_is_sound(starts_empty, history):
    bodies = {} if starts_empty else {key: {} for key in EVERY_KEY}
    snapshot = snapshot_of(bodies)
    for attempt in history:
        # What is not there can't be updated or deleted: planning refuses it before.
        present = [c for c in attempt.changes if c.key in bodies or c.operation.value == "upsert"]
        plan = ChangePlan(present)
        planned = plan_changes(snapshot, plan)
        after = applied(bodies, plan)
        assert {c.key for c in planned if c.after} == {c.key for c in present if c.key in after}
        try:
            validate(snapshot, planned)
        except OmsError:
            assert not is_sound(after)
            continue
        assert is_sound(after)
        changes = {c.key: c.after and StoredElement(*c.key, c.after.body) for c in planned}
        snapshot = snapshot.advanced("1" * 64, changes)
        bodies = after
        assert {key: element.body for key, element in snapshot.elements.items()} == bodies

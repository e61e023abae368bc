from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st
from oms_core.call import Call, current_call, current_identity, enter_call
from oms_core.identity import Identity


def identity(*permissions: str, token: str = "") -> Identity:
    return Identity("alice123", "alice", (), frozenset(permissions), token=token)


@pytest.mark.parametrize(
    ("granted", "asked", "is_allowed"),
    [
        ("ontology.object_types.read", "ontology.object_types.read", True),
        ("ontology.object_types.read", "ontology.object_types.write", False),
        ("ontology.object_types.*", "ontology.object_types.write", True),
        ("ontology.*", "ontology.object_types.write", True),
        ("*", "ontology.object_types.write", True),
        ("kernel.*", "ontology.object_types.write", False),
        ("ontology.*", "ontology", False),
        ("ontology.*", "ontologyx.read", False),
        ("ontology.object*", "ontology.object_types.read", False),
        ("*.read", "ontology.object_types.read", False),
        ("ontology", "ontology.object_types.read", False),
        ("ontology.object_types", "ontology.object_types.read", False),
        (".*", "ontology.read", False),
        ("", "ontology.read", False),
    ],
)
def test_wildcards_grant_what_is_below_them(granted, asked, is_allowed):
    assert identity(granted).allows(asked) is is_allowed


WORDS = st.lists(st.sampled_from(["a", "b", "*"]), min_size=1, max_size=4).map(".".join)


@given(granted=st.frozensets(WORDS, max_size=4), asked=st.lists(st.sampled_from("ab"), min_size=1))
def test_allows_agrees_with_the_definition(granted, asked):
    permission = ".".join(asked)
    prefixes = [".".join([*asked[:n], "*"]) for n in range(len(asked))]
    expected = permission in granted or any(prefix in granted for prefix in prefixes)
    assert identity(*granted).allows(permission) is expected


def test_nobody_is_allowed_anything_without_permissions():
    assert not identity().allows("ontology.read")


def test_the_token_is_never_in_the_text_of_an_identity():
    assert "s3cret" not in repr(identity(token="s3cret"))
    assert "s3cret" not in str(identity(token="s3cret"))


def test_an_identity_can_not_be_changed():
    with pytest.raises(AttributeError):
        identity().subject = "root"  # type: ignore[misc]


async def test_the_caller_is_known_in_the_task_that_serves_it_alone():
    async def serve(subject: str, arrived: asyncio.Barrier) -> str:
        enter_call(Call("/oms/X", "r1", identity()))
        current = current_call()
        assert current is not None
        current.identity = Identity(subject, subject, (), frozenset())
        await arrived.wait()
        return current_identity().subject

    barrier = asyncio.Barrier(3)
    served = await asyncio.gather(*(serve(name, barrier) for name in ("a", "b", "c")))
    assert served == ["a", "b", "c"]
    assert current_call() is None


def test_outside_of_a_call_there_is_no_caller():
    with pytest.raises(LookupError, match="no authenticated call"):
        current_identity()


async def test_a_call_without_a_verified_caller_has_none():
    enter_call(Call("/oms/X", "r1"))
    with pytest.raises(LookupError):
        current_identity()

from __future__ import annotations

import pytest
from oms.common.v1 import method_policy_pb2
from oms_core.identity import Identity
from oms_security import ROLES, permissions_of
from oms_testing.e2e_methods import service_files


def declared() -> set[str]:
    """Every permission that a method of the protos asks for."""
    methods = (
        method
        for file in service_files()
        for service in file.DESCRIPTOR.services_by_name.values()
        for method in service.methods
    )
    policies = [method.GetOptions().Extensions[method_policy_pb2.policy] for method in methods]
    return {policy.permission for policy in policies if not policy.public}


def granted(role: str) -> set[str]:
    identity = Identity("x", "x", (role,), permissions_of([role]))
    return {permission for permission in declared() if identity.allows(permission)}


def test_an_administrator_may_do_everything():
    assert granted("administrator") == declared()


@pytest.mark.parametrize("role", ["viewer", "editor", "reviewer"])
def test_people_never_reach_the_kernel_itself(role):
    assert not {p for p in granted(role) if p.startswith("kernel.")}


def test_a_viewer_changes_nothing():
    verbs = {permission.rpartition(".")[2] for permission in granted("viewer")}
    assert verbs == {"read", "export", "preview"}


def test_a_viewer_reads_everything_of_an_ontology():
    reads = {
        p for p in declared() if p.startswith("ontology.") and p.endswith((".read", ".export"))
    }
    assert reads <= granted("viewer")


def test_editors_write_and_reviewers_merge():
    assert granted("viewer") < granted("editor")
    assert granted("viewer") < granted("reviewer")
    assert granted("reviewer") - granted("editor") == {"ontology.branches.merge"}
    assert "ontology.transfers.import" in granted("editor")


def test_a_service_has_the_kernel_and_changes_no_ontology():
    kernel = {p for p in declared() if p.startswith("kernel.")}
    assert kernel <= granted("service")
    assert not {p for p in granted("service") if p.startswith("ontology.") and "write" in p}


def test_what_only_an_administrator_may_do_is_known():
    others = set[str]().union(*(granted(role) for role in ROLES if role != "administrator"))
    assert declared() - others == {"identity.tokens.create", "ontology.ontologies.delete"}


def test_every_granted_permission_is_one_that_a_method_asks_for():
    literal = {p for role in ROLES.values() for p in role.permissions if not p.endswith("*")}
    assert literal <= declared()


def test_roles_are_listed_by_name():
    assert list(ROLES) == sorted(ROLES)
    assert all(role.role_id == name for name, role in ROLES.items())

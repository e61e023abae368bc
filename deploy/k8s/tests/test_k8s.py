"""The manifests: what they may do, who may call whom, and that they fit the rest."""

from __future__ import annotations

import importlib
import importlib.util
import re
import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from oms_rpc import SERVICES

ROOT = Path(__file__).resolve().parents[3]
K8S = ROOT / "deploy" / "k8s"
OVERLAYS = ("monolith", "microservices", "production")
OPTIONAL = ("backup", "gpu", "istio", "kong")
VERSIONS = ("1.31.0", "1.33.0", "1.35.0", "1.37.0")
WORKLOADS = {"Deployment", "StatefulSet", "Job"}
# Kinds that a cluster knows only with somebody's operator; no schema of them is at hand.
CUSTOM = {
    "ScaledObject",
    "ServiceMonitor",
    "PeerAuthentication",
    "Gateway",
    "VirtualService",
    "KongPlugin",
}
# The picture in docs/architecture: who calls whom.
ARROWS = {
    ("gateway", "monolith"),
    *(
        ("gateway", name)
        for name in ("data-kernel", "embedding-service", "scheduler-service", "event-gateway")
    ),
    *(
        ("monolith", name)
        for name in ("data-kernel", "embedding-service", "scheduler-service", "event-gateway")
    ),
    ("embedding-service", "data-kernel"),
    ("event-gateway", "data-kernel"),
    # What jobs may call.
    *(
        ("scheduler-service", name)
        for name in ("monolith", "data-kernel", "embedding-service", "event-gateway")
    ),
}


def _documents(text: str) -> list[dict[str, Any]]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return [each for each in yaml.load_all(text, loader) if each]


@cache
def _sources() -> dict[str, list[dict[str, Any]]]:
    return {
        str(path.relative_to(K8S)): _documents(path.read_text())
        for path in sorted(K8S.rglob("*.yaml"))
    }


def _workloads() -> Iterator[tuple[str, dict[str, Any]]]:
    """Those that are whole, not patches of others."""
    for path, documents in _sources().items():
        for each in documents:
            if (
                each["kind"] in WORKLOADS
                and "serviceAccountName" in each["spec"]["template"]["spec"]
            ):
                yield path, each


def _names() -> list[str]:
    return [each["metadata"]["name"] for _, each in _workloads()]


def _workload(name: str) -> dict[str, Any]:
    return next(each for _, each in _workloads() if each["metadata"]["name"] == name)


@pytest.mark.parametrize("name", _names())
def test_a_pod_can_do_little(name: str) -> None:
    pod = _workload(name)["spec"]["template"]["spec"]
    assert pod["automountServiceAccountToken"] is False
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["runAsUser"] == 10001
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    for container in pod["containers"]:
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
        assert set(container["resources"]["requests"]) == {"cpu", "memory"}
        assert "memory" in container["resources"]["limits"]
        assert re.fullmatch(r"oms/\w+:\d+\.\d+\.\d+", container["image"])
    forbidden = {"hostNetwork", "hostPID", "hostIPC", "initContainers"}
    assert not forbidden & set(pod)
    assert all("hostPath" not in volume for volume in pod.get("volumes", ()))


@pytest.mark.parametrize("name", [n for n in _names() if not n.startswith("migrate")])
def test_a_server_is_probed_spread_and_evicted_one_at_a_time(name: str) -> None:
    workload = _workload(name)
    pod = workload["spec"]["template"]["spec"]
    [container] = pod["containers"]
    ports = {port["containerPort"] for port in container["ports"]}
    if name != "gateway":
        for probe in ("startupProbe", "readinessProbe"):
            assert container[probe]["grpc"]["port"] in ports
    named = {port["name"] for port in container["ports"]}
    assert container["livenessProbe"]["tcpSocket"]["port"] in named
    labels = workload["spec"]["selector"]["matchLabels"]
    assert labels.items() <= workload["spec"]["template"]["metadata"]["labels"].items()
    for constraint in pod["topologySpreadConstraints"]:
        assert constraint["labelSelector"]["matchLabels"] == labels
    budgets = [
        each
        for documents in _sources().values()
        for each in documents
        if each["kind"] == "PodDisruptionBudget"
        and each["spec"]["selector"]["matchLabels"] == labels
    ]
    assert [each["spec"]["maxUnavailable"] for each in budgets] == [1]


def test_secrets_are_referred_to_and_never_here() -> None:
    for path, documents in _sources().items():
        for each in documents:
            assert each["kind"] != "Secret", path
    secret = re.compile("SECRET|PASSWORD|TOKEN|_URL$|_KEY$")
    for name in _names():
        for container in _workload(name)["spec"]["template"]["spec"]["containers"]:
            for variable in container.get("env", ()):
                if secret.search(variable["name"]):
                    assert variable["valueFrom"]["secretKeyRef"]["name"] == "oms-secrets"
    for path in K8S.rglob("*.env"):
        lines = [line.partition("=")[0] for line in path.read_text().splitlines() if "=" in line]
        assert not [line for line in lines if secret.search(line)], path


def test_every_variable_is_a_setting() -> None:
    page = (ROOT / "docs/settings.md").read_text()
    known = set(re.findall(r"`([A-Z][A-Z0-9_]{3,})`", page))
    for path in K8S.rglob("*.env"):
        lines = [line.partition("=")[0] for line in path.read_text().splitlines() if "=" in line]
        assert {line for line in lines if not line.startswith("#")} <= known, path
    for name in _names():
        for container in _workload(name)["spec"]["template"]["spec"]["containers"]:
            assert {variable["name"] for variable in container.get("env", ())} <= known


def test_servers_are_where_services_look_for_each_other_and_listen_where_they_do() -> None:
    addresses = {entry.default_address for entry in SERVICES if entry.flag}
    for address in addresses:
        host, _, port = address.partition(":")
        [container] = _workload(host)["spec"]["template"]["spec"]["containers"]
        assert int(port) in {each["containerPort"] for each in container["ports"]}
    [monolith] = _workload("monolith")["spec"]["template"]["spec"]["containers"]
    ports = {each["containerPort"] for each in monolith["ports"]}
    assert ports >= {port for entry in SERVICES for port in (entry.port, entry.http_port) if port}


def test_migrations_name_packages_that_are_there() -> None:
    jobs = [_workload(name) for name in _names() if name.startswith("migrate")]
    assert len(jobs) == 3
    for job in jobs:
        [container] = job["spec"]["template"]["spec"]["containers"]
        *_, schema, package = container["command"]
        service = package.partition(".")[0]
        assert importlib.util.find_spec(package) is not None
        assert container["image"].startswith(f"oms/{service.removeprefix('svc_')}:")
        sources = (path.read_text() for path in (ROOT / service / "src").rglob("*.py"))
        assert any(f'"{schema}"' in text for text in sources)


def test_every_service_is_a_deployment_but_those_with_a_volume() -> None:
    kinds = {name: _workload(name)["kind"] for name in _names() if not name.startswith("migrate")}
    assert {name for name, kind in kinds.items() if kind == "StatefulSet"} == {
        "monolith",
        "data-kernel",
    }


def _build(folder: Path) -> list[dict[str, Any]]:
    kubectl, kustomize = shutil.which("kubectl"), shutil.which("kustomize")
    command = [kustomize, "build"] if kustomize else [kubectl, "kustomize"]
    if command[0] is None:
        pytest.skip("neither kustomize nor kubectl is on PATH")
    done = subprocess.run(
        [*map(str, command), str(folder)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "deprecated" not in done.stderr
    return _documents(done.stdout)


@pytest.fixture(scope="module")
def built() -> dict[str, list[dict[str, Any]]]:
    return {name: _build(K8S / "overlays" / name) for name in OVERLAYS}


def _calls(documents: list[dict[str, Any]]) -> set[tuple[str, str]]:
    """Who may call whom over gRPC: allowed by both ends, on a port that is open at both."""
    policies = {
        each["metadata"]["name"]: each["spec"]
        for each in documents
        if each["kind"] == "NetworkPolicy"
    }
    allowed: set[tuple[str, str]] = set()
    for callee, spec in policies.items():
        for rule in spec.get("ingress", ()):
            for peer in rule.get("from", ()):
                caller = (
                    peer.get("podSelector", {}).get("matchLabels", {}).get("app.kubernetes.io/name")
                )
                if caller and _egress(policies[caller], callee) & _ports(rule):
                    allowed.add((caller, callee))
    return allowed


def _egress(spec: dict[str, Any], callee: str) -> set[int]:
    label = {"app.kubernetes.io/name": callee}
    return {
        port
        for rule in spec["egress"]
        if any(p.get("podSelector", {}).get("matchLabels") == label for p in rule["to"])
        for port in _ports(rule)
    }


def _ports(rule: dict[str, Any]) -> set[int]:
    return {each["port"] for each in rule["ports"]}


def test_only_the_arrows_of_the_architecture_are_allowed(built: dict[str, Any]) -> None:
    assert _calls(built["monolith"]) == {("gateway", "monolith")}
    assert _calls(built["microservices"]) == ARROWS
    assert _calls(built["production"]) == ARROWS
    for documents in built.values():
        [deny] = [
            each
            for each in documents
            if each["kind"] == "NetworkPolicy" and each["metadata"]["name"] == "default-deny"
        ]
        assert deny["spec"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}


def test_flags_are_those_of_the_topology(built: dict[str, Any]) -> None:
    flags = {entry.flag for entry in SERVICES if entry.flag}
    for name, documents in built.items():
        [settings] = [each["data"] for each in documents if each["kind"] == "ConfigMap"]
        on = {flag for flag in flags if settings.get(flag) == "true"}
        assert on == (set() if name == "monolith" else flags)


def test_what_scales_exists(built: dict[str, Any]) -> None:
    there = {(each["kind"], each["metadata"]["name"]) for each in built["production"]}
    for each in built["production"]:
        if each["kind"] in {"HorizontalPodAutoscaler", "ScaledObject"}:
            target = each["spec"]["scaleTargetRef"]
            assert (target.get("kind", "Deployment"), target["name"]) in there
            assert target["name"] != "monolith", "its API keys are on its own volume"


def test_prometheus_finds_every_server(built: dict[str, Any]) -> None:
    [monitor] = [each for each in built["production"] if each["kind"] == "ServiceMonitor"]
    [expression] = monitor["spec"]["selector"]["matchExpressions"]
    found = {
        each["metadata"]["name"]
        for each in built["production"]
        if each["kind"] == "Service"
        and each["metadata"].get("labels", {}).get(expression["key"]) in expression["values"]
        and any(port["name"] == "metrics" for port in each["spec"]["ports"])
    }
    assert found == {"monolith", *(e.default_address.partition(":")[0] for e in SERVICES if e.flag)}


def _with_component(component: str, folder: Path) -> list[dict[str, Any]]:
    """The microservices with one more component, as an operator would add it."""
    shutil.copytree(K8S, folder / "k8s", ignore=shutil.ignore_patterns("tests"))
    own = folder / "k8s" / "overlays" / "own"
    own.mkdir()
    (own / "kustomization.yaml").write_text(
        "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n"
        f"resources: [../microservices]\ncomponents: [../../components/{component}]\n"
    )
    return _build(own)


@pytest.mark.parametrize("component", OPTIONAL)
def test_an_optional_component_fits(component: str, tmp_path: Path) -> None:
    documents = _with_component(component, tmp_path)
    by_name = {(each["kind"], each["metadata"]["name"]): each for each in documents}
    if component == "gpu":
        pod = by_name["Deployment", "embedding-service"]["spec"]["template"]["spec"]
        [container] = pod["containers"]
        assert container["resources"]["limits"]["nvidia.com/gpu"] == 1
        assert container["image"].endswith("-gpu")
        assert pod["nodeSelector"] == {"nvidia.com/gpu.present": "true"}
    elif component == "backup":
        job = by_name["CronJob", "backup"]["spec"]["jobTemplate"]["spec"]["template"]["spec"]
        claims = {each["persistentVolumeClaim"]["claimName"] for each in job["volumes"][:2]}
        [template] = by_name["StatefulSet", "monolith"]["spec"]["volumeClaimTemplates"]
        kept = f"{template['metadata']['name']}-monolith-0"
        assert claims == {kept, by_name["PersistentVolumeClaim", "backups"]["metadata"]["name"]}
        [container] = job["containers"]
        assert job["securityContext"]["runAsNonRoot"]
        assert container["securityContext"]["readOnlyRootFilesystem"]
        assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
        assert all("secretKeyRef" in each["valueFrom"] for each in container["env"][1:])
    elif component == "istio":
        assert by_name["Namespace", "oms"]["metadata"]["labels"]["istio-injection"] == "enabled"
    else:
        ports = {port["name"] for port in by_name["Service", "gateway"]["spec"]["ports"]}
        [rule] = by_name["Ingress", "oms"]["spec"]["rules"]
        backends = [path["backend"]["service"]["port"]["name"] for path in rule["http"]["paths"]]
        assert set(backends) <= ports


@pytest.mark.parametrize("version", VERSIONS)
def test_schemas_of_kubernetes_accept_every_overlay(version: str, built: dict[str, Any]) -> None:
    if importlib.util.find_spec("kubernetes_validate") is None:
        pytest.skip("kubernetes-validate is not installed: pip install kubernetes-validate")
    validate = importlib.import_module("kubernetes_validate").validate
    for documents in built.values():
        for each in documents:
            if each["kind"] not in CUSTOM:
                validate(each, version, strict=True)

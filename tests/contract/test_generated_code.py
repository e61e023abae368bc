"""The check that gen/ is what the protos give, which `make lint` runs, finds what is wrong."""

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
IDENTITY = "proto/oms/identity/v1/identity_service.proto"
PACKAGES = ("common", "health", "identity")
MISSING = "gen/python/oms/health/v1/health_service_pb2.pyi"
LEFT_OVER = "gen/python/oms/identity/v1/left_over_pb2.py"


def run(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments], cwd=root, capture_output=True, text=True, check=False
    )


@dataclass(frozen=True)
class Made:
    """A checkout without git history whose protos are a few of ours, generated and released."""

    root: Path
    told: list[str]
    """What generating printed."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Generated over our Python code of these protos, with one file too few and one too many.

    A few protos, because generating all of them takes half a minute; that all are up to date is
    what `make lint` checks.
    """
    root = tmp_path_factory.mktemp("made") / "checkout"
    kept = [f"{folder}/oms/{name}" for name in PACKAGES for folder in ("proto", "gen/python")]
    for name in ("tools", "proto/third_party", *kept):
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    # pyproject.toml has the line length that betterproto2 formats its output to.
    for name in ("buf.yaml", "buf.gen.yaml", "pyproject.toml"):
        shutil.copyfile(ROOT / name, root / name)
    (root / MISSING).unlink()
    (root / LEFT_OVER).write_text("")
    done = run(root, "tools/gen.py")
    assert done.returncode == 0, done.stderr
    released = run(root, "tools/breaking.py", "--release")
    assert released.returncode == 0, released.stderr
    return Made(root, done.stdout.splitlines())


@pytest.fixture
def checkout(made: Made, tmp_path: Path) -> Path:
    """A copy of that, to change at will."""
    return shutil.copytree(made.root, tmp_path / "checkout")


def edit(path: Path, before: str, after: str) -> None:
    text = path.read_text()
    assert before in text
    path.write_text(text.replace(before, after))


def test_generating_writes_what_is_missing_and_deletes_what_is_left_over(made: Made) -> None:
    ours = [line for line in made.told if " gen/python/oms/" in line]
    assert ours == [f"written: {MISSING}", f"deleted: {LEFT_OVER}"]
    assert "written: gen/descriptors/oms.binpb" in made.told
    assert not (made.root / LEFT_OVER).exists()
    assert (made.root / MISSING).read_bytes() == (ROOT / MISSING).read_bytes()


def test_check_lists_every_file_that_differs(checkout: Path) -> None:
    edit(checkout / IDENTITY, "// The key, as `make run`", "// An API key, as `make run`")
    (checkout / LEFT_OVER).write_text("")
    (checkout / MISSING).unlink()
    done = run(checkout, "tools/gen.py", "--check")
    assert done.returncode == 1
    assert done.stdout.splitlines() == [
        "differs: gen/betterproto/oms_betterproto/oms/identity/v1/__init__.py",
        "differs: gen/openapi/openapi.json",
        f"differs: {MISSING}",
        f"differs: {LEFT_OVER}",
        "differs: libs/client/src/oms_client/services/identity.py",
    ]
    assert (checkout / LEFT_OVER).exists()


def test_uncommented_field_fails_the_lint(checkout: Path) -> None:
    edit(
        checkout / IDENTITY,
        "  // Name for people.\n  string username = 2;",
        "  string username = 2;",
    )
    done = run(checkout, "tools/gen.py", "--protos-only")
    assert done.returncode == 1
    assert "username" in done.stderr


def test_unformatted_proto_fails_the_lint(checkout: Path) -> None:
    edit(checkout / IDENTITY, "string username = 2;", "string  username = 2;")
    assert run(checkout, "tools/gen.py", "--protos-only").returncode == 1


@pytest.mark.parametrize(
    ("before", "after", "finding"),
    [
        ("  bool is_service = 5;\n", "", '"5" with name "is_service"'),
        ("  bool is_service = 5;", "  string is_service = 5;", "is_service"),
        ("  bool is_service = 5;", "  bool service = 5;", "service"),
        ("rpc ListRoles(", "rpc ListAllRoles(", "ListRoles"),
    ],
    ids=["field removed", "type changed", "field renamed", "method renamed"],
)
def test_breaking_change_is_refused(checkout: Path, before: str, after: str, finding: str) -> None:
    edit(checkout / IDENTITY, before, after)
    done = run(checkout, "tools/breaking.py")
    assert done.returncode == 1
    assert finding in done.stderr


def test_added_field_breaks_nothing(checkout: Path) -> None:
    edit(
        checkout / IDENTITY,
        "  bool is_service = 5;\n",
        "  bool is_service = 5;\n  // More.\n  string more = 7;\n",
    )
    done = run(checkout, "tools/breaking.py")
    assert done.returncode == 0, done.stderr


def test_break_of_what_main_has_is_refused_although_it_was_never_released(checkout: Path) -> None:
    def git(*arguments: str) -> None:
        identity = ("-c", "user.name=t", "-c", "user.email=t@example.com")
        subprocess.run(
            ["git", *identity, *arguments], cwd=checkout, check=True, capture_output=True
        )

    added = "  // More.\n  string more = 7;\n"
    edit(checkout / IDENTITY, "  bool is_service = 5;\n", "  bool is_service = 5;\n" + added)
    released = checkout / "proto" / "released.binpb"
    before = released.read_bytes()
    assert run(checkout, "tools/breaking.py", "--release").returncode == 0
    (checkout / "gen/descriptors/oms.binpb").write_bytes(released.read_bytes())
    released.write_bytes(before)
    git("init", "--initial-branch", "main")
    git("add", "--all", "--force")
    git("commit", "--message", "adds a field")
    git("switch", "--create", "work")
    edit(checkout / IDENTITY, added, "")
    git("commit", "--all", "--message", "removes it again")
    done = run(checkout, "tools/breaking.py")
    assert done.returncode == 1
    assert '"more"' in done.stderr

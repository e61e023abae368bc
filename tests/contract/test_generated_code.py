"""The check that gen/ is what the protos give, which `make lint` runs, finds what is wrong."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
IDENTITY = "proto/oms/identity/v1/identity_service.proto"


def run(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments], cwd=root, capture_output=True, text=True, check=False
    )


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of everything that generation reads, to change at will. It has no git history."""
    for name in ("proto", "tools", "gen"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    # pyproject.toml has the line length that betterproto2 formats its output to.
    for name in ("buf.yaml", "buf.gen.yaml", "pyproject.toml"):
        shutil.copyfile(ROOT / name, tmp_path / name)
    return tmp_path


def edit(path: Path, before: str, after: str) -> None:
    text = path.read_text()
    assert before in text
    path.write_text(text.replace(before, after))


@pytest.mark.slow
def test_check_lists_every_file_that_differs(checkout: Path) -> None:
    edit(checkout / IDENTITY, "// The key, as `make run`", "// An API key, as `make run`")
    (checkout / "gen/python/oms/identity/v1/left_over_pb2.py").write_text("")
    (checkout / "gen/python/oms/health/v1/health_service_pb2.pyi").unlink()
    done = run(checkout, "tools/gen.py", "--check")
    assert done.returncode == 1
    assert done.stdout.splitlines() == [
        "differs: gen/betterproto/oms_betterproto/oms/identity/v1/__init__.py",
        "differs: gen/openapi/openapi.json",
        "differs: gen/python/oms/health/v1/health_service_pb2.pyi",
        "differs: gen/python/oms/identity/v1/left_over_pb2.py",
    ]


@pytest.mark.slow
def test_generating_writes_what_is_missing_and_deletes_what_is_left_over(checkout: Path) -> None:
    left_over = checkout / "gen/python/oms/identity/v1/left_over_pb2.py"
    left_over.write_text("")
    (checkout / "gen/descriptors/oms.binpb").unlink()
    done = run(checkout, "tools/gen.py")
    assert done.stdout.splitlines() == [
        "written: gen/descriptors/oms.binpb",
        "deleted: gen/python/oms/identity/v1/left_over_pb2.py",
    ]
    assert not left_over.exists()
    committed = ROOT / "gen/descriptors/oms.binpb"
    assert (checkout / "gen/descriptors/oms.binpb").read_bytes() == committed.read_bytes()


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

"""Everything of one place in another one, on both backends of the kernel."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from oms_core.clock import SystemClock
from oms_core.errors import ServiceUnavailable
from oms_core.restoring import RESTORING_FILE, refuse_unfinished_restore
from oms_core.settings import SettingsError
from oms_monolith.backup import restoring, streams
from oms_monolith.backup.archive import MANIFEST, Archive
from oms_monolith.backup.creating import KERNEL, SERVICE_SCHEMAS, create
from oms_monolith.backup.errors import (
    ArchiveDamaged,
    ArchiveExists,
    ArchiveUnknown,
    NotBackedUp,
    NotConfigured,
    PlaceInUse,
    PlaceNotEmpty,
    RestoreDiffers,
)
from oms_monolith.backup.places import Places
from oms_monolith.backup.restoring import restore
from oms_monolith.backup.verifying import check_histories
from oms_postgres import PostgresSchema, migrations_in
from oms_testing.effort import thorough
from svc_datakernel.backends import open_store

from .conftest import Made, heads, rows

only_sqlite = pytest.mark.parametrize("made", ["sqlite"], indirect=True)


@pytest.mark.parametrize("made", thorough(["postgresql", "sqlite"], 1), indirect=True)
async def test_everything_is_there_again(made: Made, empty: Places) -> None:
    archive = made.archive
    check_histories(archive)
    restored = await restore(archive, empty)
    assert restored.databases["shop"] == made.heads == await heads(empty)
    assert restored.commits == 21
    assert await rows(empty.database_url) == made.rows
    assert restored.streams == ["OMS_EV_events", "OMS_EV_brief"]
    for name in ("keys.json", "administrator.json", "jwt_secret"):
        path = empty.data_dir / name
        assert path.read_bytes() == (made.data_dir / name).read_bytes()
        assert path.stat().st_mode & 0o777 == 0o600
    assert not (empty.data_dir / RESTORING_FILE).exists()
    await _reads_on_where_it_was(empty)
    assert [path for path in made.path.parent.iterdir() if path.name.startswith(".")] == []
    modes = {path.stat().st_mode & 0o077 for path in made.path.rglob("*")}
    assert modes == {0}
    assert any("memory" in text for text in archive.manifest.left_out)
    # What was restored is data, too.
    with pytest.raises(PlaceNotEmpty):
        await restore(archive, empty)
    with pytest.raises(ArchiveExists):
        await create(empty, made.path)


async def _reads_on_where_it_was(places: Places) -> None:
    """Message 11 was the first that was kept, and seven were acknowledged."""
    async with streams.connected(places.nats) as client:
        js = client.jetstream()
        state = (await js.stream_info("OMS_EV_events")).state
        assert (state.messages, state.first_seq, state.last_seq) == (40, 11, 50)
        reader = await js.pull_subscribe_bind("reader", stream="OMS_EV_events")
        (message,) = await reader.fetch(1)
        assert message.metadata.sequence.stream == 18
        assert (await js.publish("oms.ev.events.a", b"next")).seq == 51
        assert await streams.names(client) == ["OMS_EV_brief", "OMS_EV_events"]


@only_sqlite
async def test_only_an_empty_place_is_restored_into(made: Made, empty: Places) -> None:
    (empty.data_dir / "keys.json").write_text("{}")
    with pytest.raises(PlaceNotEmpty, match=r"keys\.json"):
        await restore(made.archive, empty)
    (empty.data_dir / "keys.json").unlink()
    async with streams.connected(empty.nats) as client:
        await client.jetstream().add_stream(name="OMS_EV_events", subjects=["oms.ev.events.>"])
    with pytest.raises(PlaceNotEmpty, match="OMS_EV_events"):
        await restore(made.archive, empty)
    schema = PostgresSchema(empty.postgres, "oms_other", [])
    await schema.check()
    with pytest.raises(PlaceInUse, match="oms_other"):
        await restore(made.archive, empty)
    await schema.close()
    assert list(empty.data_dir.iterdir()) == []


@pytest.mark.parametrize("made", thorough(["sqlite", "postgresql"], 1), indirect=True)
async def test_a_restore_that_was_killed_serves_nothing_and_can_be_done_again(
    made: Made, empty: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: Any) -> None:
        raise KeyboardInterrupt

    # The last step but one: PostgreSQL, streams and the kernel are there.
    with monkeypatch.context() as patch:
        patch.setattr(restoring, "_restore_file", killed)
        with pytest.raises(KeyboardInterrupt):
            await restore(made.archive, empty)
    with pytest.raises(SettingsError, match="half of a backup"):
        refuse_unfinished_restore(empty.data_dir)
    events = migrations_in(SERVICE_SCHEMAS["oms_events"])
    schema = PostgresSchema(empty.postgres, "oms_events", events)
    with pytest.raises(ServiceUnavailable, match="half of a backup"):
        await schema.check()
    await schema.close()
    if empty.kernel.postgresql_url:
        store = open_store(empty.kernel, SystemClock())
        with pytest.raises(ServiceUnavailable, match="half of a backup"):
            await store.check()
        await store.close()
    restored = await restore(made.archive, empty)
    assert restored.databases["shop"] == await heads(empty)
    refuse_unfinished_restore(empty.data_dir)


@only_sqlite
async def test_what_is_not_as_it_was_is_not_restored(
    made: Made, empty: Places, tmp_path: Path
) -> None:
    parts = [part.name for part in made.archive.manifest.parts if part.size]
    assert {name.partition("/")[0] for name in parts} == {"postgresql", "files", "nats", "kernel"}
    for number, name in enumerate([*parts, MANIFEST]):
        bad = tmp_path / f"bad-{number}"
        shutil.copytree(made.path, bad)
        _change(bad / name, is_cut=bool(number % 2))
        with pytest.raises(ArchiveDamaged):
            await restore(Archive(bad), empty)
    with pytest.raises(ArchiveDamaged):
        Archive(tmp_path / "nowhere")
    assert list(empty.data_dir.iterdir()) == []


def _change(path: Path, *, is_cut: bool) -> None:
    """Half of it is lost, or one bit is another one."""
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data[: len(data) // 2] if is_cut else data)


@only_sqlite
async def test_what_a_later_version_wrote_is_refused(
    made: Made, empty: Places, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(restoring, "migrations_in", lambda _: [])
        with pytest.raises(ArchiveUnknown, match="schema oms_"):
            await restore(made.archive, empty)
    monkeypatch.setattr(restoring, "known_format", lambda **_: 0)
    with pytest.raises(ArchiveUnknown, match="'shop'"):
        await restore(made.archive, empty)
    path = shutil.copytree(made.path, tmp_path / "later") / MANIFEST
    path.write_text(json.dumps({**json.loads(path.read_bytes()), "format": 2}))
    with pytest.raises(ArchiveUnknown, match="format 2"):
        Archive(path.parent)


@only_sqlite
async def test_what_came_is_compared_with_what_was_noted(made: Made, empty: Places) -> None:
    archive = made.archive
    (part,) = archive.manifest.of_kind("kernel-sqlite")
    part.about["heads"]["main"] = "0" * 64
    with pytest.raises(RestoreDiffers, match="main"):
        await restore(archive, empty)
    assert (empty.data_dir / RESTORING_FILE).exists()


@only_sqlite
async def test_stores_that_are_needed_have_to_be_named(
    made: Made, empty: Places, tmp_path: Path
) -> None:
    with pytest.raises(NotConfigured, match="DATABASE_URL"):
        await restore(made.archive, Places.of(empty.data_dir, {}))
    server = {"terminusdb_endpoint": "http://127.0.0.1:1"}
    places = Places.of(made.data_dir, {})
    places = replace(places, kernel=places.kernel.model_copy(update=server))
    with pytest.raises(NotBackedUp, match="--without-terminusdb"):
        await create(places, tmp_path / "archive")
    await create(places, tmp_path / "archive", only=[KERNEL], is_terminusdb_left_out=True)
    archive = Archive(tmp_path / "archive")
    assert any("TerminusDB" in text for text in archive.manifest.left_out)
    assert any(text.startswith("streams") for text in archive.manifest.left_out)
    restored = await restore(archive, Places.of(empty.data_dir, {}))
    assert restored.databases == {"shop": made.heads}

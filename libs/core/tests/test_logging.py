from __future__ import annotations

import asyncio
import json
import logging

import pytest
import structlog
from oms_core.call import Call, enter_call
from oms_core.identity import Identity
from oms_core.logging import configure_logging, get_logger, log_often
from structlog.testing import capture_logs


@pytest.fixture(autouse=True)
def restored_logging():
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    structlog.reset_defaults()
    root.handlers[:] = handlers
    root.setLevel(level)


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    captured = capsys.readouterr()
    assert captured.out == ""
    return [json.loads(line) for line in captured.err.splitlines()]


def test_an_event_is_one_json_object_on_standard_error(capsys):
    configure_logging()
    get_logger().info("commit made", commit="ab12", documents=3)
    (line,) = lines(capsys)
    assert line.pop("timestamp").endswith("Z")
    assert line == {"event": "commit made", "level": "info", "commit": "ab12", "documents": 3}


async def test_the_call_being_served_is_bound_by_itself(capsys):
    configure_logging()
    identity = Identity("alice123", "alice", (), frozenset(), token="s3cret")
    enter_call(Call("/oms/X", "req-1", identity))
    get_logger().info("commit made")
    logging.getLogger("driver").warning("pool exhausted")
    await _end_of_turn()
    for line in lines(capsys):
        assert (line["request_id"], line["subject"]) == ("req-1", "alice123")
        assert "s3cret" not in str(line)


async def _end_of_turn() -> None:
    turned = asyncio.Event()
    asyncio.get_running_loop().call_soon(turned.set)
    await turned.wait()


async def test_lines_of_one_turn_are_written_together(capsys):
    configure_logging()
    log = get_logger()
    log.info("first")
    log.info("second")
    assert lines(capsys) == []
    await _end_of_turn()
    assert [line["event"] for line in lines(capsys)] == ["first", "second"]


async def test_a_warning_is_written_at_once_after_what_came_before(capsys):
    configure_logging()
    get_logger().info("first")
    get_logger().warning("second")
    assert [line["event"] for line in lines(capsys)] == ["first", "second"]
    await _end_of_turn()
    assert lines(capsys) == []


async def test_lines_of_other_threads_are_written_at_once(capsys):
    configure_logging()
    await asyncio.to_thread(get_logger().info, "elsewhere")
    assert [line["event"] for line in lines(capsys)] == ["elsewhere"]


def test_an_event_of_every_call_is_written_as_any_other(capsys):
    configure_logging()
    log = get_logger()
    log_often(log, "rpc", {"code": "OK"})
    log.info("rpc", code="OK")
    often, usual = lines(capsys)
    assert str(often.pop("timestamp")).endswith("Z")
    del usual["timestamp"]
    assert often == usual


def test_an_event_of_every_call_follows_changed_processors_and_levels(capsys):
    configure_logging("WARNING")
    log_often(get_logger(), "rpc", {"code": "OK"})
    assert lines(capsys) == []
    configure_logging()
    with capture_logs() as captured:
        log_often(get_logger(), "rpc", {"code": "OK"})
    assert captured == [{"event": "rpc", "code": "OK", "log_level": "info"}]
    assert lines(capsys) == []


def test_a_library_that_logs_is_written_alike(capsys):
    configure_logging()
    logging.getLogger("driver").warning("pool has %d connections", 5)
    (line,) = lines(capsys)
    assert (line["event"], line["level"]) == ("pool has 5 connections", "warning")


def test_an_exception_is_one_line(capsys):
    configure_logging()
    try:
        int("bad\nvalue")
    except ValueError:
        get_logger().exception("write failed")
        logging.getLogger("driver").exception("read failed")
    ours, theirs = lines(capsys)
    assert "ValueError: invalid literal" in str(ours["exception"])
    assert "ValueError: invalid literal" in str(theirs["exception"])


def test_a_value_of_any_type_can_be_logged(capsys):
    configure_logging()
    get_logger().info("odd", value=object(), text="a\nb")
    (line,) = lines(capsys)
    assert str(line["value"]).startswith("<object")
    assert line["text"] == "a\nb"


def test_lower_levels_are_left_out(capsys):
    configure_logging("warning")
    get_logger().info("hidden")
    logging.getLogger("driver").info("hidden")
    assert lines(capsys) == []


def test_an_unknown_level_is_refused():
    with pytest.raises(KeyError):
        configure_logging("LOUD")

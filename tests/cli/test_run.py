"""Whatever happens, a command line ends in an exit code and one message, never in a traceback."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from cli_calls import Call
from lake_rows import hospital_csv, put
from ratepress.cli.commands import explain as explain_module
from ratepress.core import rules
from ratepress.core.errors import RatepressError
from ratepress.lake.store import Lake

PROGRAM = "from ratepress.cli.main import main; main()"
SHAPE = {"code", "exit_code", "message", "place", "found", "expected", "todo"}


def command(*words: object) -> list[str]:
    return [sys.executable, "-c", PROGRAM, *map(str, words)]


def environment(**more: str) -> Mapping[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("RATEPRESS_")}
    return {**kept, **more}


def fail_with(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    """Let `explain` raise."""

    def rule(_rule_id: str) -> None:
        raise error

    monkeypatch.setattr(rules, "rule", rule)


# --- help and version ----------------------------------------------------------------------------


def test_without_a_word_the_commands_are_listed(call: Call) -> None:
    done = call()
    assert done.code == 0
    assert "Usage: ratepress" in done.out
    assert done.out == call("--help").out


def test_the_version_is_that_of_the_package(call: Call) -> None:
    from importlib.metadata import version

    assert call("--version").out == f"ratepress {version('ratepress')}\n"


def test_help_loads_nothing_heavy() -> None:
    """Arrow and DuckDB take most of a second."""
    program = (
        "import sys; from ratepress.cli.app import app; from ratepress.cli.run import run; "
        "code = run(app, sys.argv[1:]); "
        "heavy = {'pyarrow', 'duckdb', 'numpy', 'yaml', 'jinja2', 'ijson'} & set(sys.modules); "
        "sys.exit(f'{code} {heavy}' if code or heavy else 0)"
    )
    for words in (["--help"], ["add", "--help"], ["benchmark", "--help"], ["--version"]):
        done = subprocess.run(
            [sys.executable, "-c", program, *words], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr


# --- a wrong call --------------------------------------------------------------------------------

WRONG_CALLS = {
    "no such command": ["prize", "32557"],
    "no such option": ["price", "32557", "--date", "2026-07-15", "--sight", "facility"],
    "missing argument": ["add"],
    "missing option": ["price", "32557"],
    "option without value": ["price", "32557", "--date"],
    "too many arguments": ["explain", "M05", "M06"],
    "no date": ["price", "32557", "--date", "15 July"],
    "no day of the calendar": ["code", "32557", "--date", "2026-02-30"],
    "no lake": ["sources", "--lake", "/there/is/none"],
    "no rule": ["explain", "Z99"],
    "no command": ["--"],
}


@pytest.mark.parametrize("words", WRONG_CALLS.values(), ids=WRONG_CALLS.keys())
def test_a_wrong_call_is_one_message_and_exit_code_2(call: Call, words: list[str]) -> None:
    done = call(*words)
    assert done.code == 2
    assert done.out == ""
    assert done.err.startswith("Error: ")
    assert done.err.count("\n") == 1
    assert "Traceback" not in done.err


@pytest.mark.parametrize("first", [True, False], ids=["--json first", "--json last"])
@pytest.mark.parametrize(
    "words", list(WRONG_CALLS.values())[:-1], ids=list(WRONG_CALLS.keys())[:-1]
)
def test_a_wrong_call_with_json_has_the_error_shape(
    call: Call, words: list[str], first: bool
) -> None:
    name, *others = words
    done = call(name, "--json", *others) if first else call(*words, "--json")
    assert done.code == 2
    assert done.err == ""
    assert set(done.json) == {"ok", "command", "error"}
    assert done.json["ok"] is False
    assert done.json["command"] == (name if name != "prize" else "ratepress")
    assert set(done.json["error"]) == SHAPE
    assert done.json["error"]["exit_code"] == 2
    assert done.json["error"]["code"] == "usage"


def test_json_behind_two_dashes_is_an_argument_and_no_option(call: Call) -> None:
    done = call("explain", "--", "--json")
    assert done.code == 2
    assert done.out == ""
    assert "There is no rule '--json'" in done.err


def test_a_missing_date_is_told_why_it_is_wanted(call: Call) -> None:
    done = call("price", "32557")
    assert "--date" in done.err
    assert "never taken from today" in done.err


# --- errors of the library -----------------------------------------------------------------------


@pytest.mark.parametrize("kind", [RatepressError, *RatepressError.__subclasses__()])
def test_each_error_ends_in_its_exit_code_and_its_shape(
    call: Call, monkeypatch: pytest.MonkeyPatch, kind: type[RatepressError]
) -> None:
    error = kind("a.csv: wrong", place="row 3", found="x", expected="y", todo="mend it")
    fail_with(monkeypatch, error)
    done = call("explain", "M05")
    assert (done.code, done.out) == (kind.exit_code, "")
    assert done.err == f"Error: {error}\n"
    done = call("explain", "M05", "--json")
    assert (done.code, done.err) == (kind.exit_code, "")
    assert done.json == {
        "ok": False,
        "command": "explain",
        "error": {
            "code": kind.code,
            "exit_code": kind.exit_code,
            "message": "a.csv: wrong",
            "place": "row 3",
            "found": "x",
            "expected": "y",
            "todo": "mend it",
        },
    }


def test_an_unexpected_error_asks_for_a_report_and_shows_no_traceback(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("RATEPRESS_DEBUG", raising=False)
    fail_with(monkeypatch, ZeroDivisionError("by zero"))
    done = call("explain", "M05")
    assert done.code == 1
    assert "An unexpected ZeroDivisionError: by zero" in done.err
    assert "report it" in done.err
    assert "Traceback" not in done.err
    assert call("explain", "M05", "--json").json["error"]["exit_code"] == 1


def test_the_traceback_is_shown_where_it_is_asked_for(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RATEPRESS_DEBUG", "1")
    fail_with(monkeypatch, ZeroDivisionError("by \x1b[31mzero"))
    done = call("explain", "M05")
    assert "Traceback (most recent call last)" in done.err
    assert explain_module.__file__ in done.err
    assert "\x1b" not in done.err


def test_a_full_disk_is_no_defect_of_ours(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    fail_with(monkeypatch, OSError(28, "No space left on device", "/lake/data/x"))
    done = call("explain", "M05")
    assert done.code == 1
    assert "No space left on device (/lake/data/x)" in done.err
    assert "report" not in done.err


def test_an_interrupt_is_130(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    fail_with(monkeypatch, KeyboardInterrupt())
    done = call("explain", "M05")
    assert done.code == 130
    assert "Traceback" not in done.err


@pytest.mark.skipif(sys.platform == "win32", reason="has no SIGINT between processes")
def test_an_interrupted_add_leaves_the_lake_as_it_was(tmp_path: Path) -> None:
    lake = Lake.create(tmp_path / "lake")
    put(lake, "there before")
    path = hospital_csv(tmp_path / "big.csv", 60_000)
    with subprocess.Popen(
        command("add", path, "--lake", lake.root),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(),
    ) as process:
        deadline = time.monotonic() + 60
        while not lake.staging_folders() and time.monotonic() < deadline:
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert out == ""
    assert "Interrupted" in err
    assert "Traceback" not in err
    assert lake.manifest().generation == 1
    assert lake.staging_folders() == []


@pytest.mark.skipif(sys.platform == "win32", reason="has no such pipes")
@pytest.mark.parametrize("option", [[], ["--json"]], ids=["for people", "as JSON"])
def test_a_closed_pipe_is_quiet(examples: Path, option: list[str]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = subprocess.run(
            command("sources", "--lake", examples, *option),
            stdout=writing,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            env=environment(),
        )
    finally:
        os.close(writing)
    assert done.stderr == ""
    assert done.returncode == 141


# --- terminals -----------------------------------------------------------------------------------


def on_a_terminal(words: list[str], env: Mapping[str, str]) -> str:
    """Standard output and error of a command that has a terminal for both."""
    pty: Any = pytest.importorskip("pty", reason="has no pseudo-terminals")
    ours, theirs = pty.openpty()
    with subprocess.Popen(words, stdin=theirs, stdout=theirs, stderr=theirs, env=env) as process:
        os.close(theirs)
        seen = b""
        while True:
            try:
                chunk = os.read(ours, 4096)
            except OSError:  # Linux says so at the end.
                break
            if not chunk:
                break
            seen += chunk
        process.wait(60)
    os.close(ours)
    return seen.decode("utf-8")


HOSTILE = "\x1b[31mRed\x1b]0;title\x07 [red]Clinic[/red] \x9b1m :smile:"


def test_what_a_file_says_is_no_command_to_the_terminal(tmp_path: Path) -> None:
    lake = Lake.create(tmp_path / "lake")
    put(lake, "a", publisher=HOSTILE)
    env = environment(TERM="xterm", COLUMNS="300")
    for words in (["sources"], ["sources", "--json"], ["remove", "ca978112"]):
        seen = on_a_terminal(command(*words, "--lake", lake.root), env)
        assert "\x1b[31m" not in seen
        assert "\x1b]0;" not in seen
        assert "\x9b" not in seen
        assert "\x07" not in seen
        assert "[red]Clinic[/red]" in seen
        assert ":smile:" in seen


def test_an_error_is_coloured_on_a_terminal_and_only_there(tmp_path: Path) -> None:
    words = command("sources", "--lake", tmp_path)
    plain = {k: v for k, v in environment(TERM="xterm").items() if k not in ("NO_COLOR",)}
    assert "\x1b[1;31mError" in on_a_terminal(words, plain)
    no_colour = on_a_terminal(words, {**plain, "NO_COLOR": "1"})
    assert "Error" in no_colour
    assert "31m" not in no_colour
    done = subprocess.run(words, capture_output=True, text=True, check=False, env=plain)
    assert "\x1b" not in done.stderr


def test_progress_shows_on_a_terminal_and_is_silent_elsewhere(tmp_path: Path) -> None:
    path = hospital_csv(tmp_path / "hospital.csv", 3000)
    words = command("add", path, "--lake", tmp_path / "lake")
    done = subprocess.run(words, capture_output=True, text=True, check=True, env=environment())
    assert done.stderr == ""
    words = command("add", path, "--lake", tmp_path / "other")
    assert "\x1b[?25l" in on_a_terminal(words, environment(TERM="xterm"))


def test_the_package_runs_as_a_module_too() -> None:
    words = [sys.executable, "-m", "ratepress", "explain", "M05", "--json"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["data"]["id"] == "M05"
    assert subprocess.run([*words[:3], "no-such"], capture_output=True, check=False).returncode == 2

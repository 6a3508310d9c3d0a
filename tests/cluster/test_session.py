"""Where Java is looked for, and what a session says without it."""

from __future__ import annotations

from pathlib import Path

import pytest

from ratepress.cluster.session import has_java, spark_session
from ratepress.core.errors import UsageError


def test_java_is_where_java_home_says_else_on_the_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    java = tmp_path / "bin/java"
    java.parent.mkdir()
    java.write_text("")
    java.chmod(0o755)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    assert has_java()
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "elsewhere"))
    assert not has_java()
    monkeypatch.delenv("JAVA_HOME")
    monkeypatch.setenv("PATH", str(java.parent))
    assert has_java()
    monkeypatch.setenv("PATH", str(tmp_path))
    assert not has_java()


def test_without_java_a_session_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sql = pytest.importorskip("pyspark.sql")
    monkeypatch.setattr(sql.SparkSession, "getActiveSession", lambda: None)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with pytest.raises(UsageError, match=r"Java 17 or newer") as error, spark_session():
        pass
    assert error.value.exit_code == 2

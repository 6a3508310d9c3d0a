"""One connection for many codes: what is asked of one is fetched for all, and nothing twice.

The functions that answer for one code stay as they are and ask in plain SQL. A `Batch` takes the
place of their connection: it keeps each answer, and a question that names one code of the batch
(`code = ?`) goes to the engine once, for every code of it. What it cannot put so it passes on.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple, TypeVar, cast

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

_Made = TypeVar("_Made")
_Parameters = Sequence[Any] | Mapping[str, Any]
_Row = tuple[Any, ...]

_TABLE = "batch_codes"
_SLICE = "batch_slice"
_KEY = "batch_key"
_POSITIONAL = re.compile(r"\b((?:\w+\.)?code) = \?")
_NAMED = re.compile(r"\b((?:\w+\.)?\w+) = \$code\b")
_FIRST_VALUE = re.compile(r"\b(code) = \$values\[1\]")
_ANY_VALUE = re.compile(r"(\w+) IN \(SELECT unnest\(\$values::VARCHAR\[\]\)\)")
_SELECT = re.compile(r"\s*SELECT\s+(DISTINCT\s+ON\s*\(|DISTINCT\s+|)")
_LIMIT = re.compile(r"\bLIMIT (\d+)\s*\Z")
_GROUP = re.compile(r"\bGROUP BY (?!ALL\b)")


AT_ONCE = 125
"""So many codes are asked about at once where each has thousands of rows."""


class Answer:
    """The rows of one question, with as much of a cursor as its callers use."""

    def __init__(self, names: Sequence[str], rows: Sequence[_Row]) -> None:
        self.description = [(name,) for name in names]
        self._rows = rows

    def fetchall(self) -> list[_Row]:
        """Every row, in a list of the caller's own."""
        return list(self._rows)

    def fetchone(self) -> _Row | None:
        """The first row, or None."""
        return self._rows[0] if self._rows else None


class _Question(NamedTuple):
    """A question about one code, put for all: its column, where the code stood, and a limit."""

    code: str
    column: str
    sql: str
    parameters: _Parameters
    fill: Callable[[str], _Parameters]
    limit: int | None


class _Held(NamedTuple):
    """The rows of a part of the codes, with first place and number of those of each."""

    codes: Collection[str]
    rows: pa.Table
    places: dict[str, tuple[int, int]]

    @classmethod
    def of(cls, codes: Collection[str], answer: pa.Table) -> _Held:
        """The answer without its first column, the code."""
        runs = pc.run_end_encode(answer.column(0).combine_chunks())
        named = runs.values.to_pylist()
        if len(set(named)) < len(named):
            raise ValueError("the rows are not in the order of the code")
        ends = pairwise([0, *runs.run_ends.to_pylist()])
        places = {
            code: (start, end - start) for code, (start, end) in zip(named, ends, strict=True)
        }
        return cls(codes, answer.remove_column(0).combine_chunks(), places)


class Batch:
    """Answers about `codes`, which are of one system, on a connection whose views stay as they are.

    Of codes `beside` them the same is asked at once, but for what is asked as a table.

    >>> connection = duckdb.connect()
    >>> _ = connection.execute("CREATE TABLE fees AS SELECT * FROM (VALUES ('A', 1), ('B', 2)) "
    ...                        "f (code, fee)")
    >>> batch = Batch(connection, ["A", "B"])
    >>> [batch.execute("SELECT fee FROM fees WHERE code = ?", [c]).fetchall() for c in "AB"]
    [[(1,)], [(2,)]]
    >>> batch.n_asked
    1
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        codes: Collection[str],
        at_once: int = AT_ONCE,
        beside: Collection[str] = (),
    ) -> None:
        self._connection = connection
        self._codes = frozenset((*codes, *beside))
        listed = sorted(frozenset(codes))
        cut = [listed[at : at + at_once] for at in range(0, len(listed), at_once)]
        self._slice_of = {code: one for one in cut for code in one}
        self._tables: dict[Hashable, _Held] = {}
        self._answers: dict[Hashable, tuple[Sequence[str], Sequence[_Row]]] = {}
        self._notes: dict[Hashable, dict[Hashable, Any]] = {}
        self.n_asked = 0
        self._register(_TABLE, sorted(self._codes))

    @property
    def as_connection(self) -> duckdb.DuckDBPyConnection:
        """The batch, for functions that are written for a connection."""
        return cast("duckdb.DuckDBPyConnection", self)

    def forget(self, what: str, code: str) -> None:
        """Let go of what was remembered as (`what`, `code`, …); asked again, it is made again."""
        self._notes.pop((what, code), None)

    def remembered(self, what: Hashable, make: Callable[[], _Made]) -> _Made:
        """What `make` makes, made once: `remembered` below."""
        # By subject, the first two words of a name, for `forget` must not look through all of them.
        subject = what[:2] if isinstance(what, tuple) else what
        notes = self._notes.setdefault(subject, {})
        if what not in notes:
            notes[what] = make()
        made: _Made = notes[what]
        return made

    def execute(self, sql: str, parameters: _Parameters = ()) -> Answer:
        """The answer of the connection itself to the same question."""
        asked = (sql, _frozen(parameters))
        found = self._answers.get(asked)
        if found is None:
            found = self._answers[asked] = self._answer(sql, parameters, asked)
        return Answer(*found)

    def _answer(
        self, sql: str, parameters: _Parameters, asked: Hashable
    ) -> tuple[Sequence[str], Sequence[_Row]]:
        listed = _ANY_VALUE.search(sql)
        if listed is not None and isinstance(parameters, Mapping):
            return self._each(sql.replace(listed[0], f"{listed[1]} = $values[1]"), parameters)
        question = _question(sql, parameters, self._codes)
        if question is None:
            return self._ask(sql, parameters)
        names, rows = self._ask(question.sql, question.parameters)
        by_code: dict[str, list[_Row]] = {code: [] for code in self._codes}
        for row in rows:
            by_code[row[0]].append(row[1:])
        for code, its in by_code.items():
            kept = its if question.limit is None else its[: question.limit]
            self._answers[sql, _frozen(question.fill(code))] = (names[1:], kept)
        return self._answers[asked]

    def table(self, sql: str, parameters: _Parameters) -> pa.Table:
        """The answer as a table, which takes a tenth of the memory: where a code has many rows.

        It is asked of a part of the codes at once, and what was answered about a part is let go of
        when the next is asked about. The question must put the rows in order of the code first.
        """
        question = _question(sql, parameters, self._codes)
        if question is None or question.limit or question.code not in self._slice_of:
            self.n_asked += 1
            return self._connection.sql(sql, params=parameters).to_arrow_table()
        codes = self._slice_of[question.code]
        which = (sql, _frozen(question.parameters))
        held = self._tables.get(which)
        if held is None or held.codes is not codes:
            self._register(_SLICE, codes)
            self.n_asked += 1
            put = question.sql.replace(f"FROM {_TABLE})", f"FROM {_SLICE})")
            rows = self._connection.sql(put, params=question.parameters).to_arrow_table()
            held = self._tables[which] = _Held.of(codes, rows)
        return held.rows.slice(*held.places.get(question.code, (0, 0)))

    def _register(self, name: str, codes: Collection[str]) -> None:
        self._connection.register(name, pa.table({"code": pa.array(codes, pa.string())}))

    def _each(
        self, sql: str, parameters: Mapping[str, Any]
    ) -> tuple[Sequence[str], Sequence[_Row]]:
        """A question about several values, as one about each: most were asked before."""
        names: Sequence[str] = ()
        rows: list[_Row] = []
        for value in dict.fromkeys(parameters["values"]):
            answer = self.execute(sql, {**parameters, "values": [value]})
            names = [name for (name,) in answer.description]
            rows += answer.fetchall()
        return names, rows

    def _ask(self, sql: str, parameters: _Parameters) -> tuple[Sequence[str], Sequence[_Row]]:
        self.n_asked += 1
        cursor = self._connection.execute(sql, parameters)
        return [column[0] for column in cursor.description or ()], cursor.fetchall()


def as_table(connection: duckdb.DuckDBPyConnection, sql: str, parameters: _Parameters) -> pa.Table:
    """The answer to a question about one code as a table, of a `Batch` or of a connection."""
    if isinstance(connection, Batch):
        return connection.table(sql, parameters)
    return connection.sql(sql, params=parameters).to_arrow_table()


def remembered(
    connection: duckdb.DuckDBPyConnection, what: Hashable, make: Callable[[], _Made]
) -> _Made:
    """What `make` makes, made once for a `Batch`, and each time on a connection.

    `what` names it with all that it depends on but the lake.
    """
    return connection.remembered(what, make) if isinstance(connection, Batch) else make()


def _question(sql: str, parameters: _Parameters, codes: frozenset[str]) -> _Question | None:
    """The question for all of `codes`, where it is one about a single code that can be put so."""
    found = _place_of_code(sql, parameters)
    if found is None:
        return None
    match, code, left, fill = found
    column = match[1]
    if code not in codes or not _is_plain(sql, column):
        return None
    limit = _LIMIT.search(sql)
    among = f"{column} IN (SELECT code FROM {_TABLE})"  # noqa: S608 - our own names
    many = sql[: match.start()] + among + sql[match.end() :]
    many = _GROUP.sub(f"GROUP BY {column}, ", _LIMIT.sub("", many))
    return _Question(
        code, column, _with_key(many, column), left, fill, int(limit[1]) if limit else None
    )


def _place_of_code(
    sql: str, parameters: _Parameters
) -> tuple[re.Match[str], Any, _Parameters, Callable[[str], _Parameters]] | None:
    """Where a question names its code: words, code, other parameters, and how to fill one in."""
    if isinstance(parameters, Mapping):
        for name, pattern in (("code", _NAMED), ("values", _FIRST_VALUE)):
            match = pattern.search(sql)
            if match is None or sql.count(f"${name}") != 1:
                continue
            value, others = parameters[name], {k: v for k, v in parameters.items() if k != name}
            if name == "code":
                return match, value, others, lambda code: {**parameters, "code": code}
            if len(value) == 1:
                return match, value[0], others, lambda code: {**parameters, "values": [code]}
        return None
    match = _POSITIONAL.search(sql)
    if match is None:
        return None
    at = sql[: match.end()].count("?") - 1
    values = list(parameters)
    rest = [*values[:at], *values[at + 1 :]]
    return match, values[at], rest, lambda code: [*values[:at], code, *values[at + 1 :]]


def _is_plain(sql: str, column: str) -> bool:
    """Whether one more column splits the answer by code and changes nothing else."""
    windows = re.findall(r"PARTITION BY ([^)]*?)(?:ORDER BY|\))", sql)
    return (
        _SELECT.match(sql) is not None
        and len(re.findall(r"\bGROUP BY\b", sql)) <= 1
        and all(column in re.split(r"[,\s]+", window) for window in windows)
        and ("OVER" not in sql or bool(windows))
    )


def _with_key(sql: str, column: str) -> str:
    """The same selection with the code in front of its columns."""
    match = _SELECT.match(sql)
    if match is None:
        raise ValueError(f"no selection: {sql}")
    at = match.end()
    if match[1].endswith("("):
        close = sql.index(")", at)
        if "(" in sql[at:close]:
            raise ValueError(f"functions in DISTINCT ON: {sql}")
        return f"{sql[:at]}{column}, {sql[at : close + 1]} {column} AS {_KEY}, {sql[close + 1 :]}"
    return f"{sql[:at]}{column} AS {_KEY}, {sql[at:]}"


def _frozen(parameters: _Parameters) -> Hashable:
    if isinstance(parameters, Mapping):
        return tuple((name, _hashable(value)) for name, value in sorted(parameters.items()))
    return tuple(map(_hashable, parameters))


def _hashable(value: Any) -> Hashable:
    return tuple(value) if isinstance(value, list) else cast("Hashable", value)

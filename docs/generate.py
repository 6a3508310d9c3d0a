"""Writes the reference pages that state what the code declares: tables, rules, commands and more.

    python docs/generate.py            writes the pages of PAGES to docs/reference
    python docs/generate.py --check    fails where one of them is not what would be written

A page written by hand goes stale in silence; these cannot, because `make lint` runs the check.
"""

from __future__ import annotations

import argparse
import ast
import difflib
import inspect
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa

import commands
import http_api
from markdown_cells import table_of
from ratepress.cli.app import app
from ratepress.cli.run import INTERRUPTED, PIPE_CLOSED
from ratepress.core import errors
from ratepress.core.rules import FAMILIES, Rule, registry
from ratepress.lake.manifest import Manifest
from ratepress.lake.schema import Column, Table
from ratepress.lake.store import contents_table, observations_table
from ratepress.lake.tables import TABLES
from ratepress.market.columns import BENCHMARK_SCHEMA
from ratepress.medicare.modelled import Part, modelled
from ratepress.medicare.parameters import DatedValue, Parameter, parameters

REFERENCE = Path(__file__).resolve().parent / "reference"
SPEC = REFERENCE.parents[1] / "tests" / "spec"
_MADE = "<!-- Made by docs/generate.py from {source}: change that, and run it again. -->"


def tables_page() -> Iterator[str]:
    """Every table of the lake: grain, key, columns and what a careless query gets wrong."""
    yield _MADE.format(source="src/ratepress/lake/tables.py")
    yield "# Tables of the lake"
    yield (
        "Each table is declared once, in `ratepress.lake.tables`; this page is printed from the "
        "declarations. `Lake.connect()` gives a DuckDB connection with one view for each."
    )
    yield (
        "Rows belong to one content, which is the bytes of one file. Ids other than `content_id` "
        "count within it, so **a join between two tables always carries `content_id`**."
    )
    yield (
        "Columns marked *stays* may hold text that others own (the AMA's descriptors above all). "
        "They stay in your lake: no page and no export shows them unless you turn that on."
    )
    for table in TABLES.values():
        yield from _table_section(table)
    yield "## `contents` and `observations`"
    yield (
        "Two more views come from the manifest and not from Parquet. `contents` has one row for "
        "each file's bytes: what it is, and how its rows reconcile (`read` = `loaded` + "
        "`set_aside`). `observations` has one row for each time and place at which those bytes "
        "were seen."
    )
    for name, made in (("contents", contents_table), ("observations", observations_table)):
        schema: pa.Schema = made(Manifest()).schema
        columns = ", ".join(f"`{field.name}` {_type(field.type)}" for field in schema)
        yield f"`{name}`: {columns}."


def benchmark_page() -> Iterator[str]:
    """Every column of the table that `benchmark` returns."""
    yield _MADE.format(source="src/ratepress/market/columns.py")
    yield "# The benchmark's columns"
    yield (
        "{py:func}`ratepress.market.benchmark.benchmark` returns an Arrow table with these "
        "columns, and `ratepress benchmark --json` the same rows. One row is one comparison key in "
        "the nation or in one area, over one payer or over all. Metadata of its schema say the "
        "as-of date, the strength and the rules; each column carries its description."
    )
    yield (
        "Percentiles, mean and spread are null under three votes, where `prices` lists what was "
        "published. pandas, polars and DuckDB read the table as it is."
    )
    rows = [
        (f"`{f.name}`", _type(f.type), f.metadata[b"unit"].decode(), f.metadata[b"what"].decode())
        for f in BENCHMARK_SCHEMA
    ]
    yield table_of(("column", "type", "unit", "what"), rows)


def _table_section(table: Table) -> Iterator[str]:
    yield f"(table-{table.name})=\n## `{table.name}`"
    yield f"One row is {table.grain}."
    facts = [f"Key: {_names(table.key)}."]
    if table.sort:
        facts.append(f"Files are sorted by {_names(table.sort)}.")
    yield " ".join(facts)
    if table.warnings:
        yield "\n".join(f"- **Mind:** {warning}" for warning in table.warnings)
    rows = [_column_row(column, table) for column in table.columns]
    yield table_of(("column", "type", "unit", "null", "what"), rows)


def _column_row(column: Column, table: Table) -> tuple[str, ...]:
    stays = " *(stays)*" if column.name in table.not_redistributable else ""
    return (
        f"`{column.name}`",
        _type(column.type),
        column.unit or "",
        "yes" if column.nullable else "no",
        column.doc + stays,
    )


def rules_page() -> Iterator[str]:
    """Every numbered rule, by family."""
    yield _MADE.format(source="src/ratepress/core/rulebook/*.yaml")
    yield "# Rules"
    yield (
        "Every judgement has a number, one definition and a source. The same record prints here, "
        "in `ratepress explain RULE`, and beside each number it touched. Rules flag; none deletes "
        "a row."
    )
    for letter, family in FAMILIES.items():
        members = [rule for rule in registry().values() if rule.id.startswith(letter)]
        if not members:
            continue
        yield f"## {family} ({letter})"
        for rule in members:
            yield from _rule_section(rule)


def _rule_section(rule: Rule) -> Iterator[str]:
    yield f"(rule-{rule.id.lower()})=\n### {rule.id}: {rule.name}"
    yield rule.decides.strip()
    yield f"*Why:* {rule.why.strip()}"
    link = f"[{rule.source.title}]({rule.source.link})" if rule.source.link else rule.source.title
    facts = [f"Source: {link}", f"Since: {rule.since}"]
    if rule.until:
        facts.append(f"Until: {rule.until}")
    if rule.severity:
        facts.append(f"Severity: {rule.severity}")
    if rule.strengths:
        facts.append(f"Keeps a price out of the votes at: {', '.join(rule.strengths)}")
    if rule.parameters:
        stated = ", ".join(f"`{name}` = {value}" for name, value in rule.parameters.items())
        facts.append(f"Parameters: {stated}")
    facts.append(f"Applied by: `{rule.applied_by}`")
    yield "\n".join(f"- {fact}" for fact in facts)


def commands_page() -> Iterator[str]:
    """Every command of `ratepress` with its arguments and options."""
    yield _MADE.format(source="src/ratepress/cli")
    yield "# Commands"
    yield (
        "`ratepress COMMAND --help` prints the same on a terminal. Exit codes are on [their own "
        "page](errors.md), and what `--json` prints is on [another](json.md)."
    )
    yield from commands.sections(app)


def http_page() -> Iterator[str]:
    """Every address of the HTTP service."""
    yield _MADE.format(source="src/ratepress/service/openapi.py")
    yield "# HTTP API"
    yield (
        "`ratepress serve` answers at these addresses; [the how-to](../how-to/serve.md) says how "
        "to run it. The same as OpenAPI 3.1, with the schema of every answer, stands at "
        "`/api/openapi.json` of a running service."
    )
    yield (
        "Every `GET` of a question or a page carries an `ETag` that holds until something is "
        "committed to the lake. A repeated parameter stands once for each value: "
        "`modifier=26&modifier=52`. A parameter that is not listed is refused."
    )
    yield from http_api.sections()


def errors_page() -> Iterator[str]:
    """Every exit code and the error behind it."""
    yield _MADE.format(source="src/ratepress/core/errors.py")
    yield "# Errors and exit codes"
    yield (
        "Scripts may branch on these: a code never changes its meaning. With `--json` an error "
        "prints in [one shape](json.md), and its `code` is the name in the second column."
    )
    rows = [("0", "", "", "Done.")]
    kinds: list[type[errors.RatepressError]] = [errors.RatepressError]
    kinds += _subclasses(errors.RatepressError)
    for kind in sorted(kinds, key=lambda k: k.exit_code):
        first = inspect.cleandoc(kind.__doc__ or "").split("\n\n")[0].replace("\n", " ")
        rows.append((str(kind.exit_code), f"`{kind.code}`", f"`{kind.__name__}`", first))
    rows.append((str(INTERRUPTED), "", "", "Interrupted from the keyboard, as shells count it."))
    rows.append((str(PIPE_CLOSED), "", "", "Nobody reads the output any more, as shells count it."))
    yield table_of(("exit", "code", "class", "when"), rows)
    yield (
        "A message says what is wrong and in which file, the place in the file, what was found, "
        'what was expected, and what to do. How one is written: `CONTRIBUTING.md`, "The '
        'error-message ladder".'
    )


def _subclasses(kind: type[errors.RatepressError]) -> Iterator[type[errors.RatepressError]]:
    for child in kind.__subclasses__():
        yield child
        yield from _subclasses(child)


def _names(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _type(kind: pa.DataType) -> str:
    return str(kind).replace("decimal128", "decimal").replace("date32[day]", "date")


def coverage_page() -> Iterator[str]:
    """What of Medicare's payment is modelled, system by system."""
    yield _MADE.format(source="src/ratepress/medicare/modelled/*.yaml")
    yield "# What of Medicare is modelled"
    yield (
        "Each part of each payment system has one record: whether it is modelled, for services "
        "from which day, under which rules, in which commands, and against what it was verified. "
        "`ratepress explain medicare` prints the same records."
    )
    yield (
        "- *modelled*: as Medicare's text has it.\n"
        "- *in part*: the note says what is left out.\n"
        "- *by report*: Medicare leaves it to its contractor; there is no amount to compute.\n"
        "- *not modelled*: the answer is a reason and no amount."
    )
    for system in modelled():
        yield f"(coverage-{system.name})=\n## {system.label}"
        rows = [_coverage_row(part) for part in system.parts]
        head = ("part", "state", "since", "in", "rules", "verified against, and notes")
        yield table_of(head, rows)

    yield "(medicare-parameters)=\n## Parameters"
    yield (
        "What is no file of CMS's but stands in a rule or a manual: each value with its days and "
        "the document that states it. A trace (`--explain`, `--json`) names those that it used."
    )
    rows = [_parameter_row(one, dated) for one in parameters().values() for dated in one.values]
    yield table_of(("parameter", "value", "unit", "since", "until", "by"), rows)


def _parameter_row(parameter: Parameter, dated: DatedValue) -> tuple[str, ...]:
    who = "" if dated.participant == "all" else f" ({dated.participant})"
    until = "" if dated.until.year == 9999 else str(dated.until)
    cited = "; ".join(f"[{one.title}]({one.link})" for one in dated.citations)
    return (
        f"{parameter.label}{who}",
        str(dated.value),
        parameter.unit,
        str(dated.since),
        until,
        cited,
    )


def _coverage_row(part: Part) -> tuple[str, ...]:
    rules = (f"[{rule_id}](#rule-{rule_id.lower()})" for rule_id in part.rules)
    said = (part.verified and f"{part.verified}.", part.note)
    return (
        part.part,
        part.state,
        str(part.since or ""),
        ", ".join(part.where),
        " ".join(rules),
        " ".join(text for text in said if text),
    )


def spec_page(folder: Path, title: str, intro: str) -> Iterator[str]:
    """The spec tests of a folder as a chapter: a file is a section, a test a paragraph."""
    yield _MADE.format(source=f"tests/spec/{folder.name}")
    yield f"# {title}"
    yield intro
    for path in sorted(folder.glob("test_*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        head, _, said = (ast.get_docstring(tree) or "").partition("\n\n")
        yield f"## {head.strip()}"
        yield said.strip()
        tests = (n for n in tree.body if isinstance(n, ast.FunctionDef))
        yield from (_paragraph(test) for test in tests if test.name.startswith("test_"))


def _paragraph(test: ast.FunctionDef) -> str:
    """What a spec test says, with a link to the rule that its name begins with."""
    rule_id = test.name.split("_")[1]
    said = " ".join((ast.get_docstring(test) or "").split())
    return f"**[{rule_id.upper()}](rules.md#rule-{rule_id})** {said}"


def coding_page() -> Iterator[str]:
    """What may be billed, by the spec tests."""
    return spec_page(
        SPEC / "coding",
        "What may be billed",
        "Each paragraph is a test that runs: what it says is what the code does. The rules, with "
        "their sources, are on [their own page](rules.md); those that an indicator of the fee "
        "schedule decides by itself are C02 to C10.",
    )


PAGES: dict[str, Callable[[], Iterator[str]]] = {
    "tables.md": tables_page,
    "benchmark-table.md": benchmark_page,
    "rules.md": rules_page,
    "commands.md": commands_page,
    "errors.md": errors_page,
    "http-api.md": http_page,
    "medicare-coverage.md": coverage_page,
    "what-may-be-billed.md": coding_page,
}


def pages() -> dict[Path, str]:
    """What each page should hold."""
    return {REFERENCE / name: "\n\n".join(make()) + "\n" for name, make in PAGES.items()}


def stale() -> dict[Path, str]:
    """The pages that are not current, each with the first lines of the difference."""
    found = {}
    for path, wanted in pages().items():
        had = path.read_text("utf-8") if path.is_file() else ""
        if had != wanted:
            lines = difflib.unified_diff(
                had.splitlines(), wanted.splitlines(), "now", "wanted", n=0, lineterm=""
            )
            found[path] = "\n".join(list(lines)[:12])
    return found


def main() -> int:
    """Write the pages, or check them."""
    parser = argparse.ArgumentParser(description=__doc__, add_help=True)
    parser.add_argument("--check", action="store_true", help="fail where a page is not current")
    if not parser.parse_args().check:
        for path, text in pages().items():
            path.write_text(text, "utf-8")
        return 0
    wrong = stale()
    for path, difference in wrong.items():
        sys.stderr.write(f"{path.name} is not current:\n{difference}\n")
    if wrong:
        sys.stderr.write("run: python docs/generate.py\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

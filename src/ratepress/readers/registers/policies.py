"""The payer policy register: a CSV or YAML form that users keep, docs/how-to/policy-register.md."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

import msgspec

from ratepress.codes.argument import CodeRef
from ratepress.core.errors import UnreadableInput
from ratepress.core.rules import rule
from ratepress.lake.writer import LakeWriter
from ratepress.readers.base import Header, Tally
from ratepress.readers.medicare.sheet import head_rows, open_rows
from ratepress.readers.registers.checks import Cell, Checks
from ratepress.readers.registers.tree import Branch, form_of, tree, whole_text
from ratepress.readers.source import Source

FORM, VERSION = "payer-policies", "1"
_NO_TEXT = "(a list or a mapping)"
COLUMNS = {
    "payer": True,
    "policy_id": True,
    "version": True,
    "title": True,
    "link": False,
    "effective_on": True,
    "ended_on": False,
    "last_review_on": False,
    "codes": True,
    "stance": True,
    "prior_authorisation": True,
    "note": False,
}
"""The keys of a policy, which are the columns of the CSV, and whether the form asks for each."""


class PolicyVersion(msgspec.Struct, frozen=True, kw_only=True):
    """One version of one policy as a register states it."""

    payer: str
    policy_id: str
    version: str
    title: str
    link: str | None
    effective_on: date
    ended_on: date | None
    last_review_on: date | None
    codes: tuple[CodeRef, ...]
    stance: str
    prior_authorisation: str
    note: str | None
    place: str


def stances() -> tuple[str, ...]:
    """The fixed list of what a policy may say (rule C104).

    >>> stances()[0]
    'covered'
    """
    return tuple(rule("C104").parameters["stances"].split("|"))


class PolicyRegisterCsv:
    r"""Reader of the CSV form.

    >>> PolicyRegisterCsv().recognise(b"payer,policy_id,version\n")
    True
    """

    kind = "payer-policies-csv"
    version = "1"
    row_is = "one row below the header that is not blank"

    def recognise(self, head: bytes) -> bool:
        """Whether the first row names a payer and a policy id."""
        first = head_rows(head)[:1]
        names = {name.strip().lower() for name in (first[0] if first else [])}
        return {"payer", "policy_id"} <= names

    def read(self, source: Source, out: LakeWriter, tally: Tally) -> Header:
        """Load every policy, or refuse the file and say what to mend."""
        with open_rows(source, tally) as rows:
            _load(source.name, _csv_records(source.name, rows), out, tally)
        return Header(publisher="Payer policy register", detected_version=VERSION)


class PolicyRegisterYaml:
    """Reader of the YAML form.

    >>> PolicyRegisterYaml().recognise(b"ratepress: payer-policies/1")
    True
    """

    kind = "payer-policies-yaml"
    version = "1"
    row_is = "one entry of `policies`"

    def recognise(self, head: bytes) -> bool:
        """Whether the first line states the form."""
        form = form_of(head)
        return form is not None and form[0] == FORM

    def read(self, source: Source, out: LakeWriter, tally: Tally) -> Header:
        """Load every policy, or refuse the file and say what to mend."""
        need_version(source, VERSION)
        root = tree(whole_text(source), source.name)
        _load(source.name, _yaml_records(source.name, root), out, tally)
        return Header(publisher="Payer policy register", declared_version=VERSION)


def need_version(source: Source, version: str) -> None:
    """`UnreadableInput` where the first line states another version of the form."""
    form = form_of(source.head)
    if form is None or form[1] != version:
        raise UnreadableInput(
            f"{source.name}: a version of the form that is not known",
            place="the line `ratepress:`",
            found=form[1] if form else "",
            expected=version,
            todo="write it in the form that this version of ratepress documents",
        )


def _csv_records(
    name: str, rows: Iterator[tuple[str, list[str]]]
) -> Iterator[tuple[str, dict[str, Cell], tuple[str, ...]]]:
    """Each row's place, its cells by column, and nothing that the form has not."""
    header = next(rows, ("row 1", []))[1]
    names = [column.strip().lower() for column in header]
    missing = [column for column, needed in COLUMNS.items() if needed and column not in names]
    unknown = [column for column in names if column and column not in COLUMNS]
    if missing or unknown or len(set(names)) != len(names):
        raise UnreadableInput(
            f"{name}: the header is not that of the form",
            place="row 1",
            found=", ".join(header),
            expected=", ".join(COLUMNS),
            todo=f"name the missing columns: {', '.join(missing)}"
            if missing
            else "take out columns that the form has not, and those that stand twice",
        )
    for place, row in rows:
        if not any(cell.strip() for cell in row):
            continue
        if len(row) > len(names) and any(cell.strip() for cell in row[len(names) :]):
            raise UnreadableInput(
                f"{name}: a row has more cells than the header",
                place=place,
                found=f"{len(row)} cells",
                expected=f"{len(names)} cells",
                todo="put texts that hold a comma between quotation marks",
            )
        cells = [*row, *[""] * (len(names) - len(row))]
        yield (
            place,
            {
                column: Cell(text, f"{place}, column {column}")
                for column, text in zip(names, cells, strict=False)
                if column
            },
            (),
        )


def _yaml_records(
    name: str, root: Branch
) -> Iterator[tuple[str, dict[str, Cell], tuple[str, ...]]]:
    policies = root.value.get("policies") if isinstance(root.value, dict) else None
    if not isinstance(root.value, dict) or policies is None or isinstance(policies.value, str):
        raise UnreadableInput(
            f"{name}: there is no list `policies`",
            place=f"line {root.line}",
            expected="the keys `ratepress` and `policies`",
            todo="write the policies as a list below `policies:`",
        )
    for entry in policies.value if isinstance(policies.value, list) else [policies]:
        place = f"line {entry.line}"
        fields = entry.value if isinstance(entry.value, dict) else {}
        cells = {key: cell_of(branch, key) for key, branch in fields.items()}
        unknown = tuple(key for key in cells if key not in COLUMNS)
        yield place, cells, unknown


def cell_of(branch: Branch, key: str) -> Cell:
    """A key's value as a cell; in a list, what is no text stands as one that no check takes."""
    place = f"line {branch.line}, key {key}"
    if isinstance(branch.value, str):
        return Cell(branch.value, place)
    items = branch.value if isinstance(branch.value, list) else []
    texts = tuple(item.value if isinstance(item.value, str) else _NO_TEXT for item in items)
    return Cell(", ".join(texts), place, texts)


def _load(
    name: str,
    records: Iterable[tuple[str, Mapping[str, Cell], tuple[str, ...]]],
    out: LakeWriter,
    tally: Tally,
) -> None:
    checks = Checks(name)
    seen: dict[tuple[str, str, str], str] = {}
    found = []
    for place, cells, unknown in records:
        tally.read += 1
        checks.known_only(place, unknown, COLUMNS)
        policy = _policy(place, cells, checks)
        key = (policy.payer, policy.policy_id, policy.version)
        if key in seen:
            cell = Cell(" ".join(key), place)
            checks.fault("this version of the policy stands twice", cell, f"once; see {seen[key]}")
        seen[key] = place
        found.append(policy)
    checks.settle()
    for policy in found:
        tally.loaded += 1
        _add(policy, out)


def _policy(place: str, cells: Mapping[str, Cell], checks: Checks) -> PolicyVersion:
    def cell(key: str) -> Cell:
        return cells.get(key, Cell("", f"{place}, {key}"))

    answers = rule("C104").parameters["prior_authorisation"].split("|")
    first = checks.day(cell("effective_on"))
    last = checks.day(cell("ended_on"), needed=False)
    if first is not None and last is not None and last < first:
        checks.fault("it ends before it begins", cell("ended_on"), f"{first} or later")
    return PolicyVersion(
        payer=checks.text(cell("payer")),
        policy_id=checks.text(cell("policy_id")),
        version=checks.text(cell("version")),
        title=checks.text(cell("title")),
        link=checks.link(cell("link")),
        effective_on=first or date.min,
        ended_on=last,
        last_review_on=checks.day(cell("last_review_on"), needed=False),
        codes=checks.codes(cell("codes")),
        stance=checks.one_of(cell("stance"), stances()),
        prior_authorisation=checks.one_of(cell("prior_authorisation"), answers),
        note=checks.text(cell("note"), needed=False) or None,
        place=place,
    )


def _add(policy: PolicyVersion, out: LakeWriter) -> None:
    shared = {
        "payer": policy.payer,
        "policy_id": policy.policy_id,
        "version": policy.version,
        "place": policy.place,
    }
    out.add(
        "payer_policies", **shared, title=policy.title, link=policy.link,
        effective_on=policy.effective_on, ended_on=policy.ended_on,
        last_review_on=policy.last_review_on, stance=policy.stance,
        prior_authorisation=policy.prior_authorisation, note=policy.note,
    )  # fmt: skip
    for code in policy.codes:
        out.add("payer_policy_codes", **shared, code_system=code.system, code=code.code)

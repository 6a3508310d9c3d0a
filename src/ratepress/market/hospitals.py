"""Which hospital files are of one hospital: what a newer file replaces, and who has one vote.

The name in a file is often that of a legal entity with several hospitals, so name and state alone
do not decide: the licence numbers and type 2 NPIs must meet (docs/method/decisions.md).
"""

from __future__ import annotations

from typing import NamedTuple

import duckdb


class HospitalFile(NamedTuple):
    """What one hospital file says of who published it; `marks` are its licence numbers and NPIs."""

    content_id: str
    name: str
    state: str
    marks: frozenset[str]


def hospital_files(connection: duckdb.DuckDBPyConnection) -> list[HospitalFile]:
    """Every hospital file of the lake, by content id."""
    rows = connection.execute(_FILES).fetchall()
    return [
        HospitalFile(
            content_id,
            " ".join(name.lower().split()),
            state,
            frozenset(f"licence {part.strip()}" for part in licences.split("|") if part.strip())
            | frozenset(f"npi {npi}" for npi in npis),
        )
        for content_id, name, state, licences, npis in rows
    ]


def identify_hospitals(files: list[HospitalFile]) -> dict[str, str]:
    """The hospital of each file, by content id: name and state, and a mark where several share it.

    Files of one name and state are one hospital where a licence number or NPI of theirs is the
    same, or where one of them states none.

    >>> a = HospitalFile("a", "mercy", "GA", frozenset({"npi 1"}))
    >>> b = HospitalFile("b", "mercy", "GA", frozenset({"npi 2"}))
    >>> identify_hospitals([a, b])
    {'a': 'mercy, GA (npi 1)', 'b': 'mercy, GA (npi 2)'}
    >>> identify_hospitals([a, b._replace(marks=frozenset({"npi 1", "npi 2"}))])
    {'a': 'mercy, GA', 'b': 'mercy, GA'}
    """
    named: dict[str, list[HospitalFile]] = {}
    for file in files:
        title = f"{file.name}, {file.state}" if file.state else file.name
        named.setdefault(title, []).append(file)
    found = {}
    for title, same_name in named.items():
        groups = _groups(same_name)
        for group in groups:
            marks = sorted(mark for file in group for mark in file.marks)
            apart = f" ({marks[0]})" if len(groups) > 1 and marks else ""
            found.update({file.content_id: title + apart for file in group})
    return dict(sorted(found.items()))


def _groups(files: list[HospitalFile]) -> list[list[HospitalFile]]:
    """Files whose marks meet, directly or through another; one without marks meets all."""
    groups: list[list[HospitalFile]] = []
    for file in files:
        meeting = [
            group
            for group in groups
            if any(not file.marks or not one.marks or file.marks & one.marks for one in group)
        ]
        groups = [group for group in groups if group not in meeting]
        groups.append([file, *(one for group in meeting for one in group)])
    return groups


_FILES = """
SELECT h.content_id, h.hospital_name, coalesce(h.license_state, ''),
  coalesce(h.license_numbers, ''),
  coalesce(list(n.npi ORDER BY n.npi) FILTER (WHERE n.npi IS NOT NULL), [])
FROM hospitals h LEFT JOIN hospital_npis n ON n.content_id = h.content_id
GROUP BY ALL
ORDER BY h.content_id
"""

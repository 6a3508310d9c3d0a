"""A hospital, and the hospitals of a state: files, payers named, and Medicare's localities."""

from __future__ import annotations

from decimal import Decimal

from ratepress.core.facts import Fact, Gap
from ratepress.dossier.model import (
    Cell,
    DataTable,
    Labelled,
    Profile,
    Row,
    Section,
    Sentence,
    payer_address,
    plain_id,
)
from ratepress.dossier.profiles.common import number, profile, published_on, several, words
from ratepress.dossier.profiles.survey import Hospital, PriceRows, Survey
from ratepress.dossier.words import line_cell, place_name
from ratepress.market.states import STATES

_THOUSANDTH = Decimal("0.001")
_NAMES = {code: place_name(name) for name, code in STATES.items()}


def hospital_address(hospital_id: str) -> str:
    """The address of the page of a hospital: `hospital/mercy-GA-…`."""
    return f"hospital/{plain_id(hospital_id)}"


def hospitals(survey: Survey) -> list[Profile]:
    """A profile of each hospital whose file is in the lake."""
    return [_hospital(one, survey) for one in survey.hospitals]


def states(survey: Survey) -> list[Profile]:
    """A profile of each state that has a hospital in the lake or a locality of Medicare's."""
    codes = {one.state for one in survey.hospitals if one.state}
    codes |= {row["state"] for row in survey.localities}
    return [_state(code, survey) for code in sorted(codes)]


def _hospital(one: Hospital, survey: Survey) -> Profile:
    files = set(one.content_ids)
    prices = survey.prices_of(files)
    body = (
        _summary(one, prices, survey),
        Section("payers", "Payers in its files", tables=_payers(prices, survey)),
        Section("files", "Its files", tables=(_files(one, survey),)),
    )
    label = one.name
    return profile("hospital", plain_id(one.hospital_id), label, survey, body, survey.named(files))


def _summary(one: Hospital, prices: list[PriceRows], survey: Survey) -> Section:
    sources = [survey.ref(content_id) for content_id in one.content_ids]
    payers = len({row.payer_id for row in prices})
    n_rows = sum(row.n_rows for row in prices)
    n_payers, rows = number(payers, sources, "M02"), number(n_rows, sources)
    place = f" in {_NAMES.get(one.state, one.state)}" if one.state else ""
    text = (
        f"{one.name}{place}: {several(n_rows, 'negotiated price')} of {several(payers, 'payer')} "
        f"in {several(len(one.content_ids), 'file')}."
    )
    facts: list[Labelled] = [Labelled("Payers", n_payers), Labelled("Negotiated prices", rows)]
    charges = [survey.charges[c] for c in one.content_ids if c in survey.charges]
    for label, column in (("Gross charges", "n_gross"), ("Cash prices", "n_cash")):
        facts.append(Labelled(label, number(sum(row[column] for row in charges), sources)))
    gaps: tuple[Gap, ...] = ()
    if not one.state:
        gaps = (Gap(f"State of {one.name}", "its file states no licence", "a file that does"),)
    return Section(
        "summary", "Summary", (Sentence(text, (n_payers, rows)),), tuple(facts), gaps=gaps
    )


def _payers(prices: list[PriceRows], survey: Survey) -> tuple[DataTable, ...]:
    rows = tuple(
        Row(
            one.payer,
            (
                Fact(
                    line_cell(one.line_of_business),
                    "text",
                    sources=(survey.ref(one.content_id),),
                    rules=("F007",),
                ),
                number(one.n_codes, (survey.ref(one.content_id),)),
                number(one.n_rows, (survey.ref(one.content_id),)),
            ),
            link=payer_address(one.payer_id),
        )
        for one in sorted(prices, key=lambda p: (p.payer.lower(), p.line_of_business, p.content_id))
    )
    columns = ("Line of business", "Codes", "Rows")
    table = DataTable("payers", "Payers, by line of business", "Payer", columns, rows)
    return (table,) if rows else ()


def _files(one: Hospital, survey: Survey) -> DataTable:
    rows = []
    for content_id in one.content_ids:
        file, source = survey.files[content_id], (survey.ref(content_id),)
        cells: tuple[Cell | None, ...] = (
            words(file.kind, source),
            published_on(file, source),
            number(file.read, source),
            number(file.loaded, source),
        )
        rows.append(Row(file.name, cells, link=file.page))
    columns = ("Kind", "Published", "Rows read", "Loaded")
    return DataTable("files", "Files, newest and older", "File", columns, tuple(rows))


def _state(code: str, survey: Survey) -> Profile:
    name = _NAMES.get(code, code)
    here = [one for one in survey.hospitals if one.state == code]
    files = {content_id for one in here for content_id in one.content_ids}
    places = [row for row in survey.localities if row["state"] == code]
    files |= {row["content_id"] for row in places}
    sources = [survey.ref(content_id) for content_id in sorted(files)]
    n_hospitals, n_places = number(len(here), sources, "M09"), number(len(places), sources, "P01")
    text = (
        f"{name}: {several(len(here), 'hospital')} with a file, and "
        f"{several(len(places), 'locality', 'localities')} of Medicare's physician fee schedule."
    )
    body = (
        Section("summary", "Summary", (Sentence(text, (n_hospitals, n_places)),)),
        Section(
            "hospitals", "Hospitals", tables=_hospitals_of(here, survey), gaps=_none(name, here)
        ),
        Section("localities", "Medicare localities", tables=_localities(places, survey)),
    )
    return profile("state", code.lower(), name, survey, body, survey.named(files))


def _none(name: str, here: list[Hospital]) -> tuple[Gap, ...]:
    if here:
        return ()
    return (
        Gap(
            f"Hospitals of {name}",
            "the lake has no price file of a hospital there",
            "their price files",
        ),
    )


def _hospitals_of(here: list[Hospital], survey: Survey) -> tuple[DataTable, ...]:
    rows = []
    for one in here:
        sources = [survey.ref(content_id) for content_id in one.content_ids]
        prices = survey.prices_of(one.content_ids)
        cells = (
            number(len({row.payer_id for row in prices}), sources, "M02"),
            number(sum(row.n_rows for row in prices), sources),
        )
        rows.append(Row(one.name, cells, link=hospital_address(one.hospital_id)))
    columns = ("Payers", "Negotiated prices")
    table = DataTable("hospitals", "Hospitals with a file", "Hospital", columns, tuple(rows))
    return (table,) if rows else ()


def _index(value: Decimal) -> Decimal:
    """An index in its three decimals, as it is published; with more where it has more.

    >>> _index(Decimal("1.002000")), _index(Decimal("1.0025"))
    (Decimal('1.002'), Decimal('1.0025'))
    """
    rounded = value.quantize(_THOUSANDTH)
    return rounded if rounded == value else value


def _localities(places: list[dict[str, object]], survey: Survey) -> tuple[DataTable, ...]:
    rows = []
    for row in places:
        source = (survey.ref(str(row["content_id"])),)
        cells = tuple(
            Fact(_index(Decimal(str(row[name]))), "index", survey.as_of, source, ("P01",))
            for name in ("work", "practice", "malpractice")
        )
        rows.append(
            Row(
                f"{place_name(str(row['locality_name']))} ({row['mac']}-{row['locality']})",
                cells,
            )
        )
    columns = ("Work", "Practice expense", "Malpractice")
    title = "Geographic practice cost indices of its localities"
    table = DataTable("localities", title, "Locality", columns, tuple(rows))
    return (table,) if rows else ()

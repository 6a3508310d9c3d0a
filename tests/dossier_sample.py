"""A dossier made by hand: all eleven sections of a page for 32557, with every kind of part.

Medicare's amounts are those of the July 2026 schedule (3.87 and 19.40 relative value units at
33.4009); the prices are made up, to have one chart on a linear and one on a logarithmic scale.
`dossier(hostile)` puts a stranger's text wherever a publisher's words may stand.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from ratepress.core.facts import Fact, Gap, SourceRef
from ratepress.dossier.model import (
    Cell,
    DataTable,
    Dossier,
    Labelled,
    Mark,
    Row,
    Section,
    Sentence,
    SourceFile,
    Strip,
    StripChart,
    gaps_of,
)

DAY = date(2026, 7, 15)
SECTION_IDS = (
    "summary", "overview", "clinical", "coding", "medicare", "payers", "benchmarks", "policy",
    "quality", "gaps", "sources",
)  # fmt: skip
PAYERS = ("Aetna", "Anthem Blue Cross and Blue Shield (Georgia)", "Cigna", "UnitedHealthcare")
HOSPITAL_ID, PAYER_ID, PFS_ID = "a" * 64, "b" * 64, "c" * 64
PFS = SourceRef(
    "CMS physician fee schedule, 2026C",
    PFS_ID,
    "row 18",
    "https://www.cms.gov/medicare/payment/fee-schedules/physician",
)
RULE = SourceRef(
    "CY 2026 final rule, CMS-1832-F", link="https://www.federalregister.gov/d/2025-19787"
)
NOTE = SourceRef("Editorial record, not reviewed by a clinician", is_editorial=True)


def dossier(hostile: str | None = None) -> Dossier:
    """The sample; with `hostile` in place of the publisher, payers, plans, places and notes."""
    return _Sample(hostile).dossier()


class _Sample:
    def __init__(self, hostile: str | None) -> None:
        self.hostile = hostile
        self.publisher = hostile or "EMORY UNIVERSITY"
        self.hospital = SourceRef(self.publisher, HOSPITAL_ID, hostile or "row 23")
        self.payer_file = SourceRef("CareFirst BlueCross BlueShield", PAYER_ID)

    def named(self, name: str) -> str:
        """A payer's name, which in a hostile dossier is the stranger's text."""
        return self.hostile or name

    def dossier(self) -> Dossier:
        body = (
            self.summary(),
            self.overview(),
            self.clinical(),
            self.coding(),
            self.medicare(),
            self.payers(),
            self.benchmarks(),
            self.policy(),
            self.quality(),
        )
        files = (
            self.file(HOSPITAL_ID, "hospital.csv", self.publisher, "hospital-tall-csv"),
            self.file(PAYER_ID, "in-network.json.gz", "CareFirst", "payer-in-network"),
            self.file(PFS_ID, "PPRRVU2026_Jul.csv", "CMS", "medicare-pfs-rvu-csv"),
        )
        gaps = Section("gaps", "Not available", gaps=tuple(gaps_of(body)))
        return Dossier(
            "cpt",
            "32557",
            "Chest drain through the skin, with imaging guidance",
            DAY,
            "balanced",
            "1",
            (*body, gaps, self.sources()),
            files,
        )

    def file(self, content_id: str, name: str, publisher: str, kind: str) -> SourceFile:
        return SourceFile(
            content_id,
            self.hostile or name,
            publisher,
            kind,
            "one data row of the file",
            155_043,
            786,
            783,
            {self.hostile or "F012": 3},
            (self.hostile or f"https://example.org/{name}", name),
            "3.0.0",
            "3",
            date(2026, 4, 1),
            "2026C",
            date(2026, 7, 1),
        )

    def price(self, value: str) -> Fact:
        rules = ("M01", "M02", "M03", "M04", "M05")
        return Fact(Decimal(value), "USD", DAY, (self.hospital,), rules)

    def summary(self) -> Section:
        median, low, high = map(self.price, ("3671.17", "3589.45", "3771.75"))
        votes = Fact(
            6, "count", DAY, (self.hospital,), ("M02",), self.named("commercial, facility")
        )
        text = (
            f"The median commercial price is {median.text}; the middle half lies between "
            f"{low.text} and {high.text} (6 votes of 6 payers)."
        )
        return Section(
            "summary",
            "Summary",
            (
                Sentence(text, (median, low, high, votes)),
                Sentence(
                    "Modifier 26: not allowed (PC/TC indicator 0).", (verdict("not allowed"),)
                ),
            ),
            (
                Labelled("Commercial median", median),
                Labelled("Commercial votes", votes),
                Labelled("Physician fee, in a facility", fee("129.26")),
                Labelled("Percent of Medicare", opps()),
            ),
        )

    def overview(self) -> Section:
        words = "Places a drainage catheter into the pleural space under imaging."
        rows = tuple(
            Row(code, (rvu(work), rvu(total), Fact(days, "code", DAY, (PFS,), ("P01",))))
            for code, work, total, days in (
                ("32556", "2.44", "25.18", "000"),
                ("32557", "3.04", "19.40", "000"),
                ("32552", "2.47", "5.71", "010"),
            )
        )
        table = DataTable(
            "family",
            "Codes next to it",
            "Code",
            ("Work RVU", "Total RVU", "Global days"),
            rows,
            "Neighbours by number.",
        )
        fact = Fact(words, "text", date(2026, 11, 24), (NOTE,))
        return Section(
            "overview",
            "Billing code overview",
            facts=(Labelled("What it is", fact),),
            tables=(table,),
        )

    def clinical(self) -> Section:
        gap = Gap("Indications", "no clinical notes are written", "editorial notes")
        return Section("clinical", "Clinical context", gaps=(gap,))

    def coding(self) -> Section:
        rows = (
            modifier_row("26", "not allowed", "PC/TC indicator 0", "C02"),
            modifier_row("50", "allowed", "Bilateral surgery indicator 1", "C03"),
            modifier_row("59", "conditional", "NCCI edit", "C04"),
        )
        columns = ("Verdict", "Effect on payment", "Decided by")
        table = DataTable("modifiers", "Modifiers", "Modifier", columns, rows)
        return Section("coding", "Coding specifications", tables=(table,))

    def medicare(self) -> Section:
        rows = (
            Row("Fort Lauderdale (09102-03)", (fee("138.38"), fee("663.84")), group="FL"),
            Row("Miami (09102-04)", (fee("146.80"), fee("686.78")), group="FL"),
            Row("Rest of Florida (09102-99)", (fee("134.07"), fee("629.96")), group="FL"),
            Row("Atlanta (10212-01)", (fee("132.05"), fee("659.06")), group="GA"),
            Row("Rest of Georgia (10212-99)", (fee("124.02"), fee("599.18")), group="GA"),
            Row("Boston (14212-01)", (fee("138.64"), fee("737.30")), group="MA"),
            Row("Rest of Massachusetts (14212-99)", (fee("129.53"), fee("675.74")), group="MA"),
            Row("Nowhere", (None, opps()), group="MA"),
            Row("Elsewhere", (opps(), None), group="MA"),
        )
        columns = ("In a facility", "Outside a facility")
        table = DataTable("medicare-localities", "Amounts by locality", "Locality", columns, rows)
        text = "Medicare's national physician fee is $129.26 in a facility and $647.98 outside one."
        return Section(
            "medicare",
            "What Medicare pays",
            (Sentence(text, (fee("129.26"), fee("647.98"))),),
            (Labelled("Physician fee, in a facility", fee("129.26")),),
            tables=(table,),
            gaps=(opps(),),
        )

    def payers(self) -> Section:
        rows = tuple(
            Row(
                self.named(name),
                (
                    Fact("commercial, exchange", "text", sources=(self.hospital,), rules=("F007",)),
                    Fact(2, "count", sources=(self.hospital, self.payer_file), rules=("M02",)),
                    Fact(1234, "count", sources=(self.hospital,), note="left out by Q14"),
                    Fact(Decimal("25.0"), "%", DAY, (self.hospital,), ("M02",)),
                    Fact(date(2026, 4, 1), "date", sources=(self.hospital,)),
                ),
                note=f"published as {self.named(name)}",
            )
            for name in PAYERS
        )
        columns = ("Lines of business", "Files", "Rows", "Share of votes", "Newest file")
        table = DataTable("payers", "Payers that state a price", "Payer", columns, rows)
        many = tuple(SourceRef(f"Document {n}", link=f"https://example.org/{n}") for n in range(5))
        count = Fact(4, "count", DAY, many, ("M02",))
        return Section(
            "payers",
            "Payer landscape",
            (Sentence("4 payers state a price.", (count,)),),
            tables=(table,),
        )

    def benchmarks(self) -> Section:
        return Section(
            "benchmarks",
            "Benchmarks",
            charts=(self.linear_chart(), self.log_chart()),
            tables=(self.all_payers(), self.listed()),
            gaps=(Gap("Your rates", "no fee schedule of yours is loaded", "your rates as a CSV"),),
        )

    def marks(self, *values: str) -> tuple[Mark, ...]:
        return tuple(Mark(f"{self.named('Aetna')}, HMO", self.price(value)) for value in values)

    def strip(self, label: str, *values: str) -> Strip:
        return Strip(
            self.named(label), Fact(len(values), "count", rules=("M02",)), self.marks(*values)
        )

    def linear_chart(self) -> StripChart:
        prices = ("3520.30", "3570.59", "3671.17", "3721.46", "3771.75", "4324.94")
        quantiles = (("p25", "3589.45"), ("p50", "3671.17"), ("p75", "3771.75"))
        whole = Strip(
            "All payers",
            Fact(6, "count", rules=("M02",)),
            self.marks(*prices),
            tuple(Labelled(name, self.price(value)) for name, value in quantiles),
        )
        return StripChart(
            "chart-commercial",
            Sentence("Commercial: the median is $3,671.17", (self.price("3671.17"),)),
            (whole, self.strip("Aetna", "3520.30", "3671.17"), self.strip("Cigna", "4324.94")),
            "all-payers",
            note="Prices for commercial, facility, outpatient.",
        )

    def log_chart(self) -> StripChart:
        strips = (self.strip("All payers", "90.00", "2600.00"), self.strip("Cigna", "90.00"))
        return StripChart(
            "chart-professional",
            Sentence("Professional: prices of $90.00 and $2,600.00", (self.price("90.00"),)),
            strips,
            "all-payers",
            Labelled("Medicare", fee("647.98")),
        )

    def all_payers(self) -> DataTable:
        few = Gap(
            "Percentiles", "2 votes, under the three that percentiles need", "more files", ("M06",)
        )
        counts = tuple(Fact(n, "count", DAY, (self.hospital,), ("M02",)) for n in (31, 9, 6))
        grade = Fact("thin", "text", rules=("M06",), note="6 votes, from 1 contracting entity")
        prices = ("3570.59", "3589.45", "3671.17", "3771.75", "4048.35")
        full: tuple[Cell, ...] = (*counts, *map(self.price, prices), opps(), grade)
        columns = (
            "Rows", "Prices", "Votes", "p10", "p25", "Median", "p75", "p90", "% of Medicare",
            "Confidence",
        )  # fmt: skip
        rows = (
            Row("facility, outpatient", full, group="Commercial"),
            Row("facility, inpatient", (*counts, *[few] * 6, grade), group="Commercial"),
            Row("professional", (*counts, *[few] * 6, grade), group="Commercial"),
            Row("facility, outpatient", full, group="Medicare Advantage"),
        )
        return DataTable("all-payers", "All payers together", "Comparison key", columns, rows)

    def listed(self) -> DataTable:
        def row(name: str, value: str) -> Row:
            plan = Fact(self.named("HMO_Outpatient"), "text", DAY, (self.hospital,))
            place = Fact(
                self.named("standard_charge_information[19209].standard_charges[0]"),
                "text",
                DAY,
                (self.hospital,),
            )
            return Row(self.named("Plan"), (plan, self.price(value), place), group=self.named(name))

        rows = (row("Aetna", "3520.30"), row("Cigna", "4324.94"))
        return DataTable("prices", "Published prices", "Payer", ("Plan", "Price", "Place"), rows)

    def policy(self) -> Section:
        gap = Gap("Payer policies", "no policy register is loaded", "a register of policies")
        return Section("policy", "Policy", gaps=(gap,))

    def quality(self) -> Section:
        counts = tuple(Fact(n, "count", DAY, (self.hospital,), ("M02",)) for n in (97, 26, 26))
        rows = (Row("Rows published", counts), Row("Votes", counts))
        table = DataTable("funnel", "The funnel", "Step", ("Minimum", "Balanced", "Maximum"), rows)
        return Section("quality", "Quality", tables=(table,))

    def sources(self) -> Section:
        files = Fact(3, "count", DAY, rules=("M02",))
        return Section(
            "sources",
            "Sources and citation",
            (Sentence("Ratepress: CPT 32557. As of 2026-07-15, 3 source files.", (files,)),),
            (Labelled("As of", Fact(DAY, "date", rules=("M07",))),),
        )


def fee(value: str) -> Fact:
    return Fact(Decimal(value), "USD", DAY, (PFS, RULE), ("P01", "P02"))


def rvu(value: str) -> Fact:
    return Fact(Decimal(value), "RVU", DAY, (PFS,), ("P01",))


def opps() -> Gap:
    return Gap(
        "Hospital outpatient payment", "no OPPS release is loaded", "OPPS Addendum B", ("M07",)
    )


def verdict(words: str) -> Fact:
    return Fact(words, "text", DAY, (PFS,), ("C02",))


def modifier_row(modifier: str, words: str, decided_by: str, rule: str) -> Row:
    cells = (words, "The fee pays one physician service; no part is billed apart.", decided_by)
    return Row(modifier, tuple(Fact(cell, "text", DAY, (PFS,), (rule,)) for cell in cells))

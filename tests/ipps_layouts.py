"""Tables of inpatient payment in the layouts of CMS, with figures of our own."""

from __future__ import annotations

TABLE_2 = (
    b'"TABLE 2 - CASE-MIX INDEX AND WAGE INDEX TABLE BY CCN - FY 2026 FINAL RULE"'
    + b"\t" * 8
    + b"\n"
    b"1CCN\t2Case-Mix Indexes\tFY 2025 Wage Index\t3,6 FY 2026 Wage Index With Cap\t"
    b"7FY 2026 Transition for the Discontinuation of the Low Wage Index Hospital Policy\t"
    b"Geographic CBSA\tWage Index Payment CBSA\t4Out-Migration Adjustment\tCounty Name\n"
    b"010001\t1.7021\t0.7001\t0.7100\t \t20020\t \t \tHOUSTON\n"
    b"10005\t1.2000\t0.7000\t0.6900\t0.7300\t01\t \t0.0040\tMARSHALL\n"
    b"050008\t1.5000\t1.7000\t1.8000\t \t41884\t \t \tSAN FRANCISCO\n"
    b"330001\t1.1000\t1.2000\t \t \t28880\t35614\t \tORANGE\n"
    b"1 A footnote" + b"\t" * 8 + b"\n"
)
"""Alabama's 010005 has lost its zero; 330001 has no index of its own and is reclassified."""

TABLE_3 = (
    b'"Table 3- WAGE INDEX TABLE BY CBSA  - FY 2026  (CONTAINS THE FOLLOWING FINAL DATA)"'
    + b"\t" * 10
    + b"\n"
    b"CBSA\tArea Name\tState\tState Code\t2FY 2026 Average Hourly Wage\t"
    b'"23-Year Average Hourly Wage (2024, 2025, 2026)"\t'
    b"Wage Index\tGAF\tReclassified Wage Index\tReclassified GAF\tState Rural Floor\n"
    b"01\tALABAMA\tAL\t01\t30.59\t30.15\t0.6556\t0.7489\t0.6556\t0.7489\t0.6556\n"
    b"04\tARKANSAS\tAR\t04\t32.43\t32.15\t0.6964\t0.7805\t \t \t0.6964\n"
    b"04\tARKANSAS\tLA\t19\t32.43\t32.15\t \t \t0.6964\t0.7805\t \n"
    b'35614\t"New York-Jersey City-White Plains, NY-NJ"\tNY\t33\t60.00\t59.00\t1.3000\t1.1968'
    b"\t1.2900\t1.1905\t1.3000\n"
    b'35614\t"New York-Jersey City-White Plains, NY-NJ"\tNJ\t31\t60.00\t59.00\t1.2900\t1.1905\t'
    b" \t \t1.1000\n"
)
PRICER_AREAS = (
    b"cbsa,size,effectiveDate,geographicWageIndex,reclassifiedWageIndex,imputedFloorWageIndex,name\n"
    b"05,,20251001,1.4000,1.3900,0.0000,CALIFORNIA\n"
    b"31,,20251001,0.0000,0.0000,1.1500,NEW JERSEY\n"
    b"39,,20251001,0.9200,0.9100,0.0000,PENNSYLVANIA\n"
    b'12540,,20251001,1.1500,1.1500,0.0000,"Bakersfield-Delano, CA"\n'
    b'10900,,20251001,0.9900,0.9400,0.0000,"Allentown-Bethlehem-Easton, PA-NJ"\n'
    b'12100,,20251001,1.2000,1.2000,0.0000,"Atlantic City-Hammonton, NJ"\n'
)
COBOL_AREAS = (
    b"   01 20201001 006671 006671 000000 ALABAMA\n"
    b"   05 20201001 012753 012383 012753 CALIFORNIA\n"
    b"12540 20201001 011806 011806 000000 Bakersfield, CA\n"
    b"31084L20201001 012895 012583 000000 Los Angeles-Long Beach-Glendale, CA\n"
    b"12540 20191001 011500 011500 000000 Bakersfield, CA\n"
    b"1038* 20151001 009310 009310 000000 Aguadilla-Isabela, PR\n"
)
_PROVIDERS = (
    "providerCcn,effectiveDate,fiscalYearBeginDate,exportDate,terminationDate,waiverIndicator,"
    "intermediaryNumber,providerType,censusDivision,costOfLivingAdjustment,internsToBedsRatio,"
    "bedSize,operatingCostToChargeRatio,caseMixIndex,supplementalSecurityIncomeRatio,medicaidRatio,"
    "specialPaymentIndicator,hospitalQualityIndicator,"
    "cbsaActualGeographicLocation,cbsaWageIndexLocation,specialWageIndex,"
    "capitalPpsPaymentCode,capitalCostToChargeRatio,newHospital,"
    "capitalIndirectMedicalEducationRatio,vbpParticipantIndicator,vbpAdjustment,"
    "hrrParticipantIndicator,hrrAdjustment,hacReductionParticipantIndicator,uncompensatedCareAmount,"
    "ehrReductionIndicator,lowVolumeAdjustmentFactor,temporaryReliefIndicator"
)
PROVIDERS_HEAD = _PROVIDERS.split(",")


def providers(*records: dict[str, str]) -> bytes:
    """An inpatient provider-specific file; each record states the cells that it fills."""
    lines = [",".join(PROVIDERS_HEAD)]
    for record in records:
        assert set(record) <= set(PROVIDERS_HEAD), record
        lines.append(",".join(record.get(name, "") for name in PROVIDERS_HEAD))
    return "\n".join(lines).encode() + b"\n"


COBOL_DRGS = (
    b"       01  WK-DRGX-EFF-DATE      PIC X(08) VALUE '20201001'.\n"
    b"       01  PPS-DRG-TABLE.\n"
    b"           02  WK-DRG-DATA.\n"
    b"               05  FILLER   PIC X(57)  VALUE\n"
    b"           '003 189911 224       302  Y    OWN WORDS FOR A DRG       '.\n"
    b"               05  FILLER   PIC X(57)  VALUE\n"
    b"           '470 019000 020       024  Y Y  OWN WORDS FOR ANOTHER     '.\n"
    b"           '871 018000 048       062       OWN WORDS FOR A THIRD     '.\n"
)
COBOL_RATES = (
    b"       01  TB1-RATE-TABLE.\n"
    b"               05  FILLER PIC X(08) VALUE '20201001'.\n"
    b"               05  TB1-NAT    PIC X(30) VALUE\n"
    b"                   ' 0407157 188974 0407157 188974'.\n"
    b"               05  TB1-PR     PIC X(30) VALUE\n"
    b"                   ' 0000000 000000 0000000 000000'.\n"
    b"               05  TB3-NAT    PIC X(30) VALUE\n"
    b"                   ' 0369601 226530 0369601 226530'.\n"
    b"               05  TB4-NAT    PIC X(30) VALUE\n"
    b"                   ' 0367436 225202 0367436 225202'.\n"
)
TABLE_5 = (
    b'"TABLE 5. LIST OF MS-DRGS, FY 2026 Final Rule"' + b"\t" * 9 + b"\n"
    b"MS-DRG\tFY 2026 Final Post-Acute DRG\tFY 2026 Final Special Pay DRG\tMDC\tTYPE\tMS-DRG Title"
    b"\tWeights - Before Cap\tWeights - 10% Cap Applied\tGeometric mean LOS\tArithmetic mean LOS\n"
    b"470\tYes\tYes\t08\tSURG\tOWN WORDS\t1.9289\t1.9289\t2.0\t2.4\n"
    b"313\tNo\tNo\t05\tMED\tOWN WORDS\t0.7500\t0.7612\t1.6\t2.0\n"
)
HOSPITAL = {
    "effectiveDate": "20201001",
    "providerType": "00",
    "internsToBedsRatio": "0.25",
    "bedSize": "300",
    "operatingCostToChargeRatio": "0.250",
    "capitalCostToChargeRatio": "0.020",
    "supplementalSecurityIncomeRatio": "0.1000",
    "medicaidRatio": "0.2500",
    "capitalIndirectMedicalEducationRatio": "0.2000",
    "hospitalQualityIndicator": "1",
    "cbsaActualGeographicLocation": "12540",
}
"""A teaching hospital in Bakersfield, California; its CCN begins with 05."""

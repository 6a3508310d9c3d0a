"""Hospital standard charges (45 CFR 180.50): readers of CSV, tall and wide, and of JSON."""

from ratepress.readers.hospital.csv_file import HospitalTallCsv, HospitalWideCsv
from ratepress.readers.hospital.json_file import HospitalJson

__all__ = ["HospitalJson", "HospitalTallCsv", "HospitalWideCsv"]

"""Hospital standard charges (45 CFR 180.50): readers of the tall CSV and the JSON layout."""

from ratepress.readers.hospital.json_file import HospitalJson
from ratepress.readers.hospital.tall import HospitalTallCsv

__all__ = ["HospitalJson", "HospitalTallCsv"]

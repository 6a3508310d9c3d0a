"""What users write themselves, in documented forms: payer policies and clinical notes."""

from __future__ import annotations

from ratepress.readers.registers.notes import ClinicalNotes
from ratepress.readers.registers.policies import PolicyRegisterCsv, PolicyRegisterYaml

__all__ = ["ClinicalNotes", "PolicyRegisterCsv", "PolicyRegisterYaml"]

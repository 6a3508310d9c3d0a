"""Hospital outpatient claim lines: OPPS, its packaging and the rules that span a claim."""

"""What all rooms speak in: errors, rules, facts and gaps, exact decimals, JSON shapes."""

-- step: asc_asked
-- grain: one ASC line that can be read and whose day a release answers for
-- key: line_no
-- Rules P50 to P53 and P55: the row of the line, how many procedures it is, or the gap.
SELECT
  l.* EXCLUDE (problem, no_release, modifier_gap),
  r.indicator,
  coalesce(r.is_discounted, false) AS is_discounted,
  r.rate,
  r.substitute,
  r.kind,
  r.device_portion,
  r.kind = 'procedure' AND l.is_both AND r.has_sides AS counts_both,
  CASE WHEN r.kind = 'procedure' AND l.is_both AND r.has_sides THEN 2 ELSE 1 END * l.units AS n,
  CASE
    WHEN r.gap IS NOT NULL THEN r.gap
    WHEN r.kind = 'packaged' THEN NULL
    WHEN l.modifier_gap IS NOT NULL THEN l.modifier_gap
    WHEN r.indicator = 'J8' AND r.device_portion IS NULL
      AND (l.has_full_credit OR l.has_partial_credit)
      THEN 'P55: the device portion is not loaded: ASC Addendum FF'
    WHEN r.indicator = 'J8' AND r.device_portion IS NULL AND l.is_before_anesthesia
      THEN 'P54: the device portion is not loaded: ASC Addendum FF'
    WHEN r.kind <> 'product' AND l.cbsa <> '' AND l.wage_index IS NULL
      THEN 'P51: no ASC wage index of the year is loaded for CBSA ' || l.cbsa
  END AS gap
FROM asc_lines l
JOIN asc_rates r ON r.segment = l.segment AND r.code = l.code
WHERE l.problem IS NULL

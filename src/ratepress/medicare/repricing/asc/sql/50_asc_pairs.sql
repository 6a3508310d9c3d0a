-- step: asc_pairs
-- grain: one procedure on whose claim and day a pass-through device stands that pairs with it
-- key: line_no
-- Rule P56: the share of the rate that the device replaces; of several devices the highest.
SELECT
  p.line_no,
  max(try_cast(c.multiplier AS DECIMAL(7, 6))) AS replaced
FROM asc_asked p
JOIN asc_asked d ON d.claim_id = p.claim_id AND d.on_date = p.on_date AND d.indicator = 'J7'
JOIN asc_code_pairs c
  ON c.device_code = d.code AND c.procedure_code = p.code AND c.device_modifier = ''
  AND p.on_date BETWEEN c.pair_from AND coalesce(c.pair_until, DATE '9999-12-31')
  AND (c.procedure_modifier = '' OR list_contains(p.asked, c.procedure_modifier))
WHERE p.kind = 'procedure' AND p.rate IS NOT NULL
GROUP BY p.line_no
HAVING max(c.multiplier) BETWEEN 0 AND 1

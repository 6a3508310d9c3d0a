-- step: asc_bases
-- grain: one ASC line with a rate
-- key: line_no
-- Rules P54 to P56: the national rate less what a device, its credit or its absence takes off.
SELECT
  a.*,
  coalesce(p.replaced, 0) > 0 AS is_paired,
  -- Exact: the rate has 4 decimals and the share 6.
  CAST(
    greatest(
      a.rate * (1 - coalesce(p.replaced, 0))
      - CASE
        WHEN a.device_portion IS NULL THEN 0
        WHEN a.is_before_anesthesia OR a.has_full_credit THEN a.device_portion
        WHEN a.has_partial_credit THEN a.device_portion * s.partial_credit
        ELSE 0
      END,
      0
    ) AS DECIMAL(21, 10)
  ) AS base,
  s.labor,
  s.multiple,
  s.discontinued
FROM asc_asked a
JOIN asc_segments s ON s.segment = a.segment
LEFT JOIN asc_pairs p ON p.line_no = a.line_no
WHERE a.rate IS NOT NULL AND a.kind IN ('procedure', 'service', 'product')

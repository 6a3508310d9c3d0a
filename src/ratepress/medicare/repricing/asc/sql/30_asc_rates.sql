-- step: asc_rates
-- grain: one code in one segment of dates
-- key: segment, code
-- Rules P13 and P50: payment indicator and national rate of a code, by AA, else BB; or the gap.
WITH wanted AS (
  SELECT DISTINCT segment, code FROM asc_lines WHERE problem IS NULL AND segment IS NOT NULL
),

found AS (
  SELECT
    w.segment,
    w.code,
    a.code IS NULL AND b.code IS NULL AS is_absent,
    e.code IS NOT NULL AS is_excluded,
    upper(CASE WHEN a.code IS NOT NULL THEN a.payment_indicator ELSE b.payment_indicator END)
      AS indicator,
    CASE WHEN a.code IS NOT NULL THEN a.multiple_discount END AS multiple_discount,
    try_cast(
      CASE WHEN a.code IS NOT NULL THEN a.rate ELSE b.rate END AS DECIMAL(11, 4)
    ) AS rate,
    CASE WHEN a.code IS NOT NULL THEN s.surgical_substitute ELSE s.ancillary_substitute END
      AS substitute,
    try_cast(f.offset_amount AS DECIMAL(11, 4)) AS device_portion,
    coalesce(p.bilateral_surgery IN ('1', '3'), true) AS has_sides,
    s.year
  FROM wanted w
  JOIN asc_segments s ON s.segment = w.segment
  LEFT JOIN asc_codes a ON a.content_id = s.surgical AND a.addendum = 'AA' AND a.code = w.code
  LEFT JOIN asc_codes b ON b.content_id = s.ancillary AND b.addendum = 'BB' AND b.code = w.code
  LEFT JOIN asc_codes e ON e.content_id = s.excluded AND e.addendum = 'EE' AND e.code = w.code
  LEFT JOIN asc_offsets f ON f.content_id = s.offsets AND f.code = w.code
  LEFT JOIN pfs_rvu p
    ON p.content_id = s.physician AND p.variant = s.variant AND p.code = w.code
    AND p.modifier = ''
)

SELECT
  f.segment,
  f.code,
  f.indicator,
  f.multiple_discount = 'Y' AS is_discounted,
  f.rate,
  f.substitute,
  f.has_sides,
  CASE WHEN f.indicator = 'J8' THEN f.device_portion END AS device_portion,
  t.kind,
  CASE
    WHEN f.is_absent AND f.is_excluded THEN 'P50: excluded from payment in an ASC (Addendum EE)'
    WHEN f.is_absent THEN 'P50: the code is in none of ASC Addenda AA, BB and EE of ' || f.year
    WHEN t.kind IS NULL
      THEN 'P50: payment indicator ' || coalesce(f.indicator, 'none') || ' is not known'
    WHEN t.kind = 'none' THEN 'P50: ' || t.why_not || ' (payment indicator ' || f.indicator || ')'
    WHEN f.rate IS NULL AND t.kind <> 'packaged'
      THEN 'P50: payment indicator ' || f.indicator || ', but no rate is published'
  END AS gap
FROM found f
LEFT JOIN asc_treatments t ON t.indicator = f.indicator

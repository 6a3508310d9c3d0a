-- step: opps_rates
-- grain: one code in one segment of dates
-- key: segment, code
-- Rules P11, P12 and P40: status indicator, APC and national rate of a code, or the gap.
WITH wanted AS (
  SELECT DISTINCT segment, code FROM opps_lines WHERE problem IS NULL AND segment IS NOT NULL
),

found AS (
  SELECT
    w.segment,
    w.code,
    s.codes IS NULL AS is_by_apc,
    try_cast(c.rate AS DECIMAL(11, 4)) AS test_rate,
    CASE WHEN s.codes IS NULL THEN a.status ELSE b.status END AS status,
    CASE WHEN s.codes IS NULL THEN a.apc ELSE b.apc END AS apc,
    try_cast(CASE WHEN s.codes IS NULL THEN a.rate ELSE b.rate END AS DECIMAL(11, 4)) AS rate,
    coalesce(s1.payment_indicator, s2.payment_indicator) AS indicator,
    f.payment_indicator = 'J8' AS is_device_intensive,
    coalesce(p.bilateral_surgery IN ('1', '3'), true) AS has_sides,
    CASE
      WHEN s.codes IS NOT NULL AND b.code IS NULL
        THEN 'P11: the code is not in OPPS Addendum B of ' || s.year
      WHEN s.codes IS NULL AND f.apc IS NULL
        THEN 'P12: no OPPS Addendum B of ' || s.year || ' is loaded, and ASC Addendum FF '
          || s.mapped_name || ' has no APC for the code'
      WHEN s.codes IS NULL AND a.apc IS NULL
        THEN 'P12: APC ' || f.apc || ' has no rate in the list of APC rates'
    END AS gap
  FROM wanted w
  JOIN opps_segments s ON s.segment = w.segment
  LEFT JOIN opps_codes b ON b.content_id = s.codes AND b.code = w.code
  LEFT JOIN asc_offsets f ON f.content_id = s.mapped AND f.code = w.code
  LEFT JOIN opps_apcs a ON a.content_id = s.apcs AND a.apc = f.apc
  LEFT JOIN asc_codes s1
    ON s1.content_id = s.surgical AND s1.addendum = 'AA' AND s1.code = w.code
  LEFT JOIN asc_codes s2
    ON s2.content_id = s.ancillary AND s2.addendum = 'BB' AND s2.code = w.code
  LEFT JOIN clfs_rates c ON c.content_id = s.tests AND c.code = w.code
  LEFT JOIN pfs_rvu p
    ON p.content_id = s.physician AND p.variant = s.variant AND p.code = w.code
    AND p.modifier = ''
)

SELECT
  f.segment,
  f.code,
  f.is_by_apc,
  f.status,
  f.apc,
  f.rate,
  f.test_rate,
  -- Rule P46: which composite a service of status Q3 may be part of.
  CASE
    WHEN f.status <> 'Q3' THEN NULL
    WHEN f.apc IN ('5521', '5781', '5801') THEN 'critical care'
    ELSE coalesce(m.family, 'mental health')
  END AS family,
  coalesce(f.apc LIKE '557%', false) AS has_contrast,
  coalesce(f.is_device_intensive, false) AS is_device_intensive,
  f.has_sides,
  CASE WHEN f.gap IS NULL THEN t.kind END AS kind,
  coalesce(
    t.outside_comprehensive
    OR (
      f.status IN ('S', 'T')
      AND (f.apc BETWEEN '1491' AND '1599' OR f.apc BETWEEN '1901' AND '1908')
    ),
    false
  ) AS is_outside,
  -- What the ASC addenda tell of a code without a status: packaged, or paid as a service.
  CASE
    WHEN f.gap IS NULL OR NOT f.is_by_apc THEN NULL
    WHEN f.indicator IN ('N1', 'D1') THEN 'packaged'
    WHEN f.indicator IN ('Z2', 'Z3') THEN 'service'
  END AS hint,
  CASE
    WHEN f.gap IS NOT NULL THEN f.gap
    WHEN t.kind IS NULL THEN 'P40: status indicator ' || coalesce(f.status, 'none') || ' is not known'
    WHEN t.kind = 'none' THEN 'P40: ' || t.why_not || ' (status ' || f.status || ')'
    WHEN f.rate IS NULL AND f.status NOT IN ('N', 'Q4')
      THEN 'P40: status indicator ' || f.status || ', but no rate is published'
  END AS gap
FROM found f
LEFT JOIN opps_treatments t ON t.status = f.status
LEFT JOIN opps_families m ON f.code BETWEEN m.first AND m.last

-- step: opps_factors
-- grain: one outpatient line that is paid by its rate
-- key: line_no
-- Rules P41, P47 and P48: how many times the rate, and which rules make it so.
WITH ranked AS (
  SELECT
    t.*,
    row_number() OVER (
      PARTITION BY t.claim_id, t.on_date, t.how
      ORDER BY t.rate * CASE WHEN t.is_terminated THEN s.terminated ELSE 1 END DESC, t.line_no
    ) AS place,
    s.labor,
    s.multiple,
    s.terminated,
    s.off_campus,
    s.excepted_visit,
    s.excepted_drug,
    s.observation_rate
  FROM opps_treated t
  JOIN opps_segments s ON s.segment = t.segment
  WHERE t.how IS NOT NULL AND t.how <> 'packaged'
),

factors AS (
  SELECT
    *,
    CASE WHEN how = 'discounted' AND place > 1 THEN multiple ELSE 1 END AS by_place,
    CASE
      WHEN how IN ('product', 'test', 'observation', 'composite') THEN 1
      WHEN is_terminated AND how = 'own' AND counts_both THEN 1
      WHEN is_terminated THEN terminated
      WHEN how = 'discounted' AND counts_both THEN 1 + multiple
      WHEN how = 'own' AND counts_both THEN 2
      ELSE 1
    END AS by_modifiers
  FROM ranked
)

SELECT
  line_no,
  CASE how
    WHEN 'observation' THEN observation_rate
    WHEN 'composite' THEN composite_rate
    WHEN 'test' THEN test_rate
    ELSE rate
  END AS paid_rate,
  CAST(
    CASE
      WHEN how IN ('first', 'alone', 'observation', 'composite') THEN by_modifiers
      WHEN how IN ('product', 'test') THEN units
      WHEN is_terminated OR counts_both THEN by_place * by_modifiers
      WHEN how = 'own' THEN units
      WHEN place > 1 THEN units * multiple
      ELSE 1 + (units - 1) * multiple
    END AS DECIMAL(9, 4)
  ) AS factor,
  CASE
    WHEN how NOT IN ('product', 'test') AND wage_index IS NOT NULL THEN wage_index * labor + (1 - labor)
    ELSE 1
  END AS wage_factor,
  CASE
    WHEN how IN ('product', 'test') THEN 1
    WHEN is_off_campus THEN off_campus
    WHEN is_excepted AND code = 'G0463' THEN excepted_visit
    WHEN is_excepted AND apc IN ('5691', '5692', '5693', '5694') THEN excepted_drug
    ELSE 1
  END AS department_share,
  CASE WHEN how = 'discounted' AND (place > 1 OR (units > 1 AND NOT (is_terminated OR counts_both)))
    THEN 'P47' END AS p47,
  CASE
    WHEN how IN ('discounted', 'own') AND (is_terminated OR counts_both) THEN 'P48'
    WHEN how IN ('first', 'alone') AND is_terminated THEN 'P48'
  END AS p48
FROM factors

-- step: opps_treated
-- grain: one outpatient line that can be read and whose day a release answers for
-- key: line_no
-- Rules P40 and P43 to P46: how each line is paid. `how` is `packaged`, `alone` (one unit), `first`
-- (comprehensive), `observation`, `composite`, `discounted`,
-- `product`, `test` (laboratory fee schedule), `own`; null where there is a gap.
WITH critical AS (
  SELECT DISTINCT claim_id, on_date FROM opps_asked WHERE code = '99291'
),

claims AS (
  SELECT c.*, o.line_no AS observation_line
  FROM opps_claims c
  LEFT JOIN opps_observations o ON o.claim_id = c.claim_id
),

ruled AS (
  SELECT
    a.*,
    c.n_comprehensive,
    c.comprehensive_line IS NOT NULL AND NOT a.is_outside AS in_comprehensive,
    c.observation_line IS NOT NULL AND NOT a.is_outside AS in_observation,
    a.line_no = c.comprehensive_line AS is_first,
    a.line_no = c.observation_line AS is_observation,
    c.comprehensive_line IS NULL AND c.observation_line IS NULL AS is_plain,
    c.has_t,
    c.has_service,
    c.has_any,
    m.family IS NOT NULL AS is_composed,
    m.apc AS composite_apc,
    m.rate AS composite_rate,
    coalesce(m.line_no = a.line_no, false) AS is_composite,
    h.claim_id IS NOT NULL AS has_critical_care
  FROM opps_asked a
  JOIN claims c ON c.claim_id = a.claim_id
  LEFT JOIN opps_composites m
    ON m.claim_id = a.claim_id AND m.on_date = a.on_date AND m.family = a.family
  LEFT JOIN critical h
    ON h.claim_id = a.claim_id AND h.on_date = a.on_date AND a.family = 'critical care'
),

hows AS (
  SELECT
    *,
    CASE
      WHEN status = 'A' AND is_plain AND test_rate IS NOT NULL THEN 'test'
      WHEN kind = 'none' THEN NULL
      WHEN is_first THEN 'first'
      WHEN is_observation THEN 'observation'
      WHEN kind IS NULL AND in_comprehensive AND hint IS NOT NULL THEN 'packaged'
      WHEN kind IS NULL AND has_t AND hint = 'packaged' THEN 'packaged'
      WHEN kind IS NULL THEN NULL
      WHEN in_comprehensive OR in_observation THEN 'packaged'
      WHEN status = 'N' THEN 'packaged'
      WHEN status = 'Q4' AND has_any THEN 'packaged'
      WHEN status = 'Q4' AND test_rate IS NOT NULL THEN 'test'
      WHEN status = 'Q4' THEN NULL
      WHEN status = 'Q2' AND (has_t OR nth > 1) THEN 'packaged'
      WHEN status = 'Q1' AND (has_service OR nth > 1) THEN 'packaged'
      WHEN kind = 'conditional' THEN 'alone'
      WHEN has_critical_care AND NOT is_distinct THEN 'packaged'
      WHEN is_composed AND composite_apc IS NULL THEN NULL
      WHEN is_composite THEN 'composite'
      WHEN is_composed THEN 'packaged'
      WHEN kind IN ('discounted', 'product') THEN kind
      ELSE 'own'
    END AS how
  FROM ruled
)

SELECT
  * EXCLUDE (gap, modifier_gap, no_wage_index, has_t, has_service, has_any, is_plain),
  CASE
    WHEN how = 'packaged' THEN NULL
    WHEN how = 'test' THEN modifier_gap
    WHEN how IS NULL AND gap IS NOT NULL THEN gap
    WHEN status = 'Q4'
      THEN 'P45: a laboratory test by itself, paid under the laboratory fee schedule (status Q4)'
    WHEN how IS NULL
      THEN 'P46: several mental health services of a day may be one composite: not modelled'
    WHEN gap IS NOT NULL THEN gap
    WHEN modifier_gap IS NOT NULL THEN modifier_gap
    WHEN is_before_anesthesia AND is_device_intensive AND how <> 'product'
      THEN 'P48: modifier 73 takes the device portion off first: OPPS Addendum P is not loaded'
    WHEN is_off_campus AND status IN ('R', 'U')
      THEN 'P49: blood and brachytherapy of a non-excepted department are not modelled'
    WHEN how <> 'product' AND no_wage_index IS NOT NULL THEN 'P42: ' || no_wage_index
  END AS gap
FROM hows

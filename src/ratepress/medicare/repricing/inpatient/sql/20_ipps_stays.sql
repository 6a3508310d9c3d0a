-- step: ipps_stays
-- grain: one stay
-- key: stay
-- Rules P60 to P62, P65: what pays the stay, or the gap.
WITH stays AS (
  SELECT
    *,
    year(discharged_on) + CASE WHEN month(discharged_on) >= 10 THEN 1 ELSE 0 END AS fiscal_year
  FROM ipps_lines
  WHERE line_no = stay AND problem IS NULL
),

indexed AS (
  SELECT
    s.stay,
    s.stay_drg,
    s.charges,
    s.fiscal_year,
    s.discharged_on,
    s.ccn,
    h.* EXCLUDE (ccn, own_index, own_gaf, area, cola),
    h.ccn IS NOT NULL AS has_record,
    coalesce(h.own_index, w.wage_index) AS index_found,
    CAST(coalesce(h.own_index, w.wage_index, 1) AS DECIMAL(20, 4)) AS wage_index,
    CAST(
      CASE WHEN h.own_index IS NOT NULL THEN h.own_gaf ELSE coalesce(w.gaf, 1) END AS DECIMAL(20, 4)
    ) AS gaf,
    CAST(coalesce(h.cola, 1) AS DECIMAL(20, 3)) AS cola,
    w.gap AS index_gap
  FROM stays s
  LEFT JOIN ipps_hospitals h
    ON h.ccn = s.ccn AND s.discharged_on BETWEEN h.record_from AND h.record_until
  LEFT JOIN ipps_wages w
    ON w.fiscal_year = s.fiscal_year AND w.ccn = s.ccn
    AND w.cbsa = coalesce(nullif(s.cbsa, ''), h.area, '')
),

numbered AS (
  SELECT
    *,
    1 + CASE WHEN wage_index <= 1 THEN 2 ELSE 0 END
    + CASE WHEN coalesce(has_quality, true) THEN 0 ELSE 1 END
    + CASE WHEN coalesce(has_ehr, true) THEN 0 ELSE 4 END AS table_number
  FROM indexed
)

SELECT
  n.*,
  d.weight,
  d.is_post_acute,
  d.is_burn,
  a.labor,
  a.nonlabor,
  r.* EXCLUDE (fiscal_year),
  CASE
    WHEN n.discharged_on >= n.terminated_on THEN 'P66: the hospital is terminated on that day'
    WHEN n.is_waived THEN 'P66: the hospital is paid under the waiver of its state'
    WHEN NOT EXISTS (SELECT 1 FROM ipps_weights w WHERE w.fiscal_year = n.fiscal_year)
      THEN 'P61: no MS-DRG weights of fiscal year ' || n.fiscal_year || ' are loaded'
    WHEN d.drg IS NULL THEN 'P61: MS-DRG ' || n.stay_drg || ' has no weight in the release'
    WHEN a.labor IS NULL
      THEN 'P61: the standardized amounts of the hospital in fiscal year ' || n.fiscal_year
      || ' are not loaded'
    WHEN r.capital_rate IS NULL
      THEN 'P62: the capital rate of fiscal year ' || n.fiscal_year || ' is not known'
    WHEN n.has_bad_factor
      THEN 'P65: a factor of the hospital''s record lies where it cannot'
  END AS gap
FROM numbered n
LEFT JOIN ipps_weights d ON d.fiscal_year = n.fiscal_year AND d.drg = n.stay_drg
LEFT JOIN ipps_standard a ON a.fiscal_year = n.fiscal_year AND a.table_number = n.table_number
LEFT JOIN ipps_rates r ON r.fiscal_year = n.fiscal_year

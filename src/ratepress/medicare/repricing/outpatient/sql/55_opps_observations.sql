-- step: opps_observations
-- grain: one claim that is paid as comprehensive observation
-- key: claim_id
-- Rule P44: eight hours of observation, a visit of the day or the day before, no T procedure then.
WITH observed AS (
  SELECT a.claim_id, min(a.on_date) AS on_date
  FROM opps_asked a
  JOIN opps_segments s ON s.segment = a.segment
  WHERE a.code = 'G0378' AND a.units >= s.observation_hours
  GROUP BY a.claim_id
),

near AS (
  SELECT
    a.claim_id,
    a.line_no,
    a.rate,
    a.status = 'T' AS is_procedure,
    a.status = 'J2' AND (a.code <> 'G0379' OR a.on_date = o.on_date) AS is_visit
  FROM observed o
  JOIN opps_asked a
    ON a.claim_id = o.claim_id AND a.on_date BETWEEN o.on_date - 1 AND o.on_date
),

visits AS (
  SELECT claim_id, line_no
  FROM near
  WHERE is_visit AND rate IS NOT NULL
  QUALIFY row_number() OVER (PARTITION BY claim_id ORDER BY rate DESC, line_no) = 1
)

SELECT v.claim_id, v.line_no
FROM visits v
JOIN opps_claims c ON c.claim_id = v.claim_id AND c.comprehensive_line IS NULL
WHERE v.claim_id NOT IN (SELECT claim_id FROM near WHERE is_procedure)

-- step: diagnosed
-- grain: one line with diagnoses, whose code a coverage document or a list by code names
-- key: line_no
-- Rule C84. `state` is that of the line's ZIP code or locality; empty where neither says it.
WITH zip_states AS (
  SELECT zip_code, min(state) AS state
  FROM zip_localities
  GROUP BY zip_code
  HAVING count(DISTINCT state) = 1
),

locality_states AS (
  SELECT mac || '-' || locality AS locality, min(state) AS state
  FROM pfs_gpci
  GROUP BY mac, locality
  HAVING count(DISTINCT state) = 1
)

SELECT
  l.line_no,
  l.code,
  l.on_date,
  f.diagnoses,
  coalesce(z.state, g.state, '') AS state
FROM coded_lines l
JOIN forms f ON f.line_no = l.line_no
LEFT JOIN zip_states z ON z.zip_code = substr(f.zip, 1, 5)
LEFT JOIN locality_states g ON g.locality = f.locality
WHERE f.diagnoses <> ''
  AND (
    l.code IN (SELECT code FROM coverage_codes)
    OR l.code IN (SELECT code FROM coverage_diagnoses WHERE document_id = '')
  )

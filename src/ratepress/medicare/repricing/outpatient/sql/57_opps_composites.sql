-- step: opps_composites
-- grain: one family of composite payment on one claim and day, with two units or more
-- key: claim_id, on_date, family
-- Rule P46: the line with the highest rate is paid the composite. `apc` is null for mental health.
WITH members AS (
  SELECT
    *,
    row_number() OVER (
      PARTITION BY claim_id, on_date, family ORDER BY rate DESC NULLS LAST, line_no
    ) = 1 AS is_first
  FROM opps_asked
  WHERE family IS NOT NULL AND family <> 'critical care'
),

families AS (
  SELECT
    claim_id,
    on_date,
    family,
    any_value(segment) AS segment,
    family <> 'ultrasound' AND bool_or(has_contrast) AS has_contrast,
    max(line_no) FILTER (is_first) AS line_no
  FROM members
  GROUP BY claim_id, on_date, family
  HAVING sum(units) > 1
)

SELECT
  f.claim_id,
  f.on_date,
  f.family,
  f.line_no,
  a.apc,
  try_cast(r.rate AS DECIMAL(11, 4)) AS rate
FROM families f
JOIN opps_segments s ON s.segment = f.segment
LEFT JOIN opps_composite_apcs a ON a.family = f.family AND a.has_contrast = f.has_contrast
LEFT JOIN opps_apcs r ON r.content_id = s.apcs AND r.apc = a.apc

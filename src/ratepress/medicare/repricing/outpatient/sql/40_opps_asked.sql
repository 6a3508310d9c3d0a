-- step: opps_asked
-- grain: one outpatient line that can be read and whose day a release answers for
-- key: line_no
-- Rule P41: the first line of a claim for each status, by rate; lines of a claim count together.
SELECT
  l.* EXCLUDE (problem, no_release, segment),
  s.segment,
  s.substitute,
  s.tests_substitute,
  r.is_by_apc,
  r.status,
  r.apc,
  r.rate,
  r.test_rate,
  r.family,
  r.has_contrast,
  r.is_device_intensive,
  l.is_both AND r.has_sides AS counts_both,
  r.kind,
  r.is_outside,
  r.hint,
  r.gap,
  row_number() OVER (
    PARTITION BY l.claim_id, r.status ORDER BY r.rate DESC NULLS LAST, l.line_no
  ) AS nth
FROM opps_lines l
JOIN opps_segments s ON s.segment = l.segment
JOIN opps_rates r ON r.segment = l.segment AND r.code = l.code
WHERE l.problem IS NULL

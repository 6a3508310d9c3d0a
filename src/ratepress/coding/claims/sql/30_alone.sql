-- step: alone
-- grain: one thing found in one line by itself
-- key: line_no, case_id, x
-- Rules C62 to C64, C71, C72 and, for units beside 50, C78. `also` is the rule of the verdict.
SELECT
  line_no, code, 'malformed' AS case_id, problem AS x, '' AS y, '' AS z, '' AS also, NULL AS release
FROM checked_lines
WHERE problem IS NOT NULL

UNION ALL
SELECT
  l.line_no,
  l.code,
  CASE WHEN r.is_whole AND NOT r.is_substituted AND regexp_matches(l.code, '^\d')
    THEN 'code-unknown' ELSE 'code-not-found' END,
  r.name,
  CAST(l.on_date AS VARCHAR),
  '',
  '',
  l.pfs
FROM coded_lines l
JOIN check_releases r ON r.release = l.pfs
LEFT JOIN other_codes o ON o.code = l.code
WHERE l.status IS NULL AND o.code IS NULL

UNION ALL
SELECT l.line_no, l.code, v.case_id, v.modifier, v.effect, v.decided_by, v.rule, l.pfs
FROM coded_lines l
JOIN marks m ON m.mark = l.mark
JOIN verdicts v
  ON v.release = l.pfs AND v.code = l.code AND list_contains(m.asked, v.modifier)
WHERE l.claim_type = 'professional'

UNION ALL
SELECT l.line_no, l.code, s.case_id, s.status, s.label, '', '', l.pfs
FROM coded_lines l
JOIN statuses s ON s.status = l.status
WHERE l.claim_type = 'professional'

UNION ALL
SELECT
  line_no,
  code,
  'place-na',
  CASE site WHEN 'facility' THEN site ELSE 'non-facility' END,
  '',
  '',
  '',
  pfs
FROM coded_lines
WHERE claim_type = 'professional' AND is_na

UNION ALL
SELECT l.line_no, l.code, 'both-sides-units', CAST(l.units AS VARCHAR), '', '', '', NULL
FROM coded_lines l
JOIN marks m ON m.mark = l.mark
WHERE m.has_50 AND l.units > 1

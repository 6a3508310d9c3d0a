-- step: findings
-- grain: one case in one line, with the first of the other lines that it involves
-- key: line_no, case_id, x
-- The words of cases.yaml, filled.
WITH every AS (
  SELECT line_no, code, case_id, NULL AS other, x, y, z, also, release, false AS is_soft FROM alone
  UNION ALL BY NAME
  SELECT *, '' AS z, '' AS also, false AS is_soft FROM units
  UNION ALL BY NAME
  SELECT *, '' AS y, '' AS z, '' AS also, false AS is_soft FROM bundled
  UNION ALL BY NAME
  SELECT *, '' AS y, '' AS z, '' AS also, false AS is_soft FROM added_on
  UNION ALL BY NAME
  SELECT *, '' AS z, '' AS also, false AS is_soft FROM repeated
  UNION ALL BY NAME
  SELECT *, '' AS z, '' AS also FROM in_package
  UNION ALL BY NAME
  SELECT *, '' AS also, false AS is_soft FROM unsupported
)

SELECT
  * EXCLUDE (position, mark),
  CASE verdict WHEN 'deny' THEN 0 WHEN 'review' THEN 1 ELSE 2 END AS severity,
  -- The worst first, then in the order of the rules; several modifiers in that of their letters.
  (severity * 1000 + position) * 65536 + mark AS place
FROM (
  SELECT
    f.line_no,
    f.case_id,
    c.rule,
    c.position,
    CASE WHEN len(f.x) = 2 THEN ascii(f.x[1]) * 256 + ascii(f.x[2]) ELSE 0 END AS mark,
    CASE WHEN f.is_soft AND c.verdict = 'deny' THEN 'review' ELSE c.verdict END AS verdict,
    f.other + 1 AS other_line,
    replace(replace(replace(replace(replace(
      c.reason,
      '{line}', coalesce(CAST(f.other + 1 AS VARCHAR), '')),
      '{z}', CASE WHEN f.is_soft THEN n.words ELSE f.z END),
      '{y}', f.y),
      '{x}', f.x),
      '{code}', f.code) AS reason,
    replace(replace(replace(replace(
      c.correction,
      '{line}', coalesce(CAST(f.other + 1 AS VARCHAR), '')),
      '{y}', f.y),
      '{x}', f.x),
      '{code}', f.code) AS correction,
    c.carc,
    c.rarc,
    f.also,
    coalesce(r.is_substituted, false) AS is_substituted
  FROM every f
  JOIN cases c ON c.case_id = f.case_id
  CROSS JOIN no_practitioner n
  LEFT JOIN check_releases r ON r.release = f.release
)

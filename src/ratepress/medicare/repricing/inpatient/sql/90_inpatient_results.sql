-- step: inpatient_results
-- grain: one inpatient line whose form can be read
-- key: line_no
-- Rules P15 and P66: the first line of a stay has its payment, the others none of their own.
SELECT
  l.line_no,
  CASE
    WHEN l.problem IS NOT NULL OR s.gap IS NOT NULL THEN NULL
    WHEN l.line_no = l.stay THEN p.allowed
    ELSE 0
  END AS allowed_amount,
  l.problem IS NOT NULL AS is_invalid,
  CASE
    WHEN l.problem IS NOT NULL THEN 'P15'
    WHEN s.gap IS NOT NULL THEN substr(s.gap, 1, 3)
    WHEN l.line_no = l.stay THEN p.rules
    ELSE 'P66'
  END AS rules,
  CASE
    WHEN l.problem IS NOT NULL THEN l.problem
    WHEN s.gap IS NOT NULL THEN substr(s.gap, 6)
    WHEN l.line_no = l.stay THEN p.reason
    ELSE 'part of the stay: paid with its first line'
  END AS reason
FROM ipps_lines l
LEFT JOIN ipps_stays s ON s.stay = l.stay
LEFT JOIN ipps_amounts_paid p ON p.stay = l.stay

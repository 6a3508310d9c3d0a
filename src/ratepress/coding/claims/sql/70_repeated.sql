-- step: repeated
-- grain: one line that repeats, or is a part or a side of, another line of its code and day
-- key: line_no, case_id
-- Rules C75 to C78.
WITH sided AS (
  SELECT
    l.line_no,
    l.day,
    l.code,
    l.units,
    l.pos,
    l.part,
    l.bilateral,
    l.pfs,
    m.modifiers,
    m.is_repeat,
    m.is_again,
    m.is_both,
    m.side,
    m.is_whole
  FROM standing l
  JOIN marks m ON m.mark = l.mark
),

of_code AS (
  SELECT
    day,
    code,
    min(CASE WHEN is_whole THEN line_no END) AS first_whole,
    min(CASE WHEN is_both THEN line_no END) AS first_both,
    min(CASE WHEN side = 'LT' THEN line_no END) AS first_left,
    min(CASE WHEN side = 'RT' THEN line_no END) AS first_right,
    count(*) FILTER (NOT is_again) AS n_first
  FROM sided
  GROUP BY day, code
),

joined AS (
  SELECT s.*, o.* EXCLUDE (day, code) FROM sided s JOIN of_code o ON o.day = s.day AND o.code = s.code
)

SELECT line_no, code, 'duplicate' AS case_id, first_line AS other, '' AS x, '' AS y, NULL AS release
FROM (
  SELECT
    line_no, code, min(line_no) OVER (PARTITION BY day, code, modifiers, units, pos) AS first_line
  FROM sided
  WHERE NOT is_repeat
)
WHERE line_no > first_line

UNION ALL
SELECT line_no, code, 'repeat-without-first', NULL, '', '', NULL
FROM joined
WHERE is_again AND n_first = 0

UNION ALL
SELECT line_no, code, 'part-beside-whole', first_whole, part, '', NULL
FROM joined
WHERE part <> '' AND first_whole IS NOT NULL

UNION ALL
SELECT line_no, code, 'side-in-both', first_both, side, '', NULL
FROM joined
WHERE side <> '' AND first_both IS NOT NULL

UNION ALL
SELECT
  line_no,
  code,
  'sides-paid-once',
  CASE side WHEN 'LT' THEN first_right ELSE first_left END,
  side,
  bilateral,
  pfs
FROM joined
WHERE
  bilateral IN ('0', '2')
  AND ((side = 'LT' AND first_right < line_no) OR (side = 'RT' AND first_left < line_no))

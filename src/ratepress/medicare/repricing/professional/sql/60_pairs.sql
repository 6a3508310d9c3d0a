-- step: pairs
-- grain: one procedure billed for the right side on one line and for the left on another
-- key: line_no
-- Rule P18. `line_no` is the first of the two; indicators 3 and 9 make no pair.
WITH sided AS (
  SELECT
    *,
    row_number() OVER (
      PARTITION BY together, same_row, role_share, participation_share, package,
        therapy_assistant, equipment, side
      ORDER BY line_no
    ) AS nth
  FROM valued
  WHERE gap IS NULL AND side <> '' AND units = 1 AND bilateral IN ('0', '1', '2')
)

SELECT
  least(r.line_no, l.line_no) AS line_no,
  greatest(r.line_no, l.line_no) AS second_line,
  CASE WHEN r.bilateral = '1' THEN s.bilateral ELSE 1 END AS sides
FROM sided r
JOIN sided l
  ON l.together = r.together AND l.same_row = r.same_row AND l.nth = r.nth
  AND l.role_share = r.role_share AND l.participation_share = r.participation_share
  AND l.package = r.package AND l.therapy_assistant = r.therapy_assistant
  AND l.equipment = r.equipment
  AND r.side = 'RT' AND l.side = 'LT'
JOIN segments s ON s.segment = r.segment

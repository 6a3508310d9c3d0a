-- step: code_pairs
-- grain: one edit in force between two codes of one day
-- key: day, column_1, column_2
-- Rule C65: a release states a pair once for any day; copies that repeat it, by file.
SELECT a.day, a.code AS column_1, b.code AS column_2, e.modifier_indicator
FROM code_days a
JOIN code_days b ON b.day = a.day AND b.code <> a.code
JOIN check_ptp e
  ON e.release = a.ptp
  AND e.column_1 = a.code
  AND e.column_2 = b.code
  AND (
    e.edit_from IS NULL
    OR (
      e.edit_from <= a.on_date
      AND (e.edit_until IS NULL OR (e.edit_until >= a.on_date AND e.edit_until > e.edit_from))
    )
  )
WHERE e.modifier_indicator <> '9'
QUALIFY row_number() OVER (
  PARTITION BY a.day, a.code, b.code ORDER BY e.edit_from DESC, e.content_id
) = 1

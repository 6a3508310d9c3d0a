-- step: bundled
-- grain: one line in column 2 of edits with codes of its day, in one way
-- key: line_no, case_id
-- Rules C66 and C67: what separates the two, on either line. Of several partners, the first.
SELECT
  b.line_no,
  b.code,
  CASE
    WHEN p.modifier_indicator = '0' THEN 'ptp-never'
    WHEN m.separates OR a.separates THEN 'ptp-bypassed'
    WHEN len(m.places) > 0 AND len(a.places) > 0
      THEN CASE WHEN list_has_any(m.places, a.places) THEN 'ptp-same-place' ELSE 'ptp-bypassed' END
    WHEN len(m.places) > 0 THEN 'ptp-one-place'
    WHEN b.is_visit THEN 'ptp-open-visit'
    ELSE 'ptp-open'
  END AS case_id,
  a.first_line AS other,
  p.column_1 AS x,
  b.ptp AS release
FROM code_pairs p
JOIN code_days a ON a.day = p.day AND a.code = p.column_1
JOIN standing b ON b.day = p.day AND b.code = p.column_2
JOIN marks m ON m.mark = b.mark
QUALIFY row_number() OVER (PARTITION BY b.line_no, case_id ORDER BY a.first_line, p.column_1) = 1

-- step: code_days
-- grain: one code of one day
-- key: day, code
-- What the lines of a code say together, as a partner of an edit or an add-on.
SELECT
  l.day,
  l.code,
  any_value(l.ptp) AS ptp,
  any_value(l.on_date) AS on_date,
  any_value(CASE WHEN l.setting = 'practitioner' THEN l.add_ons END) AS add_ons,
  min(l.line_no) AS first_line,
  bool_or(m.separates) AS separates,
  list_distinct(flatten(list(m.places))) AS places
FROM standing l
JOIN marks m ON m.mark = l.mark
GROUP BY l.day, l.code

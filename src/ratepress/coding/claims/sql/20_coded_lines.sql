-- step: coded_lines
-- grain: one line that can be read and is not an inpatient one
-- key: line_no
-- The line with what the fee schedule, the places and the register say of it.
SELECT
  l.* EXCLUDE (problem, ptp_practitioner, ptp_outpatient, mue_practitioner, mue_outpatient),
  CASE WHEN l.setting = 'practitioner' THEN l.ptp_practitioner ELSE l.ptp_outpatient END AS ptp,
  CASE WHEN l.setting = 'practitioner' THEN l.mue_practitioner ELSE l.mue_outpatient END AS mue,
  m.part,
  m.is_assistant,
  coalesce(k.is_visit, false) AS is_visit,
  p.status,
  p.global_days,
  p.bilateral,
  CASE s.site
    WHEN 'facility' THEN coalesce(q.facility_is_na, false)
    WHEN 'nonfacility' THEN coalesce(q.nonfacility_is_na, false)
    ELSE false
  END AS is_na,
  s.site
FROM checked_lines l
JOIN marks m ON m.mark = l.mark
LEFT JOIN code_kinds k ON k.code = l.code
LEFT JOIN pfs_codes p ON p.release = l.pfs AND p.code = l.code
LEFT JOIN pfs_parts q ON q.release = l.pfs AND q.code = l.code AND q.part = m.part
LEFT JOIN sites s ON s.pos = l.pos AND (s.since IS NULL OR s.since <= l.on_date)
WHERE l.problem IS NULL AND l.setting <> ''

-- step: opps_lines
-- grain: one outpatient line whose form can be read
-- key: line_no
-- Rules P15 and P42. `problem` is the first thing wrong with what an outpatient line states.
SELECT
  f.line_no,
  f.claim_id,
  f.on_date,
  f.code,
  f.units,
  f.cbsa,
  f.ccn,
  m.is_terminated,
  m.is_before_anesthesia,
  m.is_both,
  m.is_distinct,
  m.is_off_campus,
  m.is_excepted,
  m.gap AS modifier_gap,
  d.segment,
  d.problem AS no_release,
  w.wage_index,
  w.gap AS no_wage_index,
  CASE
    WHEN NOT regexp_full_match(f.cbsa, '(\d{2}(\d{3})?)?')
      THEN 'cbsa has not five digits, or two for the rest of a state'
    ELSE m.problem
  END AS problem
FROM forms f
JOIN opps_modifiers m ON m.text = f.modifiers
LEFT JOIN opps_days d ON d.on_date = f.on_date
LEFT JOIN opps_wages w
  ON w.fiscal_year = year(f.on_date) AND w.ccn = f.ccn AND w.cbsa = f.cbsa
WHERE f.problem IS NULL AND f.claim_type = 'outpatient'

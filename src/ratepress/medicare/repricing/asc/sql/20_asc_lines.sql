-- step: asc_lines
-- grain: one ASC line whose form can be read
-- key: line_no
-- Rules P15 and P51. `problem` is the first thing wrong with what an ASC line states.
SELECT
  f.line_no,
  f.claim_id,
  f.on_date,
  f.code,
  f.units,
  f.cbsa,
  f.charge,
  m.asked,
  m.is_discontinued,
  m.is_before_anesthesia,
  m.is_both,
  m.has_50,
  m.has_full_credit,
  m.has_partial_credit,
  m.gap AS modifier_gap,
  d.segment,
  d.problem AS no_release,
  try_cast(w.wage_index AS DECIMAL(7, 4)) AS wage_index,
  CASE
    WHEN NOT regexp_full_match(f.cbsa, '(\d{2}(\d{3})?)?')
      THEN 'cbsa has not five digits, or two for the rest of a state'
    ELSE m.problem
  END AS problem
FROM forms f
JOIN asc_modifiers m ON m.text = f.modifiers
LEFT JOIN asc_days d ON d.on_date = f.on_date
LEFT JOIN asc_segments s ON s.segment = d.segment
LEFT JOIN asc_wage_index w ON w.content_id = s.wages AND w.cbsa = f.cbsa
WHERE f.problem IS NULL AND f.claim_type = 'asc'

-- step: checked
-- grain: one line of the file
-- key: line_no
-- A line is as its worst finding is; what could not be asked is named.
WITH several AS (SELECT line_no FROM findings GROUP BY line_no HAVING count(*) > 1),

-- Most lines have one finding, and need no order among them.
told AS (
  SELECT
    f.line_no,
    f.severity AS worst,
    -- In the order of their ids: the rule of a modifier's verdict is below C60.
    concat_ws(
      ' ', nullif(f.also, ''), f.rule, CASE WHEN f.is_substituted THEN 'P00' END
    ) AS rules,
    f.reason,
    coalesce(CAST(f.other_line AS VARCHAR), '') AS other_line,
    f.correction,
    array_to_string(f.carc, ' ') AS carc,
    array_to_string(f.rarc, ' ') AS rarc
  FROM findings f
  ANTI JOIN several s ON s.line_no = f.line_no

  UNION ALL
  SELECT
    f.line_no,
    min(f.severity),
    array_to_string(list_sort(list_distinct(
      list(f.rule)
      || coalesce(list(f.also) FILTER (f.also <> ''), [])
      || coalesce(list('P00') FILTER (f.is_substituted), [])
    )), ' '),
    string_agg(f.reason, ' ' ORDER BY f.place),
    array_to_string(
      list_sort(list_distinct(coalesce(list(f.other_line) FILTER (f.other_line IS NOT NULL), []))),
      ' '
    ),
    coalesce(
      string_agg(f.correction, ' ' ORDER BY f.place)
        FILTER (f.correction <> ''),
      ''
    ),
    array_to_string(list_sort(list_distinct(flatten(list(f.carc)))), ' '),
    array_to_string(list_sort(list_distinct(flatten(list(f.rarc)))), ' ')
  FROM findings f
  SEMI JOIN several s ON s.line_no = f.line_no
  GROUP BY f.line_no
)

SELECT
  l.line_no,
  a.allowed_amount,
  CASE coalesce(t.worst, 2) WHEN 0 THEN 'deny' WHEN 1 THEN 'review' ELSE 'pass' END AS status,
  coalesce(t.rules, '') AS rules,
  coalesce(t.reason, '') AS reason,
  coalesce(t.other_line, '') AS other_line,
  coalesce(t.correction, '') AS correction,
  coalesce(t.carc, '') AS carc,
  coalesce(t.rarc, '') AS rarc,
  CASE
    WHEN l.problem IS NOT NULL THEN ''
    WHEN l.setting = '' THEN 'C61 C63 C64 C66 C71 C74 C80 C81 C82 C84'
    ELSE concat_ws(
      ' ',
      CASE WHEN coalesce(l.mue_practitioner, -1) < 0 AND l.setting = 'practitioner'
        OR coalesce(l.mue_outpatient, -1) < 0 AND l.setting = 'outpatient' THEN 'C61' END,
      CASE WHEN l.pfs IS NULL THEN 'C63' END,
      CASE WHEN l.pfs IS NULL OR l.claim_type <> 'professional' THEN 'C64' END,
      CASE WHEN coalesce(l.ptp_practitioner, -1) < 0 AND l.setting = 'practitioner'
        OR coalesce(l.ptp_outpatient, -1) < 0 AND l.setting = 'outpatient' THEN 'C66' END,
      CASE WHEN l.pfs IS NULL OR l.claim_type <> 'professional' THEN 'C71' END,
      CASE WHEN l.add_ons IS NULL OR l.setting <> 'practitioner' THEN 'C74' END,
      CASE WHEN l.pfs IS NULL OR l.patient = '' OR l.claim_type <> 'professional'
        THEN 'C80 C81 C82' END,
      CASE WHEN h.line_no IS NULL THEN 'C84' END
    )
  END AS not_assessed,
  a.reason AS amount_reason
FROM checked_lines l
JOIN amounts a ON a.line_no = l.line_no
LEFT JOIN told t ON t.line_no = l.line_no
LEFT JOIN held h ON h.line_no = l.line_no

-- step: professional_results
-- grain: one professional line whose form can be read
-- key: line_no
-- Rules P15, P19, P35, P82: each with an amount or with its reason.
SELECT
  l.line_no,
  coalesce(n.allowed, t.allowed, a.allowed) AS allowed_amount,
  l.problem IS NOT NULL AS is_invalid,
  CASE
    WHEN l.problem IS NOT NULL THEN 'P15'
    WHEN n.gap IS NOT NULL THEN substr(n.gap, 1, 3)
    WHEN n.line_no IS NOT NULL THEN n.rules
    WHEN t.line_no IS NOT NULL THEN t.rules
    WHEN a.allowed IS NULL THEN substr(coalesce(v.gap, a.late_gap), 1, 3)
    ELSE concat_ws(
      ' ',
      CASE WHEN s.is_substituted OR l.is_old_zip THEN 'P00' END,
      'P01 P02',
      CASE WHEN l.component <> '' THEN 'P05' END,
      CASE WHEN v.is_capped THEN 'P06' END,
      'P08',
      CASE WHEN s.is_chosen THEN 'P10' END,
      a.p18,
      CASE WHEN l.patient = '' AND (v.multiple IN ('2', '3', '4', '5', '6', '7') OR l.side <> '')
        THEN 'P19' END,
      a.p20,
      a.p21,
      a.reduced_by,
      CASE WHEN l.role IN ('AS', 'assistant') THEN 'P26' END,
      CASE WHEN l.role = 'co-surgeon' THEN 'P27' END,
      CASE WHEN l.is_practitioner OR l.role = 'AS' THEN 'P29' END,
      CASE WHEN l.is_nonparticipating THEN 'P30' END,
      a.p31,
      CASE WHEN l.package <> '' THEN 'P72' END,
      CASE WHEN l.is_by_zip THEN 'P74' END,
      CASE WHEN l.therapy_assistant <> '' THEN 'P75' END,
      CASE WHEN l.equipment <> '' THEN 'P90' END
    )
  END AS rules,
  CASE
    WHEN l.problem IS NOT NULL THEN l.problem
    WHEN n.gap IS NOT NULL THEN substr(n.gap, 6)
    WHEN n.line_no IS NOT NULL THEN ''
    WHEN t.line_no IS NOT NULL THEN ''
    WHEN a.allowed IS NULL THEN substr(coalesce(v.gap, a.late_gap), 6)
    ELSE concat_ws(
      '; ',
      substr(v.condition, 6),
      CASE WHEN s.is_substituted
        THEN 'release ' || s.release || ' stands in for the one in force' END,
      CASE WHEN l.patient = '' AND (v.multiple IN ('2', '3', '4', '5', '6', '7') OR l.side <> '')
        THEN 'other claims of the day not assessed: no patient' END
    )
  END AS reason
FROM professional_lines l
LEFT JOIN valued v ON v.line_no = l.line_no
LEFT JOIN anesthesia n ON n.line_no = l.line_no
LEFT JOIN laboratory t ON t.line_no = l.line_no
LEFT JOIN amounts a ON a.line_no = l.line_no
LEFT JOIN segments s ON s.segment = v.segment

-- step: modifier_roles
-- grain: one text of modifiers that occurs in the lines
-- key: text
-- Rules P05, P17, P26 to P28, P36, P72, P73, P75, P90: what each modifier asks for. `problem` names a contradiction.
WITH sorted AS (
  SELECT
    text,
    asked,
    [m FOR m IN asked IF m IN ('26', 'TC', '53')] AS components,
    list_contains(asked, '50') OR list_has_all(asked, ['RT', 'LT']) AS is_both,
    list_contains(asked, 'RT') AS is_right,
    list_contains(asked, 'LT') AS is_left,
    CAST(list_has_any(asked, ['80', '81', '82', 'AS']) AS INTEGER)
    + CAST(list_contains(asked, '62') AS INTEGER)
    + CAST(list_contains(asked, '66') AS INTEGER) AS n_roles,
    CASE
      WHEN list_contains(asked, 'AS') THEN 'AS'
      WHEN list_has_any(asked, ['80', '81', '82']) THEN 'assistant'
      WHEN list_contains(asked, '62') THEN 'co-surgeon'
      WHEN list_contains(asked, '66') THEN 'team'
      ELSE ''
    END AS role,
    list_sort([m FOR m IN asked IF m IN ('54', '55', '56', '78')]) AS packages,
    list_sort([m FOR m IN asked IF m IN ('CQ', 'CO')]) AS therapy_assistants,
    list_sort([m FOR m IN asked IF m IN ('FX', 'FY', 'CT')]) AS machines,
    list_sort([m FOR m IN asked IF m IN ('AA', 'AD', 'QK', 'QX', 'QY', 'QZ')]) AS performers,
    list_sort([m FOR m IN asked IF NOT list_contains(known, m)]) AS unknown
  FROM modifier_texts
  CROSS JOIN known_modifiers
)

SELECT
  text,
  coalesce(components[1], '') AS component,
  is_both,
  CASE WHEN is_both THEN '' WHEN is_right THEN 'RT' WHEN is_left THEN 'LT' ELSE '' END AS side,
  role,
  coalesce(packages[1], '') AS package,
  coalesce(therapy_assistants[1], '') AS therapy_assistant,
  coalesce(machines[1], '') AS equipment,
  performers,
  CASE
    WHEN len(components) > 1 OR n_roles > 1 THEN 'the modifiers contradict each other: ' || text
  END AS problem,
  CASE
    WHEN list_contains(asked, '52') THEN 'P17: modifier 52, reduced services, is priced by report'
    WHEN list_has_any(asked, ['73', '74'])
      THEN 'P17: modifiers 73 and 74 are for facilities, not for professional lines'
    WHEN list_contains(asked, '22')
      THEN 'P73: modifier 22, increased services: the contractor sets the amount by report'
    WHEN len(packages) > 1
      THEN 'P72: modifiers ' || packages[1] || ' and ' || packages[2] || ' contradict each other'
    WHEN len(machines) > 1
      THEN 'P90: modifiers ' || machines[1] || ' and ' || machines[2]
      || ' contradict each other'
    WHEN len(unknown) > 0 THEN 'P09: modifier pricing not modelled: ' || unknown[1]
  END AS gap
FROM sorted

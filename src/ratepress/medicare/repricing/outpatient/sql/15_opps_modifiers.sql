-- step: opps_modifiers
-- grain: one text of modifiers that occurs in the lines
-- key: text
-- Rules P48, P49 and P09: what the modifiers of a text ask for. `problem` names a contradiction.
WITH read AS (
  SELECT text, asked, [m FOR m IN asked IF NOT list_contains(known, m)] AS unknown
  FROM modifier_texts
  CROSS JOIN opps_known_modifiers
)

SELECT
  text,
  list_has_any(asked, ['52', '73']) AS is_terminated,
  list_contains(asked, '73') AS is_before_anesthesia,
  list_contains(asked, '50') OR list_has_all(asked, ['RT', 'LT']) AS is_both,
  list_has_any(asked, ['59', 'XE', 'XP', 'XS', 'XU']) AS is_distinct,
  list_contains(asked, 'PN') AS is_off_campus,
  list_contains(asked, 'PO') AS is_excepted,
  CASE
    WHEN list_has_all(asked, ['73', '74']) OR list_has_all(asked, ['PN', 'PO'])
      THEN 'the modifiers contradict each other: ' || text
  END AS problem,
  CASE WHEN len(unknown) > 0 THEN 'P09: modifier pricing not modelled: ' || unknown[1] END AS gap
FROM read

-- step: marks
-- grain: one text of modifiers that occurs in the lines
-- key: mark
-- What a line says by its modifiers; the lines themselves hold the number alone.
WITH numbered AS (
  SELECT text, asked, CAST(row_number() OVER (ORDER BY text) AS INTEGER) AS mark
  FROM modifier_texts
)

SELECT
  t.mark,
  t.text,
  t.asked,
  array_to_string(list_sort(t.asked), ' ') AS modifiers,
  list_has_any(t.asked, b.separating) AS separates,
  CASE WHEN list_contains(t.asked, '50') THEN ['LT', 'RT'] ELSE [] END
  || [m FOR m IN t.asked IF list_contains(b.places, m)] AS places,
  CASE
    WHEN list_contains(t.asked, '26') THEN '26' WHEN list_contains(t.asked, 'TC') THEN 'TC' ELSE ''
  END AS part,
  NOT list_has_any(t.asked, ['26', 'TC', '53']) AS is_whole,
  list_has_any(t.asked, ['80', '81', '82', 'AS']) AS is_assistant,
  list_has_any(t.asked, ['76', '77', '91']) AS is_repeat,
  list_contains(t.asked, '76') AS is_again,
  list_contains(t.asked, '50') AS has_50,
  list_contains(t.asked, '50') OR list_has_all(t.asked, ['LT', 'RT']) AS is_both,
  CASE
    WHEN list_contains(t.asked, '50') OR list_has_all(t.asked, ['LT', 'RT']) THEN ''
    WHEN list_contains(t.asked, 'LT') THEN 'LT'
    WHEN list_contains(t.asked, 'RT') THEN 'RT'
    ELSE ''
  END AS side,
  list_contains(t.asked, '24') AS has_24,
  list_contains(t.asked, '25') AS has_25,
  list_contains(t.asked, '57') AS has_57,
  list_has_any(t.asked, ['55', '56']) AS is_other_care,
  list_has_any(t.asked, ['58', '78', '79']) AS is_explained
FROM numbered t
CROSS JOIN bypassing b

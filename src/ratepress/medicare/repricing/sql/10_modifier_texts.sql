-- step: modifier_texts
-- grain: one text of modifiers that occurs in the lines
-- key: text
-- Rule P15: the modifiers of a text, each once. `problem` names what cannot be read.
WITH split AS (
  SELECT
    text,
    list_distinct(
      [m FOR m IN string_split_regex(upper(text), '\s+') IF m <> '']
    ) AS asked
  FROM (SELECT DISTINCT coalesce(modifiers, '') AS text FROM raw_lines)
)

SELECT
  text,
  asked,
  'a modifier has two letters or digits: '
  || [m FOR m IN asked IF NOT regexp_full_match(m, '[A-Z0-9]{2}')][1] AS problem
FROM split

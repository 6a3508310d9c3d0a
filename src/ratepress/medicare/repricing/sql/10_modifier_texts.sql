-- step: modifier_texts
-- grain: one text of modifiers that occurs in the lines
-- key: text
-- Rule P15: the modifiers of a text, each once. `problem` names what cannot be read.
WITH split AS (
  SELECT
    text,
    -- In their order: `list_distinct` has none, and reasons name the first that is not known.
    [m FOR m, i IN parts IF m <> '' AND list_position(parts, m) = i] AS asked
  FROM (
    SELECT text, string_split_regex(upper(text), '\s+') AS parts
    FROM (SELECT DISTINCT coalesce(modifiers, '') AS text FROM raw_lines)
  )
)

SELECT
  text,
  asked,
  'a modifier has two letters or digits: '
  || [m FOR m IN asked IF NOT regexp_full_match(m, '[A-Z0-9]{2}')][1] AS problem
FROM split

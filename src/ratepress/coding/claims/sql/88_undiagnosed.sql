-- step: undiagnosed
-- grain: one line none of whose diagnoses is covered where a document lists those that are, or
--   that has one which a document excludes and none which is covered
-- key: line_no
-- Rule C84. A diagnosis that one document covers and another excludes is excluded (C101).
WITH stated AS (
  SELECT DISTINCT line_no, unnest(string_split(replace(diagnoses, '.', ''), ' ')) AS diagnosis
  FROM diagnosed
),

-- The lists that answer for a line: those of documents of its state, and copies by code.
lists AS (
  SELECT
    d.line_no, d.code, c.document_type, c.document_id, c.version, c.display
  FROM diagnosed d
  JOIN covering_days c ON c.code = d.code AND c.on_date = d.on_date
  WHERE c.version <> ''
    AND (d.state = '' OR c.states IS NULL OR list_contains(c.states, d.state))
  UNION ALL
  SELECT line_no, code, '', '', '', 'a list by code' FROM diagnosed
),

listed AS (
  SELECT DISTINCT document_type, document_id, version, code, stance, replace(diagnosis, '.', '')
  AS diagnosis
  FROM coverage_diagnoses
),

-- By kind of list, for it is enough that a document has one.
kinds AS (SELECT DISTINCT document_type, document_id, version, code, stance FROM listed),

asked AS (
  SELECT
    l.line_no,
    bool_or(k.stance = 'covered') AS has_covered,
    list_sort(list(DISTINCT l.display) FILTER (k.stance = 'covered')) AS covering
  FROM lists l
  JOIN kinds k
    ON k.document_type = l.document_type AND k.document_id = l.document_id
    AND k.version = l.version
    AND (k.code = l.code OR k.code = '' AND k.document_id <> '')
  GROUP BY l.line_no
),

stances AS (
  SELECT
    s.line_no,
    s.diagnosis,
    bool_or(g.stance = 'excluded') AS is_excluded,
    bool_or(g.stance = 'covered') AS is_covered,
    list_sort(list(DISTINCT l.display) FILTER (g.stance = 'excluded')) AS excluding
  FROM stated s
  JOIN lists l ON l.line_no = s.line_no
  JOIN listed g
    ON g.document_type = l.document_type AND g.document_id = l.document_id
    AND g.version = l.version AND g.diagnosis = s.diagnosis
    AND (g.code = l.code OR g.code = '' AND g.document_id <> '')
  GROUP BY s.line_no, s.diagnosis
),

judged AS (
  SELECT
    line_no,
    bool_or(is_covered AND NOT is_excluded) AS is_covered,
    bool_or(is_excluded) AS is_excluded,
    list_sort(list(diagnosis) FILTER (is_excluded)) AS excluded,
    list_sort(list_distinct(flatten(list(excluding) FILTER (is_excluded)))) AS excluding
  FROM stances
  GROUP BY line_no
)

SELECT
  d.line_no,
  d.code,
  CASE WHEN j.is_excluded THEN 'diagnosis-excluded' ELSE 'diagnosis-not-listed' END AS case_id,
  CASE WHEN j.is_excluded THEN array_to_string(j.excluded, ', ') ELSE d.diagnoses END AS x,
  CASE
    WHEN j.is_excluded THEN array_to_string(j.excluding[1:3], ', ')
    ELSE array_to_string(a.covering[1:3], ', ')
  END AS y,
  CASE WHEN d.state = '' THEN ' The line names no state, so those of every contractor were read.'
    ELSE '' END AS z
FROM diagnosed d
JOIN asked a ON a.line_no = d.line_no
LEFT JOIN judged j ON j.line_no = d.line_no
WHERE NOT coalesce(j.is_covered, false)
  AND (coalesce(j.is_excluded, false) OR a.has_covered)

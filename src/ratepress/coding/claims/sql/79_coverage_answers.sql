-- step: coverage_answers
-- grain: one document with lists of diagnoses, asked one question
-- key: question, document_type, document_id
-- Rules C84 and C85. One diagnosis that is covered is enough; `case_id` is null where it is.
WITH told AS (
  SELECT DISTINCT question, replace(word, '.', '') AS diagnosis
  FROM (SELECT question, unnest(string_split_regex(diagnoses, '[\s,;|]+')) AS word FROM questions)
  WHERE regexp_full_match(word, '[A-Z][0-9][0-9A-Z](\.?[0-9A-Z]{1,4})?')
),

lists AS (
  SELECT d.* EXCLUDE (diagnosis), replace(d.diagnosis, '.', '') AS diagnosis
  FROM coverage_diagnoses d
  SEMI JOIN coverage_in_force c
    ON c.document_type = CASE WHEN d.document_id = '' THEN '' ELSE d.document_type END
    AND c.document_id = d.document_id
    AND c.version = d.version
),

kinds AS (
  SELECT document_id, document_type, version, code, bool_or(stance = 'covered') AS has_covered
  FROM lists
  GROUP BY ALL
),

listed AS (
  SELECT
    document_id,
    document_type,
    version,
    code,
    diagnosis,
    bool_or(stance = 'covered') AS is_covered,
    bool_or(stance = 'excluded') AS is_excluded,
    bool_or(stance = 'covered' AND coalesce(asterisk, '') IN ('', 'N', '0')) AS is_plain
  FROM lists
  WHERE diagnosis IN (SELECT diagnosis FROM told)
  GROUP BY ALL
),

asked AS (
  SELECT
    q.question,
    q.code,
    c.document_type,
    c.document_id,
    c.version,
    c.shown,
    c.is_dated,
    c.states,
    q.state = '' AS is_anywhere,
    bool_or(k.has_covered) AS has_covered
  FROM questions q
  JOIN coverage_in_force c
    ON c.code = q.code
    AND c.on_date = q.on_date
    AND (q.state = '' OR NOT c.are_states OR list_contains(c.states, q.state))
  JOIN kinds k
    ON k.document_id = c.document_id
    AND k.version = c.version
    AND (c.document_id = '' OR k.document_type = c.document_type)
    AND k.code IN ('', q.code)
  GROUP BY ALL
),

by_diagnosis AS (
  SELECT
    a.question,
    a.document_type,
    a.document_id,
    t.diagnosis,
    coalesce(bool_or(l.is_covered), false) AS is_covered,
    coalesce(bool_or(l.is_excluded), false) AS is_excluded,
    coalesce(bool_or(l.is_plain), false) AS is_plain
  FROM asked a
  JOIN told t ON t.question = a.question
  LEFT JOIN listed l
    ON l.document_id = a.document_id
    AND l.version = a.version
    AND l.diagnosis = t.diagnosis
    AND (a.document_id = '' OR l.document_type = a.document_type)
    AND l.code IN ('', a.code)
  GROUP BY ALL
),

judged AS (
  SELECT
    question,
    document_type,
    document_id,
    bool_or(is_covered AND NOT is_excluded) AS is_supported,
    bool_or(is_plain AND NOT is_excluded) AS is_plainly,
    list_sort(list(diagnosis) FILTER (is_excluded)) AS excluded,
    list_sort(list(diagnosis)) AS diagnoses
  FROM by_diagnosis
  GROUP BY ALL
)

SELECT
  a.question,
  a.document_type,
  a.document_id,
  CASE
    WHEN j.is_plainly THEN NULL
    WHEN j.is_supported THEN 'diagnosis-conditional'
    WHEN len(j.excluded) > 0 THEN 'diagnosis-excluded'
    WHEN a.has_covered THEN 'diagnosis-not-listed'
  END AS case_id,
  a.shown,
  CASE WHEN NOT j.is_supported AND len(j.excluded) > 0 THEN j.excluded ELSE j.diagnoses END
  AS diagnoses,
  CASE
    WHEN a.document_type IN ('', 'ncd') THEN ''
    WHEN len(a.states) = 0 THEN ' No loaded file says in which states it holds.'
    WHEN a.is_anywhere
      THEN ' It holds in ' || array_to_string(a.states[1:6], ', ')
        || CASE WHEN len(a.states) > 6 THEN ' and ' || (len(a.states) - 6) || ' more' ELSE '' END
        || ', and the line does not say where the service was: it depends on the contractor.'
    ELSE ''
  END
  || CASE WHEN a.is_dated THEN '' ELSE ' No loaded file says on which days it holds.' END AS place
FROM asked a
JOIN judged j
  ON j.question = a.question
  AND j.document_type = a.document_type
  AND j.document_id = a.document_id

-- step: coverage_in_force
-- grain: one coverage document that names a code on a day
-- key: code, on_date, document_type, document_id
-- Rule C100, for all codes and days at once; lists that are stated by code and by no document have
-- an empty type. `states` is empty where no loaded file says where the document holds;
-- `are_states` is false where one of them is none of the fee schedule, but perhaps a part of one.
WITH asked AS (SELECT DISTINCT code, on_date FROM questions),

named AS (
  SELECT DISTINCT c.code, c.document_type, c.document_id, c.version
  FROM coverage_codes c
  SEMI JOIN asked a ON a.code = c.code
),

-- A version without a single code in the lake cannot say that it names none.
versions AS (
  SELECT DISTINCT c.document_type, c.document_id, c.version
  FROM coverage_codes c
  SEMI JOIN named n ON n.document_type = c.document_type AND n.document_id = c.document_id
),

candidates AS (
  SELECT
    n.code,
    v.document_type,
    v.document_id,
    coalesce(d.version, v.version) AS version,
    x.code IS NOT NULL AS is_named,
    coalesce(d.effective_from, d.first_effective_on) AS first_day,
    least(d.effective_until, d.ended_on, d.retired_on) AS last_day,
    coalesce(d.display_id, v.document_id) AS display_id,
    d.content_id
  FROM (SELECT DISTINCT code, document_type, document_id FROM named) n
  JOIN versions v ON v.document_type = n.document_type AND v.document_id = n.document_id
  LEFT JOIN named x
    ON x.code = n.code
    AND x.document_type = v.document_type
    AND x.document_id = v.document_id
    AND x.version = v.version
  LEFT JOIN coverage_documents d
    ON d.document_type = v.document_type
    AND d.document_id = v.document_id
    AND v.version IN ('', d.version)
  WHERE x.code IS NOT NULL OR v.version <> ''
),

on_days AS (
  SELECT
    a.on_date,
    c.*,
    bool_or(c.first_day IS NOT NULL) OVER (
      PARTITION BY a.on_date, c.code, c.document_type, c.document_id
    ) AS is_dated
  FROM asked a
  JOIN candidates c ON c.code = a.code
),

-- Versions count as numbers: 11 is higher than 8.
chosen AS (
  SELECT *
  FROM on_days
  WHERE
    NOT is_dated
    OR (
      display_id NOT LIKE 'D%'
      AND first_day <= on_date
      AND (last_day IS NULL OR on_date <= last_day)
    )
  QUALIFY row_number() OVER (
    PARTITION BY on_date, code, document_type, document_id
    ORDER BY
      CASE WHEN is_dated THEN coalesce(try_cast(version AS INTEGER), -1) END DESC NULLS LAST,
      is_named DESC,
      CASE WHEN is_dated THEN content_id END DESC NULLS LAST,
      version
  ) = 1
),

places AS (
  SELECT
    x.document_type,
    x.document_id,
    x.version,
    j.first_on,
    j.last_on,
    s.state
  FROM coverage_contractors x
  SEMI JOIN chosen c
    ON c.document_type = x.document_type
    AND c.document_id = x.document_id
    AND c.version = x.version
  JOIN contractor_states j
    ON j.contractor_id = x.contractor_id
    AND j.contractor_type = x.contractor_type
    AND j.contractor_version = x.contractor_version
  JOIN coverage_states s ON s.state_id = j.state_id
  WHERE s.state IS NOT NULL
),

served AS (
  SELECT
    c.code,
    c.on_date,
    c.document_type,
    c.document_id,
    list_sort(list(DISTINCT p.state)) AS states,
    bool_and(p.state IN (SELECT state FROM pfs_gpci)) AS are_states
  FROM chosen c
  JOIN places p
    ON p.document_type = c.document_type
    AND p.document_id = c.document_id
    AND p.version = c.version
    AND coalesce(p.first_on <= c.on_date, true)
    AND coalesce(c.on_date <= p.last_on, true)
  GROUP BY ALL
)

SELECT
  c.code,
  c.on_date,
  c.document_type,
  c.document_id,
  c.version,
  CASE c.document_type WHEN 'lcd' THEN 'LCD ' WHEN 'ncd' THEN 'NCD ' ELSE 'Article ' END
  || CASE
    WHEN c.document_type = 'lcd' AND c.display_id NOT LIKE 'L%' THEN 'L'
    WHEN c.document_type = 'article' AND c.display_id NOT LIKE 'A%' THEN 'A'
    ELSE ''
  END
  || regexp_replace(c.display_id, '^NCD ', '')
  || CASE WHEN c.version = '' THEN '' ELSE ' version ' || c.version END AS shown,
  c.is_dated,
  coalesce(s.states, []) AS states,
  coalesce(s.are_states, false) AS are_states
FROM chosen c
LEFT JOIN served s
  ON s.code = c.code
  AND s.on_date = c.on_date
  AND s.document_type = c.document_type
  AND s.document_id = c.document_id
WHERE c.is_named

UNION ALL
SELECT a.code, a.on_date, '', '', '', 'A copy of coverage lists', false, [], false
FROM asked a
SEMI JOIN (SELECT code FROM coverage_diagnoses WHERE document_id = '') d ON d.code = a.code

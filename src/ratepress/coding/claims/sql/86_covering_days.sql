-- step: covering_days
-- grain: one coverage document that answers for one code on one day
-- key: code, on_date, document_type, document_id
-- Rule C100: of the versions in force the highest, if it names the code; a document whose days no
-- file states answers for every day. `states` is null where it is not known to hold in part only:
-- also where one of its areas is no state of the fee schedule, but a part of one.
WITH days AS (SELECT DISTINCT code, on_date FROM diagnosed),

dated AS (
  SELECT y.on_date, d.*
  FROM days y
  JOIN listing_documents d ON d.code = y.code
  WHERE d.first_day <= y.on_date
    AND (d.last_day IS NULL OR y.on_date <= d.last_day)
    AND NOT d.is_proposed
  QUALIFY row_number() OVER (
    PARTITION BY y.code, y.on_date, d.document_type, d.document_id
    ORDER BY d.number DESC, d.is_named DESC
  ) = 1
),

undated AS (
  SELECT *
  FROM listing_documents
  WINDOW same AS (PARTITION BY code, document_type, document_id)
  QUALIFY bool_and(first_day IS NULL) OVER same
    AND row_number() OVER (same ORDER BY is_named DESC, version) = 1
),

answering AS (
  SELECT code, on_date, document_type, document_id, version, display FROM dated WHERE is_named
  UNION ALL
  SELECT u.code, y.on_date, u.document_type, u.document_id, u.version, u.display
  FROM undated u
  JOIN days y ON y.code = u.code
),

areas AS (
  SELECT
    a.document_type, a.document_id, a.version, a.on_date,
    list(DISTINCT s.state) AS states,
    bool_and(s.state IN (SELECT state FROM pfs_gpci WHERE state IS NOT NULL)) AS are_states
  FROM (SELECT DISTINCT document_type, document_id, version, on_date FROM answering) a
  JOIN coverage_contractors x
    ON x.document_type = a.document_type AND x.document_id = a.document_id
    AND x.version = a.version
  JOIN contractor_states j
    ON j.contractor_id = x.contractor_id AND j.contractor_type = x.contractor_type
    AND j.contractor_version = x.contractor_version
    AND coalesce(j.first_on <= a.on_date, true) AND coalesce(a.on_date <= j.last_on, true)
  JOIN coverage_states s ON s.state_id = j.state_id
  GROUP BY a.document_type, a.document_id, a.version, a.on_date
)

SELECT a.*, CASE WHEN s.are_states THEN s.states END AS states
FROM answering a
LEFT JOIN areas s
  ON s.document_type = a.document_type AND s.document_id = a.document_id
  AND s.version = a.version AND s.on_date = a.on_date

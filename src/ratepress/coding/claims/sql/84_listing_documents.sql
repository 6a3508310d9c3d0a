-- step: listing_documents
-- grain: one version of one coverage document that may hold for one code of a diagnosed line
-- key: code, document_type, document_id, version, first_day, last_day, is_named
-- Rule C100. A version without a single code in the lake cannot say that it names none; a copy
-- names no version, and then every version of the document is looked at.
WITH named AS (
  SELECT DISTINCT code, document_type, document_id, version
  FROM coverage_codes
  WHERE code IN (SELECT code FROM diagnosed)
),

pairs AS (
  SELECT n.code, v.document_type, v.document_id, v.version, m.code IS NOT NULL AS is_named
  FROM (SELECT DISTINCT code, document_type, document_id FROM named) n
  JOIN (SELECT DISTINCT document_type, document_id, version FROM coverage_codes) v
    ON v.document_type = n.document_type AND v.document_id = n.document_id
  LEFT JOIN named m
    ON m.code = n.code AND m.document_type = v.document_type AND m.document_id = v.document_id
    AND m.version = v.version
)

SELECT DISTINCT
  p.code,
  p.document_type,
  p.document_id,
  coalesce(d.version, p.version) AS version,
  coalesce(try_cast(d.version AS INTEGER), -1) AS number,
  p.is_named,
  coalesce(d.effective_from, d.first_effective_on) AS first_day,
  least(d.effective_until, d.ended_on, d.retired_on) AS last_day,
  coalesce(starts_with(d.display_id, 'D'), false) AS is_proposed,
  CASE
    WHEN starts_with(d.display_id, 'D') OR starts_with(d.display_id, k.letter) THEN d.display_id
    ELSE k.letter || coalesce(d.display_id, p.document_id)
  END AS display
FROM pairs p
JOIN (VALUES ('lcd', 'L'), ('article', 'A'), ('ncd', 'NCD ')) k(document_type, letter)
  ON k.document_type = p.document_type
LEFT JOIN coverage_documents d
  ON d.document_type = p.document_type AND d.document_id = p.document_id
  AND p.version IN ('', d.version)
WHERE p.is_named OR p.version <> ''

-- step: repeated_amounts
-- grain: one amount that a payer and plan state for a large share of unrelated codes of one file
-- key: content_id, payer_name, plan_name, dollars
-- Rule Q02, third part.
SELECT
  v.content_id, v.payer_name, v.plan_name, v.dollars
FROM (
  SELECT
    r.content_id, r.payer_name, coalesce(r.plan_name, '') AS plan_name, r.dollars,
    count(DISTINCT r.code) AS codes,
    count(DISTINCT substr(r.code, 1, 3)) AS families
  FROM rates r
  JOIN asked_contents a ON a.content_id = r.content_id
  WHERE r.dollars IS NOT NULL AND r.code IS NOT NULL
  GROUP BY r.content_id, r.payer_name, coalesce(r.plan_name, ''), r.dollars
) v
JOIN (
  SELECT
    r.content_id, r.payer_name, coalesce(r.plan_name, '') AS plan_name,
    count(DISTINCT r.code) AS codes
  FROM rates r
  JOIN asked_contents a ON a.content_id = r.content_id
  WHERE r.dollars IS NOT NULL AND r.code IS NOT NULL
  GROUP BY r.content_id, r.payer_name, coalesce(r.plan_name, '')
) t
  ON t.content_id = v.content_id AND t.payer_name = v.payer_name AND t.plan_name = v.plan_name
CROSS JOIN settings s
WHERE v.codes >= s.q02_min_codes
  AND v.families >= s.q02_min_families
  AND v.codes * 100 >= t.codes * s.q02_min_share_percent

-- step: repeated_amounts
-- grain: one amount that a payer and plan state for a large share of unrelated codes of one file
-- key: content_id, payer_name, plan_name, dollars
-- Rule Q02, third part. It looks at all prices of a file, and not at those of the asked codes alone.
SELECT
  w.content_id, w.payer_name, w.plan_name, w.dollars
FROM (
  SELECT
    c.content_id, c.payer_name, c.plan_name, c.dollars,
    c.n_codes AS codes,
    c.n_families AS families,
    c.n_codes_of_plan AS codes_of_plan
  FROM amount_spreads c
  JOIN asked_contents a ON a.content_id = c.content_id
  WHERE c.dollars IS NOT NULL

  UNION ALL

  SELECT
    v.content_id, v.payer_name, v.plan_name, v.dollars, v.codes, v.families, t.codes
  FROM (
    SELECT
      r.content_id, r.payer_name, coalesce(r.plan_name, '') AS plan_name, r.dollars,
      count(DISTINCT r.code) AS codes,
      count(DISTINCT substr(r.code, 1, 3)) AS families
    FROM rates r
    JOIN uncounted_contents a ON a.content_id = r.content_id
    WHERE r.dollars IS NOT NULL AND r.code IS NOT NULL
    GROUP BY r.content_id, r.payer_name, coalesce(r.plan_name, ''), r.dollars
  ) v
  JOIN (
    SELECT
      r.content_id, r.payer_name, coalesce(r.plan_name, '') AS plan_name,
      count(DISTINCT r.code) AS codes
    FROM rates r
    JOIN uncounted_contents a ON a.content_id = r.content_id
    WHERE r.dollars IS NOT NULL AND r.code IS NOT NULL
    GROUP BY r.content_id, r.payer_name, coalesce(r.plan_name, '')
  ) t
    ON t.content_id = v.content_id AND t.payer_name = v.payer_name AND t.plan_name = v.plan_name
) w
CROSS JOIN settings s
WHERE w.codes >= s.q02_min_codes
  AND w.families >= s.q02_min_families
  AND w.codes * 100 >= w.codes_of_plan * s.q02_min_share_percent

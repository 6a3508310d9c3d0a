-- step: traced_rows
-- grain: one published row that states one distinct dollar price
-- key: price_id, content_id, rate_id
-- The way back of rule M03: what was one price in `prices`, row by row again. Of a derived dollar
-- (M12) the percentage that the row states, and the gross charge that it is taken of.
SELECT
  d.price_id, r.content_id, r.rate_id, r.place, r.payer_name, r.plan_name, k.dollars,
  k.percentage, k.gross
FROM (
  SELECT
    key_no, rate_no, payer_no, hospital_no, set_no, dollars,
    CAST(NULL AS DECIMAL(18, 6)) AS percentage,
    CAST(NULL AS DECIMAL(18, 4)) AS gross
  FROM rate_keys
  UNION ALL
  SELECT
    r.key_no, r.rate_no, r.payer_no, r.hospital_no, r.set_no, r.dollars, r.percentage,
    g.lowest_gross
  FROM derived_rates r
  JOIN derived_ranges g ON g.rate_no = r.rate_no AND g.key_no = -r.key_no
) k
JOIN published_rates r ON r.rate_no = k.rate_no
LEFT JOIN set_providers p ON p.set_no = k.set_no
JOIN prices d
  ON d.key_no = k.key_no AND d.payer_no = k.payer_no AND d.hospital_no = k.hospital_no
  AND d.dollars IS NOT DISTINCT FROM k.dollars
LEFT JOIN set_providers q ON q.set_no = d.set_no
WHERE d.statement IN ('dollar', 'derived dollar')
  AND p.providers_no IS NOT DISTINCT FROM q.providers_no

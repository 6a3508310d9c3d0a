-- step: traced_rows
-- grain: one published row that states one distinct dollar price
-- key: price_id, content_id, rate_id
-- The way back of rule M03: what was one price in `distinct_prices`, row by row again. Of a derived
-- dollar (M12) the percentage that the row states, and the gross charge that it is taken of.
SELECT
  d.price_id, k.content_id, k.rate_id, k.place, k.payer_name, k.plan_name, k.dollars,
  k.percentage, k.gross
FROM (
  SELECT
    key_id, content_id, rate_id, place, payer_id, payer_name, plan_name, published_by, hospital_id,
    set_no, dollars,
    CAST(NULL AS DECIMAL(18, 6)) AS percentage,
    CAST(NULL AS DECIMAL(18, 4)) AS gross
  FROM keyed_rates
  UNION ALL
  SELECT
    r.key_id, r.content_id, r.rate_id, r.place, r.payer_id, r.payer_name, r.plan_name,
    r.published_by, r.hospital_id, r.set_no, r.dollars, r.percentage, g.lowest_gross
  FROM derived_rates r
  JOIN derived_ranges g
    ON g.content_id = r.content_id AND g.rate_id = r.rate_id
    AND md5(concat_ws('|', 'derived dollar', g.key_id)) = r.key_id
) k
LEFT JOIN set_providers p ON p.set_no = k.set_no
JOIN distinct_prices d
  ON d.key_id = k.key_id AND d.payer_id = k.payer_id AND d.published_by = k.published_by
  AND d.hospital_id = k.hospital_id AND d.dollars IS NOT DISTINCT FROM k.dollars
LEFT JOIN set_providers q ON q.set_no = d.set_no
WHERE d.statement IN ('dollar', 'derived dollar') AND p.providers_no IS NOT DISTINCT FROM q.providers_no

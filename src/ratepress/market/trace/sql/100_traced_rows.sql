-- step: traced_rows
-- grain: one published row that states one distinct dollar price
-- key: price_id, content_id, rate_id
-- The way back of rule M03: what was one price in `distinct_prices`, row by row again.
SELECT
  d.price_id, k.content_id, k.rate_id, k.place, k.payer_name, k.plan_name, k.dollars
FROM keyed_rates k
LEFT JOIN set_providers p
  ON p.content_id = k.content_id AND p.provider_set_id = k.provider_set_id
JOIN distinct_prices d
  ON d.key_id = k.key_id AND d.payer_id = k.payer_id AND d.published_by = k.published_by
  AND d.hospital_id = k.hospital_id AND d.dollars IS NOT DISTINCT FROM k.dollars
LEFT JOIN set_providers q
  ON q.content_id = d.content_id AND q.provider_set_id = d.provider_set_id
WHERE d.statement = 'dollar' AND p.providers IS NOT DISTINCT FROM q.providers

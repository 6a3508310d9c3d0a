-- step: q14
-- grain: one distinct price
-- key: price_id
-- Rule Q14: the file that states it is stale, or not assessed without a date.
SELECT
  d.price_id,
  'Q14' AS rule_id,
  CASE WHEN d.published_on IS NULL THEN 'not assessed' ELSE 'flagged' END AS outcome
FROM distinct_prices d
CROSS JOIN settings s
WHERE d.published_on IS NULL OR d.published_on < s.stale_before

-- step: q07
-- grain: one distinct price
-- key: price_id
-- Rule Q07: every row that states an end of the price states one before the as-of date.
SELECT
  d.price_id,
  'Q07' AS rule_id,
  CASE WHEN d.last_day IS NULL THEN 'not assessed' ELSE 'flagged' END AS outcome
FROM prices d
CROSS JOIN settings s
WHERE d.last_day IS NULL OR d.last_day < s.as_of

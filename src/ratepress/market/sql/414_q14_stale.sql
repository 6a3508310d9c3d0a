-- step: q14
-- grain: one distinct price
-- key: price_id
-- Rule Q14: the file that states it is stale, or not assessed without a date.
SELECT
  d.price_id,
  'Q14' AS rule_id,
  CASE WHEN f.published_on IS NULL THEN 'not assessed' ELSE 'flagged' END AS outcome
FROM prices d
JOIN file_standing f ON f.file_no = d.file_no
CROSS JOIN settings s
WHERE f.published_on IS NULL OR f.published_on < s.stale_before

-- step: q03
-- grain: one distinct price
-- key: price_id
-- Rule Q03: a percentage where dollars are claimed, or a share written as a fraction of one.
SELECT d.price_id, 'Q03' AS rule_id, 'flagged' AS outcome
FROM distinct_prices d
JOIN comparison_keys k ON k.key_id = d.key_id
CROSS JOIN settings s
WHERE (d.statement = 'dollar' AND d.dollars > 0 AND (
    d.dollars = d.percentage
    OR (k.method LIKE 'percent%' AND d.dollars <= s.q03_largest_share)
  ))
  OR (d.statement IN ('percentage', 'derived dollar') AND d.percentage > 0 AND d.percentage <= s.q03_largest_share)

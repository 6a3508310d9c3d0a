-- step: q03
-- grain: one distinct price
-- key: price_id
-- Rule Q03: a percentage where dollars are claimed, or a share written as a fraction of one. The
-- percentage beside dollars is that of the row that speaks for the price.
SELECT f.price_id, 'Q03' AS rule_id, 'flagged' AS outcome
FROM (
  SELECT d.price_id
  FROM prices d
  JOIN key_rates r
    ON r.rate_no = d.rate_no AND r.key_no = d.key_no AND r.percentage = d.dollars
  WHERE d.statement = 'dollar' AND d.dollars > 0
  UNION
  SELECT d.price_id
  FROM prices d
  JOIN comparison_keys k ON k.key_no = d.key_no AND k.method LIKE 'percent%'
  CROSS JOIN settings s
  WHERE d.statement = 'dollar' AND d.dollars > 0 AND d.dollars <= s.q03_largest_share
  UNION
  SELECT d.price_id
  FROM prices d
  JOIN key_rates r ON r.rate_no = d.rate_no AND r.key_no = d.key_no
  CROSS JOIN settings s
  WHERE d.statement IN ('percentage', 'derived dollar') AND r.percentage > 0
    AND r.percentage <= s.q03_largest_share
) f

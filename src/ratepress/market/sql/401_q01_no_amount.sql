-- step: q01
-- grain: one distinct price
-- key: price_id
-- Rule Q01: amount zero, negative or missing, in what the row states.
SELECT d.price_id, 'Q01' AS rule_id, 'flagged' AS outcome
FROM prices d
WHERE d.statement = 'none'
  OR (d.statement = 'dollar' AND (d.dollars IS NULL OR d.dollars <= 0))
  OR (d.statement = 'percentage' AND (d.percentage IS NULL OR d.percentage <= 0))

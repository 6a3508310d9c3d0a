-- step: flagged_prices
-- grain: one quality rule but Q05 that one distinct price tripped itself, and not its voters
-- key: price_id, rule_id
SELECT f.price_id, f.rule_id
FROM (
  SELECT price_id, rule_id, outcome FROM q01
  UNION ALL SELECT price_id, rule_id, outcome FROM q02
  UNION ALL SELECT price_id, rule_id, outcome FROM q03
  UNION ALL SELECT price_id, rule_id, outcome FROM q04
  UNION ALL SELECT price_id, rule_id, outcome FROM q06
  UNION ALL SELECT price_id, rule_id, outcome FROM q07
  UNION ALL SELECT price_id, rule_id, outcome FROM q08
  UNION ALL SELECT price_id, rule_id, outcome FROM q11
  UNION ALL SELECT price_id, rule_id, outcome FROM q12
  UNION ALL SELECT price_id, rule_id, outcome FROM q13
  UNION ALL SELECT price_id, rule_id, outcome FROM q14
) f
WHERE f.outcome = 'flagged'

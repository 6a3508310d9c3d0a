-- step: other_flags
-- grain: one quality rule but Q05 that one distinct price tripped, or that could not be assessed
-- key: price_id, rule_id
SELECT price_id, rule_id, outcome FROM q01
UNION ALL SELECT price_id, rule_id, outcome FROM q02
UNION ALL SELECT price_id, rule_id, outcome FROM q03
UNION ALL SELECT price_id, rule_id, outcome FROM q04
UNION ALL SELECT price_id, rule_id, outcome FROM q06
UNION ALL SELECT price_id, rule_id, outcome FROM q07
UNION ALL SELECT price_id, rule_id, outcome FROM q11
UNION ALL SELECT price_id, rule_id, outcome FROM q12
UNION ALL SELECT price_id, rule_id, outcome FROM q13
UNION ALL SELECT price_id, rule_id, outcome FROM q14
UNION ALL
-- Q08 has a half about codes and one about taxonomies; what is flagged by one is assessed.
SELECT c.price_id, c.rule_id, min(c.outcome)
FROM (
  SELECT price_id, rule_id, outcome FROM q08
  UNION ALL
  SELECT price_id, rule_id, outcome FROM voter_rules
) c
GROUP BY c.price_id, c.rule_id

-- step: flags
-- grain: one quality rule that one distinct price tripped, or that could not be assessed for it
-- key: price_id, rule_id
-- The Q rules, each from its own step. They flag; step `counted_prices` decides by strength.
SELECT price_id, rule_id, outcome FROM other_flags
UNION ALL SELECT price_id, rule_id, outcome FROM q05

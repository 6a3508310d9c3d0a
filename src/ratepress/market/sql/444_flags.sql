-- step: flags
-- grain: one quality rule that one distinct price tripped, or that could not be assessed for it
-- key: price_id, rule_id
-- The Q rules, each from its own step, and M12, which marks what was not published in dollars. They flag; step `counted_prices` decides by strength.
SELECT price_id, rule_id, outcome FROM other_flags
UNION ALL SELECT price_id, rule_id, outcome FROM q05
UNION ALL
SELECT price_id, 'M12', 'flagged' FROM prices WHERE statement = 'derived dollar'

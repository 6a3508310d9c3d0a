-- step: q05_left_out
-- grain: one distinct price that rule Q05 leaves out at one strength
-- key: key_payer_no, price_id
SELECT e.key_payer_no, e.price_id
FROM q05 q
JOIN eligible_prices e ON e.price_id = q.price_id
JOIN key_payers k ON k.key_payer_no = e.key_payer_no
JOIN rule_strengths r ON r.rule_id = q.rule_id AND r.strength = k.strength

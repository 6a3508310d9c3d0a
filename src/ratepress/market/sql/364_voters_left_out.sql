-- step: voters_left_out
-- grain: one voter of one distinct price that a rule about voters leaves out at a filter strength
-- key: strength_no, price_id, voter_id
SELECT DISTINCT t.strength_no, f.price_id, f.voter_id
FROM flagged_voters f
JOIN rule_strengths r ON r.rule_id = f.rule_id
JOIN strengths t ON t.strength = r.strength

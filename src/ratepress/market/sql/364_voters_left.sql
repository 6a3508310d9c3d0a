-- step: voters_left
-- grain: one voter of one distinct price that no rule about voters leaves out at a filter strength
-- key: strength, price_id, voter_id
SELECT t.strength, v.price_id, v.voter_id, v.set_voter_id
FROM price_voters v
CROSS JOIN strengths t
WHERE NOT EXISTS (
  SELECT 1
  FROM voter_flags f
  JOIN rule_strengths r ON r.rule_id = f.rule_id
  WHERE f.price_id = v.price_id AND f.voter_id = v.voter_id AND f.outcome = 'flagged'
    AND r.strength = t.strength
)

-- step: traced_left_out
-- grain: one distinct dollar price without a vote at one strength, and one rule that leaves it out
-- key: strength, price_id, rule_id
-- A rule about the price, or about each of its voters; where rules about voters leave none only
-- together, each of them stands here.
SELECT t.strength, d.key_id, d.price_id, d.payer_id, d.payer, d.dollars, f.rule_id
FROM distinct_prices d
CROSS JOIN strengths t
LEFT JOIN (
  SELECT g.price_id, g.rule_id, r.strength
  FROM flags g
  JOIN rule_strengths r ON r.rule_id = g.rule_id
  WHERE g.outcome = 'flagged'
  UNION
  SELECT w.price_id, w.rule_id, r.strength
  FROM voter_flags w
  JOIN rule_strengths r ON r.rule_id = w.rule_id
  WHERE w.outcome = 'flagged'
) f ON f.price_id = d.price_id AND f.strength = t.strength
WHERE d.statement IN ('dollar', 'derived dollar')
  AND NOT EXISTS (
    SELECT 1 FROM counted_prices c WHERE c.strength = t.strength AND c.price_id = d.price_id
  )

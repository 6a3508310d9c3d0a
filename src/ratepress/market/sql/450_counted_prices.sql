-- step: counted_prices
-- grain: one distinct dollar price that counts at one filter strength
-- key: strength, price_id
-- Rule M01: percentages and algorithms are kinds of their own and have no vote in dollars. Rule M12:
-- what is derived from them has one in its own key.
SELECT t.strength, d.*
FROM distinct_prices d
CROSS JOIN strengths t
WHERE d.statement IN ('dollar', 'derived dollar')
  AND NOT EXISTS (
    SELECT 1
    FROM flags f
    JOIN rule_strengths r ON r.rule_id = f.rule_id
    WHERE f.price_id = d.price_id AND f.outcome = 'flagged' AND r.strength = t.strength
  )
  -- Two rules about voters may between them leave none.
  AND EXISTS (
    SELECT 1
    FROM voters_left v
    WHERE v.strength = t.strength AND v.price_id = d.price_id
  )

-- step: eligible_prices
-- grain: one distinct dollar price that counts at one filter strength unless rule Q05 leaves it out
-- key: key_payer_no, price_id
-- Rule M01: percentages and algorithms are kinds of their own and have no vote in dollars. Rule M12:
-- what is derived from them has one in its own key.
SELECT k.key_payer_no, k.strength_no, d.price_id, d.key_no, d.payer_no, d.dollars, d.n_rows
FROM prices d
JOIN key_payers k ON k.key_no = d.key_no AND k.payer_no = d.payer_no
WHERE d.statement IN ('dollar', 'derived dollar')
  AND NOT EXISTS (
    SELECT 1
    FROM flagged_prices f
    JOIN rule_strengths r ON r.rule_id = f.rule_id
    WHERE f.price_id = d.price_id AND r.strength = k.strength
  )
  AND NOT EXISTS (
    SELECT 1
    FROM voterless_prices v
    WHERE v.strength_no = k.strength_no AND v.price_id = d.price_id
  )

-- step: q02
-- grain: one distinct price
-- key: price_id
-- Rule Q02: nines, a cent, or one value across unrelated codes.
SELECT d.price_id, 'Q02' AS rule_id, 'flagged' AS outcome
FROM distinct_prices d
CROSS JOIN settings s
LEFT JOIN nines n ON n.dollars = d.dollars
LEFT JOIN repeated_amounts r
  ON r.content_id = d.content_id AND r.payer_name = d.payer_name
  AND r.plan_name = d.plan_name AND r.dollars = d.dollars
WHERE n.dollars IS NOT NULL
  OR r.dollars IS NOT NULL
  OR (d.dollars > 0 AND d.dollars <= s.q02_cent)

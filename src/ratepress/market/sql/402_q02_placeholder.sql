-- step: q02
-- grain: one distinct price
-- key: price_id
-- Rule Q02: nines, a cent, or one value across unrelated codes.
SELECT d.price_id, 'Q02' AS rule_id, 'flagged' AS outcome
FROM prices d
CROSS JOIN settings s
LEFT JOIN nines n ON n.dollars = d.dollars
LEFT JOIN (
  SELECT p.speaker_no, a.dollars
  FROM repeated_amounts a
  JOIN speakers p
    ON p.content_id = a.content_id AND p.payer_name = a.payer_name AND p.plan_name = a.plan_name
) r ON r.speaker_no = d.speaker_no AND r.dollars = d.dollars
WHERE n.dollars IS NOT NULL
  OR r.dollars IS NOT NULL
  OR (d.dollars > 0 AND d.dollars <= s.q02_cent)

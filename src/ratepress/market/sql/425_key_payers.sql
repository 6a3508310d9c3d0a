-- step: key_payers
-- grain: one payer that states dollars in one comparison key, at one strength
-- key: key_payer_no
SELECT
  row_number() OVER (ORDER BY t.strength_no, d.key_no, d.payer_no) AS key_payer_no,
  t.strength_no, t.strength, d.key_no, d.payer_no
FROM (
  SELECT DISTINCT key_no, payer_no
  FROM prices
  WHERE statement IN ('dollar', 'derived dollar')
) d
CROSS JOIN strengths t

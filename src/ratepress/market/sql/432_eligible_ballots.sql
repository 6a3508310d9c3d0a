-- step: eligible_ballots
-- grain: one distinct price of one voter, at one strength, unless rule Q05 leaves it out
-- key: key_payer_no, voter_id, price_id
SELECT e.key_payer_no, e.price_id, e.dollars, v.voter_id
FROM eligible_prices e
JOIN price_voters v ON v.price_id = e.price_id
WHERE NOT EXISTS (
  SELECT 1
  FROM voters_left_out o
  WHERE o.strength_no = e.strength_no AND o.price_id = v.price_id AND o.voter_id = v.voter_id
)

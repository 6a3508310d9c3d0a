-- step: national_ballots
-- grain: one distinct price of one voter in one comparison key at one strength
-- key: key_payer_no, voter_id, price_id
-- Rule M02: who votes with a price that counts.
SELECT c.key_payer_no, c.price_id, c.dollars, v.voter_id, v.set_voter_id
FROM counting_prices c
JOIN price_voters v ON v.price_id = c.price_id
WHERE NOT EXISTS (
  SELECT 1
  FROM voters_left_out o
  WHERE o.strength_no = c.strength_no AND o.price_id = v.price_id AND o.voter_id = v.voter_id
)

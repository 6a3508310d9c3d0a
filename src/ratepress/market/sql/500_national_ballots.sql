-- step: national_ballots
-- grain: one distinct price of one voter in one comparison key at one strength
-- key: strength, key_id, payer_id, voter_id, price_id
-- Rule M02: who votes with a price that counts.
SELECT
  c.strength, c.key_id, c.payer_id, c.payer, c.price_id, c.dollars, c.n_rows, v.voter_id,
  v.set_voter_id
FROM counted_prices c
JOIN voters_left v ON v.strength = c.strength AND v.price_id = c.price_id

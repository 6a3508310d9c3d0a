-- step: numbered_ballots
-- grain: one distinct price of one voter in one cell at one strength
-- key: cell_payer_id, voter_id, price_id
SELECT
  p.cell_payer_id, b.voter_id, b.price_id, b.set_voter_id, b.dollars, b.n_rows
FROM ballots b
JOIN cell_payers p
  ON p.strength = b.strength AND p.key_id = b.key_id AND p.payer_id = b.payer_id

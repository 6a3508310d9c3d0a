-- step: ballots
-- grain: one distinct price of one voter in one cell at one strength
-- key: strength, key_id, payer_id, voter_id, price_id
-- `numbered_ballots` with the words that its numbers stand for.
SELECT
  p.strength, p.key_id, p.payer_id, p.payer, b.price_id, b.dollars, d.n_rows, b.voter_id,
  b.set_voter_id
FROM numbered_ballots b
JOIN cell_payers p ON p.cell_payer_id = b.cell_payer_id
JOIN prices d ON d.price_id = b.price_id

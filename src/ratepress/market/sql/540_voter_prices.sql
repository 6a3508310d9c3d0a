-- step: voter_prices
-- grain: one voter of one payer in one cell at one strength
-- key: cell_payer_id, voter_id
SELECT
  b.cell_payer_id, b.voter_id,
  count(*) AS n_prices,
  min(b.dollars) AS lowest,
  max(b.dollars) AS highest
FROM numbered_ballots b
GROUP BY b.cell_payer_id, b.voter_id

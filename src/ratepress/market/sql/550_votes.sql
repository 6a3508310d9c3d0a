-- step: votes
-- grain: one voter in one comparison key at one strength
-- key: strength, key_id, payer_id, network, entity_kind, entity
-- Rule M02: `cell_votes` with the words that its numbers stand for; lowest and highest price are kept.
SELECT
  p.strength, p.key_id, p.payer_id, p.payer, w.network, w.entity_kind, w.entity,
  c.dollars, v.lowest, v.highest, v.n_prices, r.n_rows, c.cell_payer_id, c.voter_id
FROM cell_votes c
JOIN voter_prices v ON v.cell_payer_id = c.cell_payer_id AND v.voter_id = c.voter_id
JOIN (
  SELECT b.cell_payer_id, b.voter_id, CAST(sum(d.n_rows) AS BIGINT) AS n_rows
  FROM numbered_ballots b
  JOIN prices d ON d.price_id = b.price_id
  GROUP BY b.cell_payer_id, b.voter_id
) r ON r.cell_payer_id = c.cell_payer_id AND r.voter_id = c.voter_id
JOIN cell_payers p ON p.cell_payer_id = c.cell_payer_id
JOIN voters w ON w.voter_id = c.voter_id

-- step: ballots
-- grain: one distinct price of one voter in one cell at one strength
-- key: strength, key_id, payer_id, voter_id, price_id
-- Rule M09: once in the nation, and once in each asked area in which the voter is.
SELECT
  b.strength, b.key_id, b.payer_id, b.payer, b.price_id, b.dollars, b.n_rows, b.voter_id,
  b.set_voter_id
FROM national_ballots b
UNION ALL
SELECT
  b.strength, c.cell_id, b.payer_id, b.payer, b.price_id, b.dollars, b.n_rows, b.voter_id,
  b.set_voter_id
FROM national_ballots b
JOIN voter_areas a ON a.price_id = b.price_id AND a.voter_id = b.voter_id
JOIN cells c ON c.key_id = b.key_id AND c.area_kind = a.area_kind AND c.area = a.area

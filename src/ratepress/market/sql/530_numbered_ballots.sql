-- step: numbered_ballots
-- grain: one distinct price of one voter in one cell at one strength
-- key: cell_payer_id, voter_id, price_id
-- kept: no
-- Rule M09: once in the nation, and once in each asked area in which the voter is.
SELECT key_payer_no AS cell_payer_id, price_id, dollars, voter_id, set_voter_id
FROM national_ballots
UNION ALL
SELECT p.cell_payer_id, a.price_id, a.dollars, a.voter_id, a.set_voter_id
FROM area_ballots a
JOIN area_payers p ON p.key_payer_no = a.key_payer_no AND p.cell_no = a.cell_no

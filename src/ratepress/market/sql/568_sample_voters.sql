-- step: sample_voters
-- grain: one voter in one sample (its payer, or all payers)
-- key: sample_id, voter_id
SELECT cell_payer_id AS sample_id, voter_id FROM cell_votes
UNION ALL
SELECT DISTINCT p.all_payers_id, c.voter_id
FROM cell_votes c
JOIN cell_payers p ON p.cell_payer_id = c.cell_payer_id

-- step: samples
-- grain: one cell at one strength, over one payer or over all payers
-- key: sample_id
-- kept: no
-- Rule M06: the grain over all payers stands beside each payer's own.
SELECT
  cell_payer_id AS sample_id, strength, key_id, 'payer' AS grain, payer_id, payer
FROM cell_payers
UNION ALL
SELECT DISTINCT
  all_payers_id, strength, key_id, 'all payers', '', 'All payers'
FROM cell_payers

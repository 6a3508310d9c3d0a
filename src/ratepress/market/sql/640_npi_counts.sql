-- step: npi_counts
-- grain: one cell at one strength, over one payer or over all payers, in which an NPI is known
-- key: strength, key_id, grain, payer_id
-- Different NPIs of the voters; one that two contracts name is one.
SELECT p.strength, p.key_id, 'payer' AS grain, p.payer_id, n.n_npis
FROM cell_payers p
JOIN (
  SELECT cell_payer_id, count(*) AS n_npis
  FROM cell_npis
  GROUP BY cell_payer_id
) n ON n.cell_payer_id = p.cell_payer_id
UNION ALL
SELECT p.strength, p.key_id, 'all payers', '', count(DISTINCT n.npi_number)
FROM cell_npis n
JOIN cell_payers p ON p.cell_payer_id = n.cell_payer_id
GROUP BY p.strength, p.key_id

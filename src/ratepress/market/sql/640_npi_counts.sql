-- step: npi_counts
-- grain: one cell at one strength, over one payer or over all payers, in which an NPI is known
-- key: strength, key_id, grain, payer_id
-- Different NPIs of the voters; one that two contracts name is one.
SELECT
  n.strength, n.key_id, g.grain,
  CASE WHEN g.grain = 'payer' THEN n.payer_id ELSE '' END AS payer_id,
  count(DISTINCT n.npi) AS n_npis
FROM vote_npis n
CROSS JOIN (SELECT 'payer' AS grain UNION ALL SELECT 'all payers') g
GROUP BY
  n.strength, n.key_id, g.grain, CASE WHEN g.grain = 'payer' THEN n.payer_id ELSE '' END

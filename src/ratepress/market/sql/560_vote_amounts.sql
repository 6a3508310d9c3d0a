-- step: vote_amounts
-- grain: one amount for which voters of one sample (a payer in a cell, or all payers) vote
-- key: sample_id, dollars
-- kept: no
-- Many contracts of a payer have one price: amounts are a third of the votes, or fewer.
SELECT v.cell_payer_id AS sample_id, v.dollars, count(*) AS n_votes
FROM cell_votes v
GROUP BY v.cell_payer_id, v.dollars
UNION ALL
SELECT p.all_payers_id, a.dollars, CAST(sum(a.n_votes) AS BIGINT)
FROM (
  SELECT cell_payer_id, dollars, count(*) AS n_votes
  FROM cell_votes
  GROUP BY cell_payer_id, dollars
) a
JOIN cell_payers p ON p.cell_payer_id = a.cell_payer_id
GROUP BY p.all_payers_id, a.dollars

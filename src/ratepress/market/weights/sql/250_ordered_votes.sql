-- step: ordered_votes
-- grain: one vote in one sample (its payer, or all payers), in order of dollars
-- key: sample_id, rank_no
SELECT
  v.*,
  row_number() OVER (
    PARTITION BY sample_id
    ORDER BY dollars, cell_payer_id, voter_id
  ) AS rank_no
FROM (
  SELECT cell_payer_id AS sample_id, cell_payer_id, voter_id, dollars
  FROM cell_votes
  UNION ALL
  SELECT p.all_payers_id, o.cell_payer_id, o.voter_id, o.dollars
  FROM cell_votes o
  JOIN cell_payers p ON p.cell_payer_id = o.cell_payer_id
) v

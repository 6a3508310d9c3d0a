-- step: npi_counts
-- grain: one cell at one strength, over one payer or over all payers, in which an NPI is known
-- key: sample_id
-- Different NPIs of the voters; one that two contracts name is one. What only one list has is counted
-- by lists, and what several lists have, NPI by NPI.
SELECT c.sample_id, CAST(sum(c.n_npis) AS BIGINT) AS n_npis
FROM (
  SELECT l.cell_payer_id AS sample_id, sum(s.n_own) AS n_npis
  FROM cell_lists l
  JOIN list_sizes s ON s.list_no = l.list_no
  GROUP BY l.cell_payer_id
  UNION ALL
  SELECT l.cell_payer_id, count(DISTINCT n.npi_number)
  FROM cell_lists l
  JOIN shared_npis n ON n.list_no = l.list_no
  GROUP BY l.cell_payer_id
  UNION ALL
  SELECT a.all_payers_id, sum(s.n_own)
  FROM (
    SELECT DISTINCT p.all_payers_id, l.list_no
    FROM cell_lists l
    JOIN cell_payers p ON p.cell_payer_id = l.cell_payer_id
  ) a
  JOIN list_sizes s ON s.list_no = a.list_no
  GROUP BY a.all_payers_id
  UNION ALL
  SELECT p.all_payers_id, count(DISTINCT n.npi_number)
  FROM cell_lists l
  JOIN shared_npis n ON n.list_no = l.list_no
  JOIN cell_payers p ON p.cell_payer_id = l.cell_payer_id
  GROUP BY p.all_payers_id
  UNION ALL
  SELECT cell_payer_id, count(*) FROM area_npis GROUP BY cell_payer_id
  UNION ALL
  SELECT all_payers_id, count(DISTINCT npi_number) FROM area_npis GROUP BY all_payers_id
) c
GROUP BY c.sample_id

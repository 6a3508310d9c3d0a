-- step: row_counts
-- grain: one cell at one strength, over one payer or over all payers
-- key: sample_id
-- Rows as published and distinct prices behind the votes; counted once however many voters a price
-- has. A price is of one payer, so that those of all payers add up.
SELECT
  w.sample_id,
  CAST(sum(b.n_rows) AS BIGINT) AS n_rows,
  CAST(sum(b.n_prices) AS BIGINT) AS n_prices
FROM (
  SELECT cell_payer_id, sum(n_rows) AS n_rows, count(*) AS n_prices
  FROM cell_prices
  GROUP BY cell_payer_id
) b
JOIN (
  SELECT cell_payer_id, cell_payer_id AS sample_id FROM cell_payers
  UNION ALL
  SELECT cell_payer_id, all_payers_id FROM cell_payers
) w ON w.cell_payer_id = b.cell_payer_id
GROUP BY w.sample_id

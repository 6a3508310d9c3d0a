-- step: row_counts
-- grain: one cell at one strength, over one payer or over all payers
-- key: strength, key_id, grain, payer_id
-- Rows as published and distinct prices behind the votes; counted once however many voters a price
-- has.
SELECT
  b.strength, b.key_id, g.grain,
  CASE WHEN g.grain = 'payer' THEN b.payer_id ELSE '' END AS payer_id,
  CAST(sum(b.n_rows) AS BIGINT) AS n_rows,
  count(*) AS n_prices
FROM (
  SELECT DISTINCT strength, key_id, payer_id, price_id, n_rows
  FROM ballots
) b
CROSS JOIN (SELECT 'payer' AS grain UNION ALL SELECT 'all payers') g
GROUP BY
  b.strength, b.key_id, g.grain, CASE WHEN g.grain = 'payer' THEN b.payer_id ELSE '' END

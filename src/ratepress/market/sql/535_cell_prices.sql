-- step: cell_prices
-- grain: one distinct price that counts for one payer in one cell at one strength
-- key: cell_payer_id, price_id
-- kept: no
-- Once, however many voters it has there.
SELECT key_payer_no AS cell_payer_id, price_id, dollars, n_rows
FROM counting_prices
UNION ALL
SELECT b.cell_payer_id, b.price_id, d.dollars, d.n_rows
FROM (
  SELECT DISTINCT p.cell_payer_id, a.price_id
  FROM area_ballots a
  JOIN area_payers p ON p.key_payer_no = a.key_payer_no AND p.cell_no = a.cell_no
) b
JOIN prices d ON d.price_id = b.price_id

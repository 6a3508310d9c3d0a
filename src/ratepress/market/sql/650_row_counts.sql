-- step: row_counts
-- grain: one comparison key at one strength, over one payer or over all payers
-- key: strength, key_id, grain, payer_id
-- Rows as published and distinct prices behind the votes; counted before they are spread over
-- voters, for one price may be many voters'.
SELECT
  strength, key_id, 'payer' AS grain, payer_id, CAST(sum(n_rows) AS BIGINT) AS n_rows,
  count(*) AS n_prices
FROM counted_prices
GROUP BY strength, key_id, payer_id
UNION ALL
SELECT strength, key_id, 'all payers', '', CAST(sum(n_rows) AS BIGINT), count(*)
FROM counted_prices
GROUP BY strength, key_id

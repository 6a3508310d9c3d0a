-- step: votes
-- grain: one voter in one comparison key at one strength
-- key: strength, key_id, payer_id, network, entity_kind, entity
-- Rule M02: several prices of one voter become their median; lowest and highest are kept.
-- The median is the mean of the two middle order statistics, in exact decimals.
SELECT
  p.strength, p.key_id, p.payer_id, p.payer, w.network, w.entity_kind, w.entity,
  v.dollars, v.lowest, v.highest, v.n_prices, v.n_rows, v.cell_payer_id, v.voter_id
FROM (
  SELECT
    b.cell_payer_id,
    b.voter_id,
    CAST(
      sum(CASE
        WHEN b.rank_no * 2 = b.n_prices OR b.rank_no * 2 = b.n_prices + 1
          OR b.rank_no * 2 = b.n_prices + 2 THEN b.dollars
      END)
      * CASE WHEN max(b.n_prices) % 2 = 0 THEN CAST(0.5 AS DECIMAL(2, 1)) ELSE CAST(1 AS DECIMAL(2, 1)) END
      AS DECIMAL(24, 5)
    ) AS dollars,
    min(b.dollars) AS lowest,
    max(b.dollars) AS highest,
    count(*) AS n_prices,
    CAST(sum(b.n_rows) AS BIGINT) AS n_rows
  FROM (
    SELECT
      *,
      row_number() OVER (
        PARTITION BY cell_payer_id, voter_id
        ORDER BY dollars, price_id
      ) AS rank_no,
      count(*) OVER (PARTITION BY cell_payer_id, voter_id) AS n_prices
    FROM numbered_ballots
  ) b
  GROUP BY b.cell_payer_id, b.voter_id
) v
JOIN cell_payers p ON p.cell_payer_id = v.cell_payer_id
JOIN voters w ON w.voter_id = v.voter_id

-- step: cell_votes
-- grain: one voter of one payer in one cell at one strength, and the amount of its vote
-- key: cell_payer_id, voter_id
-- Rule M02: several prices of one voter become their median. It is the mean of the two middle order
-- statistics, in exact decimals; of one price or two, the mean of the lowest and the highest.
SELECT
  v.cell_payer_id, v.voter_id,
  CAST((v.lowest + v.highest) * CAST(0.5 AS DECIMAL(2, 1)) AS DECIMAL(24, 5)) AS dollars
FROM voter_prices v
WHERE v.n_prices < 3
UNION ALL
SELECT
  b.cell_payer_id, b.voter_id,
  CAST(
    sum(CASE
      WHEN b.rank_no * 2 = b.n_prices OR b.rank_no * 2 = b.n_prices + 1
        OR b.rank_no * 2 = b.n_prices + 2 THEN b.dollars
    END)
    * CASE WHEN max(b.n_prices) % 2 = 0 THEN CAST(0.5 AS DECIMAL(2, 1)) ELSE CAST(1 AS DECIMAL(2, 1)) END
    AS DECIMAL(24, 5)
  ) AS dollars
FROM (
  SELECT
    n.cell_payer_id, n.voter_id, n.dollars, v.n_prices,
    row_number() OVER (
      PARTITION BY n.cell_payer_id, n.voter_id ORDER BY n.dollars, n.price_id
    ) AS rank_no
  FROM numbered_ballots n
  JOIN voter_prices v
    ON v.cell_payer_id = n.cell_payer_id AND v.voter_id = n.voter_id AND v.n_prices > 2
) b
GROUP BY b.cell_payer_id, b.voter_id

-- step: q05_votes
-- grain: one voter of one comparison key that has enough of them for rule Q05
-- key: key_id, payer_id, voter_id
-- Rule Q05 looks at the votes of the strength `balanced`, which it leaves nothing out of itself.
SELECT v.*
FROM (
  SELECT
    b.key_id, b.payer_id, b.voter_id,
    CAST(
      sum(CASE
        WHEN b.rank_no * 2 = b.n_prices OR b.rank_no * 2 = b.n_prices + 1
          OR b.rank_no * 2 = b.n_prices + 2 THEN b.dollars
      END)
      * CASE WHEN max(b.n_prices) % 2 = 0 THEN CAST(0.5 AS DECIMAL(2, 1)) ELSE CAST(1 AS DECIMAL(2, 1)) END
      AS DECIMAL(24, 5)
    ) AS dollars,
    count(*) OVER (PARTITION BY b.key_id) AS n_votes,
    row_number() OVER (
      PARTITION BY b.key_id
      ORDER BY
        sum(CASE
          WHEN b.rank_no * 2 = b.n_prices OR b.rank_no * 2 = b.n_prices + 1
            OR b.rank_no * 2 = b.n_prices + 2 THEN b.dollars
        END)
        * CASE WHEN max(b.n_prices) % 2 = 0 THEN CAST(0.5 AS DECIMAL(2, 1)) ELSE CAST(1 AS DECIMAL(2, 1)) END,
        b.payer_id, b.voter_id
    ) AS rank_no
  FROM (
    SELECT
      d.key_id, d.payer_id, d.dollars, v.voter_id,
      row_number() OVER (
        PARTITION BY d.key_id, d.payer_id, v.voter_id
        ORDER BY d.dollars, d.price_id
      ) AS rank_no,
      count(*) OVER (
        PARTITION BY d.key_id, d.payer_id, v.voter_id
      ) AS n_prices
    FROM distinct_prices d
    JOIN voters_left v ON v.price_id = d.price_id AND v.strength = 'balanced'
    WHERE d.dollars > 0
      AND NOT EXISTS (
        SELECT 1
        FROM other_flags f
        JOIN rule_strengths r ON r.rule_id = f.rule_id
        WHERE f.price_id = d.price_id AND f.outcome = 'flagged' AND r.strength = 'balanced'
      )
  ) b
  GROUP BY b.key_id, b.payer_id, b.voter_id
) v
CROSS JOIN settings s
WHERE v.n_votes >= s.q05_min_votes

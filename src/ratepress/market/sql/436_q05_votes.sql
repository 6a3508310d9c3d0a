-- step: q05_votes
-- grain: one amount for which voters of one comparison key vote, as rule Q05 looks at it
-- key: key_no, dollars
-- Rule M02: several prices of one voter become their median. `last_place` is that of the last vote
-- for the amount, in order of dollars.
SELECT
  a.key_no, a.dollars,
  CAST(sum(a.n_votes) OVER (
    PARTITION BY a.key_no ORDER BY a.dollars
    ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
  ) AS BIGINT) AS last_place,
  a.n_votes,
  CAST(sum(a.n_votes) OVER (PARTITION BY a.key_no) AS BIGINT) AS n_key_votes
FROM (
  SELECT k.key_no, v.dollars, count(*) AS n_votes
  FROM (
    SELECT
      q.key_payer_no,
      CAST((q.lowest + q.highest) * CAST(0.5 AS DECIMAL(2, 1)) AS DECIMAL(24, 5)) AS dollars
    FROM q05_prices q
    WHERE q.n_prices < 3
    UNION ALL
    SELECT
      b.key_payer_no,
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
        e.key_payer_no, e.voter_id, e.dollars, q.n_prices,
        row_number() OVER (
          PARTITION BY e.key_payer_no, e.voter_id ORDER BY e.dollars, e.price_id
        ) AS rank_no
      FROM eligible_ballots e
      JOIN q05_prices q
        ON q.key_payer_no = e.key_payer_no AND q.voter_id = e.voter_id AND q.n_prices > 2
      WHERE e.dollars > 0
    ) b
    GROUP BY b.key_payer_no, b.voter_id
  ) v
  JOIN key_payers k ON k.key_payer_no = v.key_payer_no
  GROUP BY k.key_no, v.dollars
) a

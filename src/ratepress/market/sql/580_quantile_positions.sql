-- step: quantile_positions
-- grain: one percentile of one sample size
-- key: n_votes, pct
-- (n - 1) p / 100 as a whole part and hundredths, without a fraction anywhere.
SELECT
  n.n_votes,
  p.pct,
  CAST(((n.n_votes - 1) * p.pct - (n.n_votes - 1) * p.pct % 100) / 100 AS BIGINT)
    AS pct_whole,
  (n.n_votes - 1) * p.pct % 100 AS pct_rest
FROM (SELECT DISTINCT n_votes FROM ordered_votes) n
CROSS JOIN percents p

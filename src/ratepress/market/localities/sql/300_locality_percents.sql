-- step: locality_percents
-- grain: one cell at one strength, over one payer or over all payers, with a vote at a locality
-- key: strength, key_id, grain, payer_id
-- Rule M07: percentiles by M05 of the votes' own percents, half up to one decimal once.
SELECT
  s.strength, s.key_id, s.grain, s.payer_id,
  max(g.n_at_locality) AS n_at_locality,
  max(CASE WHEN g.pct = 10 THEN g.quantile END) AS p10,
  max(CASE WHEN g.pct = 25 THEN g.quantile END) AS p25,
  max(CASE WHEN g.pct = 50 THEN g.quantile END) AS p50,
  max(CASE WHEN g.pct = 75 THEN g.quantile END) AS p75,
  max(CASE WHEN g.pct = 90 THEN g.quantile END) AS p90
FROM (
  SELECT
    o.sample_id, q.pct,
    CAST(sum(CASE WHEN o.is_local THEN 1 ELSE 0 END) AS BIGINT) AS n_at_locality,
    round(
      max(CASE WHEN o.rank_no = 1 + q.pct_whole THEN o.percent END)
      + (
        max(CASE
          WHEN o.rank_no = 1 + q.pct_whole + CASE WHEN q.pct_rest > 0 THEN 1 ELSE 0 END
            THEN o.percent
        END)
        - max(CASE WHEN o.rank_no = 1 + q.pct_whole THEN o.percent END)
      ) * CAST(max(q.pct_rest) AS DECIMAL(3, 0)) * CAST(0.01 AS DECIMAL(3, 2)),
      1
    ) AS quantile
  FROM (
    SELECT
      v.sample_id, v.n_votes, p.percent, p.is_local,
      row_number() OVER (PARTITION BY v.sample_id ORDER BY p.percent, v.rank_no) AS rank_no
    FROM ordered_votes v
    JOIN vote_percents p ON p.cell_payer_id = v.cell_payer_id AND p.voter_id = v.voter_id
  ) o
  JOIN quantile_positions q ON q.n_votes = o.n_votes
  GROUP BY o.sample_id, q.pct
) g
JOIN samples s ON s.sample_id = g.sample_id
WHERE g.n_at_locality > 0
GROUP BY s.strength, s.key_id, s.grain, s.payer_id

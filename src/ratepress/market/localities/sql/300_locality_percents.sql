-- step: locality_percents
-- grain: one cell at one strength, over one payer or over all payers, with a vote at a locality
-- key: strength, key_id, grain, payer_id
-- Rule M07: percentiles by M05 of the votes' own percents, half up to one decimal once.
SELECT
  g.strength, g.key_id, g.grain, g.payer_id,
  max(g.n_at_locality) AS n_at_locality,
  max(CASE WHEN g.pct = 10 THEN g.quantile END) AS p10,
  max(CASE WHEN g.pct = 25 THEN g.quantile END) AS p25,
  max(CASE WHEN g.pct = 50 THEN g.quantile END) AS p50,
  max(CASE WHEN g.pct = 75 THEN g.quantile END) AS p75,
  max(CASE WHEN g.pct = 90 THEN g.quantile END) AS p90
FROM (
  SELECT
    o.strength, o.key_id, o.grain, o.payer_id, q.pct,
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
      v.strength, v.key_id, v.grain, v.payer_id, v.n_votes, p.percent, p.is_local,
      row_number() OVER (
        PARTITION BY v.strength, v.key_id, v.grain, v.payer_id
        ORDER BY p.percent, v.rank_no
      ) AS rank_no
    FROM ordered_votes v
    JOIN vote_percents p
      ON p.strength = v.strength AND p.key_id = v.key_id AND p.payer_id = v.payer_id_voting
      AND p.network = v.network AND p.entity_kind = v.entity_kind AND p.entity = v.entity
  ) o
  JOIN quantile_positions q ON q.n_votes = o.n_votes
  GROUP BY o.strength, o.key_id, o.grain, o.payer_id, q.pct
) g
WHERE g.n_at_locality > 0
GROUP BY g.strength, g.key_id, g.grain, g.payer_id

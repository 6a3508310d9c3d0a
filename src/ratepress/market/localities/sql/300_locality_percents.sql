-- step: locality_percents
-- grain: one cell at one strength, over one payer or over all payers, with a vote at a locality
-- key: sample_id
-- Rule M07: percentiles by M05 of the votes' own percents, half up to one decimal once.
SELECT
  q.sample_id, q.n_at_locality,
  round(q.low10 + (q.high10 - q.low10) * CAST((q.n_votes - 1) * 10 % 100 AS DECIMAL(3, 0))
    * CAST(0.01 AS DECIMAL(3, 2)), 1) AS p10,
  round(q.low25 + (q.high25 - q.low25) * CAST((q.n_votes - 1) * 25 % 100 AS DECIMAL(3, 0))
    * CAST(0.01 AS DECIMAL(3, 2)), 1) AS p25,
  round(q.low50 + (q.high50 - q.low50) * CAST((q.n_votes - 1) * 50 % 100 AS DECIMAL(3, 0))
    * CAST(0.01 AS DECIMAL(3, 2)), 1) AS p50,
  round(q.low75 + (q.high75 - q.low75) * CAST((q.n_votes - 1) * 75 % 100 AS DECIMAL(3, 0))
    * CAST(0.01 AS DECIMAL(3, 2)), 1) AS p75,
  round(q.low90 + (q.high90 - q.low90) * CAST((q.n_votes - 1) * 90 % 100 AS DECIMAL(3, 0))
    * CAST(0.01 AS DECIMAL(3, 2)), 1) AS p90
FROM (
  SELECT
    o.sample_id,
    max(o.n_sample_votes) AS n_votes,
    CAST(sum(o.n_local) AS BIGINT) AS n_at_locality,
    max(CASE WHEN (o.first_place - 1) * 100 <= (o.n_sample_votes - 1) * 10
        AND o.last_place * 100 > (o.n_sample_votes - 1) * 10 THEN o.percent END) AS low10,
    max(CASE WHEN (o.first_place - 2) * 100 < (o.n_sample_votes - 1) * 10
        AND (o.last_place - 1) * 100 >= (o.n_sample_votes - 1) * 10 THEN o.percent END) AS high10,
    max(CASE WHEN (o.first_place - 1) * 100 <= (o.n_sample_votes - 1) * 25
        AND o.last_place * 100 > (o.n_sample_votes - 1) * 25 THEN o.percent END) AS low25,
    max(CASE WHEN (o.first_place - 2) * 100 < (o.n_sample_votes - 1) * 25
        AND (o.last_place - 1) * 100 >= (o.n_sample_votes - 1) * 25 THEN o.percent END) AS high25,
    max(CASE WHEN (o.first_place - 1) * 100 <= (o.n_sample_votes - 1) * 50
        AND o.last_place * 100 > (o.n_sample_votes - 1) * 50 THEN o.percent END) AS low50,
    max(CASE WHEN (o.first_place - 2) * 100 < (o.n_sample_votes - 1) * 50
        AND (o.last_place - 1) * 100 >= (o.n_sample_votes - 1) * 50 THEN o.percent END) AS high50,
    max(CASE WHEN (o.first_place - 1) * 100 <= (o.n_sample_votes - 1) * 75
        AND o.last_place * 100 > (o.n_sample_votes - 1) * 75 THEN o.percent END) AS low75,
    max(CASE WHEN (o.first_place - 2) * 100 < (o.n_sample_votes - 1) * 75
        AND (o.last_place - 1) * 100 >= (o.n_sample_votes - 1) * 75 THEN o.percent END) AS high75,
    max(CASE WHEN (o.first_place - 1) * 100 <= (o.n_sample_votes - 1) * 90
        AND o.last_place * 100 > (o.n_sample_votes - 1) * 90 THEN o.percent END) AS low90,
    max(CASE WHEN (o.first_place - 2) * 100 < (o.n_sample_votes - 1) * 90
        AND (o.last_place - 1) * 100 >= (o.n_sample_votes - 1) * 90 THEN o.percent END) AS high90
  FROM (
    SELECT
      a.sample_id, a.percent, a.n_local,
      CAST(sum(a.n_votes) OVER (
        PARTITION BY a.sample_id ORDER BY a.percent
        ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
      ) AS BIGINT) - a.n_votes + 1 AS first_place,
      CAST(sum(a.n_votes) OVER (
        PARTITION BY a.sample_id ORDER BY a.percent
        ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
      ) AS BIGINT) AS last_place,
      CAST(sum(a.n_votes) OVER (
        PARTITION BY a.sample_id ORDER BY a.percent
        ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
      ) AS BIGINT) AS n_sample_votes
    FROM (
      SELECT
        v.sample_id, p.percent,
        count(*) AS n_votes,
        sum(CASE WHEN p.is_local THEN 1 ELSE 0 END) AS n_local
      FROM vote_percents p
      JOIN (
        SELECT cell_payer_id, cell_payer_id AS sample_id FROM cell_payers
        UNION ALL
        SELECT cell_payer_id, all_payers_id FROM cell_payers
      ) v ON v.cell_payer_id = p.cell_payer_id
      GROUP BY v.sample_id, p.percent
    ) a
  ) o
  GROUP BY o.sample_id
) q
WHERE q.n_at_locality > 0

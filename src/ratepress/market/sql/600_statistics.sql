-- step: statistics
-- grain: one comparison key at one strength, over one payer or over all payers
-- key: strength, key_id, grain, payer_id
-- Rule M05: position 1 + (n - 1) p / 100 between order statistics, rounded half up once. `low` is the
-- amount at that place or below it; `high` the one above, which is the same where the place is whole.
-- Suppression (M06) is not done here: the caller shows prices where n_votes is under three.
SELECT
  s.sample_id, s.strength, s.key_id, s.grain, s.payer_id, s.payer, q.n_votes,
  round(q.low10 + (q.high10 - q.low10) * CAST((q.n_votes - 1) * 10 % 100 AS DECIMAL(3, 0))
    * CAST(0.01 AS DECIMAL(3, 2)), 2) AS p10,
  round(q.low25 + (q.high25 - q.low25) * CAST((q.n_votes - 1) * 25 % 100 AS DECIMAL(3, 0))
    * CAST(0.01 AS DECIMAL(3, 2)), 2) AS p25,
  round(q.low50 + (q.high50 - q.low50) * CAST((q.n_votes - 1) * 50 % 100 AS DECIMAL(3, 0))
    * CAST(0.01 AS DECIMAL(3, 2)), 2) AS p50,
  round(q.low75 + (q.high75 - q.low75) * CAST((q.n_votes - 1) * 75 % 100 AS DECIMAL(3, 0))
    * CAST(0.01 AS DECIMAL(3, 2)), 2) AS p75,
  round(q.low90 + (q.high90 - q.low90) * CAST((q.n_votes - 1) * 90 % 100 AS DECIMAL(3, 0))
    * CAST(0.01 AS DECIMAL(3, 2)), 2) AS p90,
  q.lowest, q.highest,
  e.n_entities, e.n_unresolved, e.n_hospitals, n.n_payers
FROM (
  SELECT
    o.sample_id,
    max(o.n_sample_votes) AS n_votes,
    min(o.dollars) AS lowest,
    max(o.dollars) AS highest,
    max(CASE WHEN (o.first_place - 1) * 100 <= (o.n_sample_votes - 1) * 10
        AND o.last_place * 100 > (o.n_sample_votes - 1) * 10 THEN o.dollars END) AS low10,
    max(CASE WHEN (o.first_place - 2) * 100 < (o.n_sample_votes - 1) * 10
        AND (o.last_place - 1) * 100 >= (o.n_sample_votes - 1) * 10 THEN o.dollars END) AS high10,
    max(CASE WHEN (o.first_place - 1) * 100 <= (o.n_sample_votes - 1) * 25
        AND o.last_place * 100 > (o.n_sample_votes - 1) * 25 THEN o.dollars END) AS low25,
    max(CASE WHEN (o.first_place - 2) * 100 < (o.n_sample_votes - 1) * 25
        AND (o.last_place - 1) * 100 >= (o.n_sample_votes - 1) * 25 THEN o.dollars END) AS high25,
    max(CASE WHEN (o.first_place - 1) * 100 <= (o.n_sample_votes - 1) * 50
        AND o.last_place * 100 > (o.n_sample_votes - 1) * 50 THEN o.dollars END) AS low50,
    max(CASE WHEN (o.first_place - 2) * 100 < (o.n_sample_votes - 1) * 50
        AND (o.last_place - 1) * 100 >= (o.n_sample_votes - 1) * 50 THEN o.dollars END) AS high50,
    max(CASE WHEN (o.first_place - 1) * 100 <= (o.n_sample_votes - 1) * 75
        AND o.last_place * 100 > (o.n_sample_votes - 1) * 75 THEN o.dollars END) AS low75,
    max(CASE WHEN (o.first_place - 2) * 100 < (o.n_sample_votes - 1) * 75
        AND (o.last_place - 1) * 100 >= (o.n_sample_votes - 1) * 75 THEN o.dollars END) AS high75,
    max(CASE WHEN (o.first_place - 1) * 100 <= (o.n_sample_votes - 1) * 90
        AND o.last_place * 100 > (o.n_sample_votes - 1) * 90 THEN o.dollars END) AS low90,
    max(CASE WHEN (o.first_place - 2) * 100 < (o.n_sample_votes - 1) * 90
        AND (o.last_place - 1) * 100 >= (o.n_sample_votes - 1) * 90 THEN o.dollars END) AS high90
  FROM ordered_amounts o
  GROUP BY o.sample_id
) q
JOIN samples s ON s.sample_id = q.sample_id
JOIN sample_entities e ON e.sample_id = q.sample_id
JOIN (
  SELECT cell_payer_id AS sample_id, 1 AS n_payers FROM cell_payers
  UNION ALL
  SELECT all_payers_id, count(*) FROM cell_payers GROUP BY all_payers_id
) n ON n.sample_id = q.sample_id

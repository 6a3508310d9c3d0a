-- step: weighted_votes
-- grain: one vote that has weight, in one grain, in order of dollars
-- key: weights, strength, key_id, grain, payer_id, rank_no
-- Rule M08: a vote of weight w stands for w equal votes, those from `first_place` to `last_place`.
SELECT
  o.weights, o.strength, o.key_id, o.grain, o.payer_id, o.rank_no, o.dollars, o.weight,
  CAST(sum(o.weight) OVER (
    PARTITION BY o.weights, o.strength, o.key_id, o.grain, o.payer_id
    ORDER BY o.rank_no ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
  ) AS BIGINT) - o.weight + 1 AS first_place,
  CAST(sum(o.weight) OVER (
    PARTITION BY o.weights, o.strength, o.key_id, o.grain, o.payer_id
    ORDER BY o.rank_no ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
  ) AS BIGINT) AS last_place,
  CAST(sum(o.weight) OVER (
    PARTITION BY o.weights, o.strength, o.key_id, o.grain, o.payer_id
  ) AS BIGINT) AS total_weight,
  count(*) OVER (
    PARTITION BY o.weights, o.strength, o.key_id, o.grain, o.payer_id
  ) AS n_weighted
FROM (
  SELECT
    w.weights, w.weight, v.rank_no, v.dollars, s.strength, s.key_id, s.grain, s.payer_id
  FROM ordered_votes v
  JOIN samples s ON s.sample_id = v.sample_id
  JOIN cell_payers p ON p.cell_payer_id = v.cell_payer_id
  JOIN vote_weights w
    ON w.strength = p.strength AND w.key_id = p.key_id AND w.payer_id = p.payer_id
    AND w.voter_id = v.voter_id
) o

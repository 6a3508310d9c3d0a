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
  SELECT w.weights, w.weight, v.*
  FROM ordered_votes v
  JOIN vote_weights w
    ON w.strength = v.strength AND w.key_id = v.key_id AND w.payer_id = v.payer_id_voting
    AND w.network = v.network AND w.entity_kind = v.entity_kind AND w.entity = v.entity
) o

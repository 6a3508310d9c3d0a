-- step: weighted_statistics
-- grain: one cell at one strength, over one payer or over all payers, by one way of weighting
-- key: weights, strength, key_id, grain, payer_id
-- Rule M08: percentiles by M05 of as many equal votes as each vote has weight; `total` is the sum of
-- weight times dollars, from which the mean is divided.
SELECT
  g.weights, g.strength, g.key_id, g.grain, g.payer_id,
  max(g.n_weighted) AS n_weighted,
  max(g.total_weight) AS total_weight,
  max(g.total) AS total,
  max(CASE WHEN g.pct = 10 THEN g.quantile END) AS p10,
  max(CASE WHEN g.pct = 25 THEN g.quantile END) AS p25,
  max(CASE WHEN g.pct = 50 THEN g.quantile END) AS p50,
  max(CASE WHEN g.pct = 75 THEN g.quantile END) AS p75,
  max(CASE WHEN g.pct = 90 THEN g.quantile END) AS p90
FROM (
  SELECT
    v.weights, v.strength, v.key_id, v.grain, v.payer_id, v.pct,
    max(v.n_weighted) AS n_weighted,
    max(v.total_weight) AS total_weight,
    CAST(sum(v.dollars * CAST(v.weight AS DECIMAL(14, 0))) AS DECIMAL(38, 5)) AS total,
    round(
      max(CASE WHEN v.is_low THEN v.dollars END)
      + (
        max(CASE WHEN v.is_high THEN v.dollars END) - max(CASE WHEN v.is_low THEN v.dollars END)
      ) * CAST(max((v.total_weight - 1) * v.pct % 100) AS DECIMAL(3, 0))
        * CAST(0.01 AS DECIMAL(3, 2)),
      2
    ) AS quantile
  FROM (
    SELECT
      o.*, p.pct,
      (o.first_place - 1) * 100 <= (o.total_weight - 1) * p.pct
        AND o.last_place * 100 > (o.total_weight - 1) * p.pct AS is_low,
      -- The place above, which is the same one where the position is whole.
      (o.first_place - 2) * 100 < (o.total_weight - 1) * p.pct
        AND (o.last_place - 1) * 100 >= (o.total_weight - 1) * p.pct AS is_high
    FROM weighted_votes o
    CROSS JOIN percents p
  ) v
  GROUP BY v.weights, v.strength, v.key_id, v.grain, v.payer_id, v.pct
) g
GROUP BY g.weights, g.strength, g.key_id, g.grain, g.payer_id

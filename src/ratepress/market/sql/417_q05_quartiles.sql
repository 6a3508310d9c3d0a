-- step: q05_quartiles
-- grain: one comparison key that has enough votes for rule Q05
-- key: key_id
-- Rule M05: quartiles between order statistics, rounded half up once.
SELECT
  q.key_id,
  max(CASE WHEN q.pct = 25 THEN q.quartile END) AS p25,
  max(CASE WHEN q.pct = 75 THEN q.quartile END) AS p75
FROM (
  SELECT
    v.key_id, p.pct,
    round(
      max(CASE WHEN (v.rank_no - 1) * 100 <= (v.n_votes - 1) * p.pct
          AND v.rank_no * 100 > (v.n_votes - 1) * p.pct THEN v.dollars END)
      + (
        coalesce(
          max(CASE WHEN (v.rank_no - 2) * 100 <= (v.n_votes - 1) * p.pct
            AND (v.rank_no - 1) * 100 > (v.n_votes - 1) * p.pct THEN v.dollars END),
          max(v.dollars)
        )
        - max(CASE WHEN (v.rank_no - 1) * 100 <= (v.n_votes - 1) * p.pct
          AND v.rank_no * 100 > (v.n_votes - 1) * p.pct THEN v.dollars END)
      ) * CAST(max((v.n_votes - 1) * p.pct % 100) AS DECIMAL(3, 0)) * CAST(0.01 AS DECIMAL(3, 2)),
      2
    ) AS quartile
  FROM q05_votes v
  CROSS JOIN percents p
  WHERE p.pct IN (25, 75)
  GROUP BY v.key_id, p.pct
) q
GROUP BY q.key_id

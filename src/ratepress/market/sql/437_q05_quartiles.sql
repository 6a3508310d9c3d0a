-- step: q05_quartiles
-- grain: one comparison key that has enough votes for rule Q05
-- key: key_no
-- Rule M05: quartiles between order statistics, rounded half up once.
SELECT
  q.key_no,
  max(CASE WHEN q.pct = 25 THEN q.quartile END) AS p25,
  max(CASE WHEN q.pct = 75 THEN q.quartile END) AS p75
FROM (
  SELECT
    v.key_no, p.pct,
    round(
      max(CASE WHEN (v.last_place - v.n_votes) * 100 <= (v.n_key_votes - 1) * p.pct
          AND v.last_place * 100 > (v.n_key_votes - 1) * p.pct THEN v.dollars END)
      + (
        -- The place above, which is the same one where the position is whole.
        max(CASE WHEN (v.last_place - v.n_votes - 1) * 100 < (v.n_key_votes - 1) * p.pct
            AND (v.last_place - 1) * 100 >= (v.n_key_votes - 1) * p.pct THEN v.dollars END)
        - max(CASE WHEN (v.last_place - v.n_votes) * 100 <= (v.n_key_votes - 1) * p.pct
            AND v.last_place * 100 > (v.n_key_votes - 1) * p.pct THEN v.dollars END)
      ) * CAST(max((v.n_key_votes - 1) * p.pct % 100) AS DECIMAL(3, 0)) * CAST(0.01 AS DECIMAL(3, 2)),
      2
    ) AS quartile
  FROM q05_votes v
  CROSS JOIN settings s
  CROSS JOIN percents p
  WHERE p.pct IN (25, 75) AND v.n_key_votes >= s.q05_min_votes
  GROUP BY v.key_no, p.pct
) q
GROUP BY q.key_no

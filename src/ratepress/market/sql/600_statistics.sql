-- step: statistics
-- grain: one comparison key at one strength, over one payer or over all payers
-- key: strength, key_id, grain, payer_id
-- Rule M05: position 1 + (n - 1) p / 100 between order statistics, rounded half up once.
-- Suppression (M06) is not done here: the caller shows prices where n_votes is under three.
-- Each percentile is joined with the one or two votes that it stands on, and never with all.
SELECT
  s.strength, s.key_id, s.grain, s.payer_id, s.payer,
  max(c.n_votes) AS n_votes,
  max(CASE WHEN g.pct = 10 THEN g.quantile END) AS p10,
  max(CASE WHEN g.pct = 25 THEN g.quantile END) AS p25,
  max(CASE WHEN g.pct = 50 THEN g.quantile END) AS p50,
  max(CASE WHEN g.pct = 75 THEN g.quantile END) AS p75,
  max(CASE WHEN g.pct = 90 THEN g.quantile END) AS p90,
  max(c.lowest) AS lowest,
  max(c.highest) AS highest,
  max(c.n_entities) AS n_entities,
  max(c.n_unresolved) AS n_unresolved,
  max(c.n_payers) AS n_payers
FROM (
  SELECT
    o.sample_id,
    max(o.n_votes) AS n_votes,
    min(o.dollars) AS lowest,
    max(o.dollars) AS highest,
    count(DISTINCT v.entity_id) AS n_entities,
    count(DISTINCT CASE WHEN v.is_unresolved THEN v.entity_id END) AS n_unresolved,
    count(DISTINCT o.cell_payer_id) AS n_payers
  FROM ordered_votes o
  JOIN voters v ON v.voter_id = o.voter_id
  GROUP BY o.sample_id
) c
JOIN samples s ON s.sample_id = c.sample_id
JOIN (
  SELECT
    o.sample_id, q.pct,
    round(
      max(CASE WHEN q.side = 'lower' THEN o.dollars END)
      + (
        max(CASE WHEN q.side = 'upper' THEN o.dollars END)
        - max(CASE WHEN q.side = 'lower' THEN o.dollars END)
      ) * CAST(max(q.pct_rest) AS DECIMAL(3, 0)) * CAST(0.01 AS DECIMAL(3, 2)),
      2
    ) AS quantile
  FROM ordered_votes o
  JOIN (
    SELECT n_votes, pct, pct_rest, 'lower' AS side, 1 + pct_whole AS rank_no
    FROM quantile_positions
    UNION ALL
    SELECT
      n_votes, pct, pct_rest, 'upper',
      1 + pct_whole + CASE WHEN pct_rest > 0 THEN 1 ELSE 0 END
    FROM quantile_positions
  ) q ON q.n_votes = o.n_votes AND q.rank_no = o.rank_no
  GROUP BY o.sample_id, q.pct
) g ON g.sample_id = c.sample_id
GROUP BY s.strength, s.key_id, s.grain, s.payer_id, s.payer

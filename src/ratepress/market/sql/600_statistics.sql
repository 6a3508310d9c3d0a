-- step: statistics
-- grain: one comparison key at one strength, over one payer or over all payers
-- key: strength, key_id, grain, payer_id
-- Rule M05: position 1 + (n - 1) p / 100 between order statistics, rounded half up once.
-- Suppression (M06) is not done here: the caller shows prices where n_votes is under three.
-- Each percentile is joined with the one or two votes that it stands on, and never with all.
SELECT
  c.strength, c.key_id, c.grain, c.payer_id, c.payer,
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
    strength, key_id, grain, payer_id, payer,
    max(n_votes) AS n_votes,
    min(dollars) AS lowest,
    max(dollars) AS highest,
    count(DISTINCT entity) AS n_entities,
    count(DISTINCT CASE WHEN entity_kind = 'provider group' THEN entity END) AS n_unresolved,
    count(DISTINCT payer_id_voting) AS n_payers
  FROM ordered_votes
  GROUP BY strength, key_id, grain, payer_id, payer
) c
JOIN (
  SELECT
    o.strength, o.key_id, o.grain, o.payer_id, q.pct,
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
  GROUP BY o.strength, o.key_id, o.grain, o.payer_id, q.pct
) g
  ON g.strength = c.strength AND g.key_id = c.key_id AND g.grain = c.grain
  AND g.payer_id = c.payer_id
GROUP BY c.strength, c.key_id, c.grain, c.payer_id, c.payer

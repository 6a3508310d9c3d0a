-- step: statistics
-- grain: one comparison key at one strength, over one payer or over all payers
-- key: strength, key_id, grain, payer_id
-- Rule M05: position 1 + (n - 1) p / 100 between order statistics, rounded half up once.
-- Suppression (M06) is not done here: the caller shows prices where n_votes is under three.
SELECT
  g.strength, g.key_id, g.grain, g.payer_id, g.payer,
  max(g.n_votes) AS n_votes,
  max(CASE WHEN g.pct = 10 THEN g.quantile END) AS p10,
  max(CASE WHEN g.pct = 25 THEN g.quantile END) AS p25,
  max(CASE WHEN g.pct = 50 THEN g.quantile END) AS p50,
  max(CASE WHEN g.pct = 75 THEN g.quantile END) AS p75,
  max(CASE WHEN g.pct = 90 THEN g.quantile END) AS p90,
  max(g.lowest) AS lowest,
  max(g.highest) AS highest,
  max(g.n_entities) AS n_entities,
  max(g.n_unresolved) AS n_unresolved,
  max(g.n_payers) AS n_payers
FROM (
  SELECT
    o.strength, o.key_id, o.grain, o.payer_id, o.payer, q.pct,
    max(o.n_votes) AS n_votes,
    round(
      max(CASE WHEN o.rank_no = 1 + q.pct_whole THEN o.dollars END)
      + (
        max(CASE
          WHEN o.rank_no = 1 + q.pct_whole + CASE WHEN q.pct_rest > 0 THEN 1 ELSE 0 END
            THEN o.dollars
        END)
        - max(CASE WHEN o.rank_no = 1 + q.pct_whole THEN o.dollars END)
      ) * CAST(max(q.pct_rest) AS DECIMAL(3, 0)) * CAST(0.01 AS DECIMAL(3, 2)),
      2
    ) AS quantile,
    min(o.dollars) AS lowest,
    max(o.dollars) AS highest,
    count(DISTINCT o.entity) AS n_entities,
    count(DISTINCT CASE WHEN o.entity_kind = 'provider group' THEN o.entity END) AS n_unresolved,
    count(DISTINCT o.payer_id_voting) AS n_payers
  FROM ordered_votes o
  JOIN quantile_positions q ON q.n_votes = o.n_votes
  GROUP BY o.strength, o.key_id, o.grain, o.payer_id, o.payer, q.pct
) g
GROUP BY g.strength, g.key_id, g.grain, g.payer_id, g.payer

-- step: voter_funnel
-- grain: one code at one strength
-- key: strength, code_system, code
-- The voters of dollar prices: left out by a rule about voters -> left out with their price ->
-- ballots. A voter with two prices stands twice.
SELECT
  t.strength,
  k.code_system,
  k.code,
  count(*) AS n_voters,
  CAST(sum(CASE WHEN l.price_id IS NOT NULL THEN 1 ELSE 0 END) AS BIGINT) AS n_left_out,
  CAST(sum(CASE WHEN l.price_id IS NULL AND c.price_id IS NULL THEN 1 ELSE 0 END) AS BIGINT)
    AS n_of_flagged_prices,
  CAST(sum(CASE WHEN l.price_id IS NULL AND c.price_id IS NOT NULL THEN 1 ELSE 0 END) AS BIGINT)
    AS n_ballots
FROM price_voters v
JOIN prices d ON d.price_id = v.price_id
JOIN comparison_keys k ON k.key_no = d.key_no
CROSS JOIN strengths t
LEFT JOIN voters_left_out l
  ON l.strength_no = t.strength_no AND l.price_id = v.price_id AND l.voter_id = v.voter_id
LEFT JOIN counting_prices c ON c.strength_no = t.strength_no AND c.price_id = v.price_id
WHERE d.statement = 'dollar'
GROUP BY t.strength, k.code_system, k.code

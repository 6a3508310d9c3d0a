-- step: vote_weights
-- grain: one vote that has weight, by one asked way of weighting
-- key: weights, strength, key_id, payer_id, voter_id
-- Rule M08: by the NPIs behind the vote, or by what they billed of the code to Medicare, in whole
-- services, half up. A vote of which nothing is known has no weight.
SELECT
  w.weights, n.strength, n.key_id, n.payer_id, n.voter_id,
  CAST(CASE w.weights
    WHEN 'npis' THEN count(*)
    ELSE round(sum(coalesce(u.n_services, CAST(0 AS DECIMAL(18, 6)))), 0)
  END AS BIGINT) AS weight
FROM vote_npis n
CROSS JOIN asked_weights w
JOIN cells c ON c.cell_id = n.key_id
JOIN comparison_keys k ON k.key_id = c.key_id
LEFT JOIN (
  SELECT s.npi, a.code_system, a.code, sum(s.n_services) AS n_services
  FROM utilisation s
  JOIN registry_files f
    ON f.content_id = s.content_id AND f.registry = 'utilisation' AND f.rank_no = 1
  JOIN asked_codes a
    ON a.code = s.code
    AND a.code_system
      = CASE WHEN substr(s.code, 1, 1) BETWEEN '0' AND '9' THEN 'cpt' ELSE 'hcpcs' END
  GROUP BY s.npi, a.code_system, a.code
) u ON u.npi = n.npi AND u.code = k.code AND u.code_system = k.code_system
GROUP BY w.weights, n.strength, n.key_id, n.payer_id, n.voter_id
HAVING CASE w.weights
    WHEN 'npis' THEN count(*)
    ELSE round(sum(coalesce(u.n_services, CAST(0 AS DECIMAL(18, 6)))), 0)
  END > 0

-- step: vote_percents
-- grain: one vote on a price that Medicare pays by place
-- key: cell_payer_id, voter_id
-- Rule M07: the vote in percent of Medicare at the voter's locality, else of the national amount,
-- half up to six decimals. The engines divide decimals differently: a quotient of doubles is at
-- most one off in the last digit, and the products, which are exact, say which it is.
SELECT
  q.cell_payer_id, q.voter_id, q.is_local,
  CASE
    WHEN (q.percent + CAST(0.0000005 AS DECIMAL(7, 7))) * q.amount <= q.dollars * 100
      THEN CAST(q.percent + CAST(0.000001 AS DECIMAL(6, 6)) AS DECIMAL(24, 6))
    WHEN (q.percent - CAST(0.0000005 AS DECIMAL(7, 7))) * q.amount > q.dollars * 100
      THEN CAST(q.percent - CAST(0.000001 AS DECIMAL(6, 6)) AS DECIMAL(24, 6))
    ELSE q.percent
  END AS percent
FROM (
  SELECT
    m.*,
    CAST(CAST(m.dollars AS DOUBLE) * 100 / CAST(m.amount AS DOUBLE) AS DECIMAL(24, 6)) AS percent
  FROM (
    SELECT
      v.cell_payer_id, v.voter_id, v.dollars,
      a.amount IS NOT NULL AS is_local,
      CAST(coalesce(a.amount, k.medicare_amount) AS DECIMAL(12, 2)) AS amount
    FROM cell_votes v
    JOIN cell_payers p ON p.cell_payer_id = v.cell_payer_id
    JOIN cells c ON c.cell_id = p.key_id
    JOIN comparison_keys k
      ON k.key_no = c.key_no AND k.medicare_system IN ('PFS', 'OPPS', 'ASC', 'IPPS')
    LEFT JOIN vote_localities l
      ON l.cell_payer_id = v.cell_payer_id AND l.voter_id = v.voter_id
    LEFT JOIN locality_amounts a
      ON a.medicare_system = k.medicare_system AND a.place = l.place AND a.code = k.code
      AND a.modifier = k.modifiers AND a.site = k.medicare_site
  ) m
) q

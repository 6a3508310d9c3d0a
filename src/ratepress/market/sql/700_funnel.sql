-- step: funnel
-- grain: one code at one strength
-- key: strength, code_system, code
-- Rows published -> not current -> other statements -> repeats -> flagged -> prices counted.
-- Rows are counted in comparison keys, where a price valid in two settings stands twice; a derived
-- price (M12) is no row.
SELECT
  t.strength,
  k.code_system,
  k.code,
  CAST(sum(d.n_rows) AS BIGINT) AS n_keyed_rows,
  CAST(sum(CASE WHEN d.statement <> 'dollar' THEN d.n_rows ELSE 0 END) AS BIGINT) AS n_not_dollars,
  CAST(sum(CASE WHEN d.statement = 'dollar' THEN d.n_rows - 1 ELSE 0 END) AS BIGINT) AS n_repeats,
  CAST(sum(CASE WHEN d.statement = 'dollar' AND c.price_id IS NULL THEN 1 ELSE 0 END) AS BIGINT) AS n_flagged,
  CAST(sum(CASE WHEN c.price_id IS NOT NULL THEN 1 ELSE 0 END) AS BIGINT) AS n_counted
FROM prices d
JOIN comparison_keys k ON k.key_no = d.key_no
CROSS JOIN strengths t
LEFT JOIN counting_prices c ON c.strength_no = t.strength_no AND c.price_id = d.price_id
WHERE d.statement <> 'derived dollar'
GROUP BY t.strength, k.code_system, k.code

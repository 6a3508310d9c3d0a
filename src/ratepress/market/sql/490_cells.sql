-- step: cells
-- grain: one comparison key in the nation, or in one asked area
-- key: cell_no
-- Rule M09. The `key_id` of ballots, votes and statistics is that of a cell; the nation's is the
-- comparison key's own, so that a join with `comparison_keys` alone gives the nation.
SELECT key_no AS cell_no, key_id AS cell_id, key_no, key_id, 'nation' AS area_kind, '' AS area
FROM comparison_keys
UNION ALL
SELECT
  m.last_no + row_number() OVER (ORDER BY a.key_no, a.area_kind, a.area),
  md5(concat_ws('|', k.key_id, a.area_kind, a.area)),
  a.key_no,
  k.key_id,
  a.area_kind,
  a.area
FROM (
  SELECT DISTINCT d.key_no, v.area_kind, v.area
  FROM voter_areas v
  JOIN prices d ON d.price_id = v.price_id
) a
JOIN comparison_keys k ON k.key_no = a.key_no
CROSS JOIN (SELECT max(key_no) AS last_no FROM stated_keys) m

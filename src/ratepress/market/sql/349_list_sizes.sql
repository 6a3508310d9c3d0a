-- step: list_sizes
-- grain: one list of NPIs that has some which no other list has
-- key: list_no
SELECT l.list_no, l.n_npis - coalesce(s.n_npis, 0) AS n_own
FROM (SELECT list_no, count(*) AS n_npis FROM list_npis GROUP BY list_no) l
LEFT JOIN (
  SELECT list_no, count(*) AS n_npis FROM shared_npis GROUP BY list_no
) s ON s.list_no = l.list_no
WHERE l.n_npis > coalesce(s.n_npis, 0)

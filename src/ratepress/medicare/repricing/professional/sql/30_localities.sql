-- step: localities
-- grain: one locality in one segment of dates
-- key: segment, locality
-- Rule P08. Of several files of one year the one with the lowest content id is used.
SELECT
  s.segment,
  g.mac || '-' || g.locality AS locality,
  CAST(g.work_gpci AS DECIMAL(7, 4)) AS work_gpci,
  CAST(g.pe_gpci AS DECIMAL(7, 4)) AS pe_gpci,
  CAST(g.malpractice_gpci AS DECIMAL(7, 4)) AS malpractice_gpci
FROM segments s
JOIN pfs_gpci g ON s.first_day BETWEEN g.effective_from AND g.effective_until
QUALIFY row_number() OVER (
  PARTITION BY s.segment, g.mac, g.locality ORDER BY g.content_id
) = 1
UNION ALL
SELECT segment, 'national', 1, 1, 1 FROM segments

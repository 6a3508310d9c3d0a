-- step: file_standing
-- grain: one price file of the lake
-- key: content_id
-- Which files speak at the as-of date. A hospital's newer file replaces its older one, and files
-- of one date stand side by side; payers publish many files at once and age by rule Q14.
SELECT
  c.content_id,
  row_number() OVER (ORDER BY c.content_id) AS file_no,
  c.publisher,
  c.published_on,
  CASE
    WHEN c.published_on > s.as_of THEN 'after the as-of date'
    WHEN h.content_id IS NOT NULL AND rank() OVER (
      PARTITION BY
        coalesce(h.hospital_id, c.content_id),
        coalesce(c.published_on > s.as_of, FALSE)
      ORDER BY c.published_on DESC NULLS LAST
    ) > 1 THEN 'replaced by a newer file'
    ELSE 'current'
  END AS standing
FROM contents c
CROSS JOIN settings s
LEFT JOIN hospital_identities h ON h.content_id = c.content_id
WHERE c.release IS NULL

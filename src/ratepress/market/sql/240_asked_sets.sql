-- step: asked_sets
-- grain: one provider set of a published price that is current
-- key: set_no
-- Its number stands for its two texts in all that counts and joins providers. Numbers are in the
-- order of files and ids, so that both engines give the same.
SELECT
  row_number() OVER (ORDER BY r.file_no, r.provider_set_id) AS set_no,
  r.file_no,
  f.content_id,
  r.provider_set_id
FROM (
  SELECT DISTINCT file_no, provider_set_id
  FROM asked_rates
  WHERE standing = 'current' AND provider_set_id IS NOT NULL
) r
JOIN file_standing f ON f.file_no = r.file_no

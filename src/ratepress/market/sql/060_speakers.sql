-- step: speakers
-- grain: one payer name and plan name in one price file that states an asked code
-- key: speaker_no
-- Names resolved, once for all prices beside which they stand. Rule M03: the newest file speaks for
-- a price that stands in several, and `speaker_no` is the order in which they do.
SELECT
  row_number() OVER (
    ORDER BY f.published_on DESC NULLS LAST, n.payer_name, n.plan_name, n.content_id
  ) AS speaker_no,
  f.file_no,
  n.content_id,
  n.payer_name,
  n.plan_name,
  p.payer_no,
  p.payer_id,
  p.payer,
  coalesce(y.hospital_no, 0) AS hospital_no,
  coalesce(y.hospital_id, '') AS hospital_id,
  CASE WHEN h.content_id IS NULL THEN 'payer' ELSE 'hospital' END AS published_by,
  coalesce(h.license_state, '') AS state,
  f.publisher,
  f.published_on,
  f.standing
FROM (
  SELECT DISTINCT content_id, payer_name, coalesce(plan_name, '') AS plan_name
  FROM asked_names
) n
JOIN file_standing f ON f.content_id = n.content_id
LEFT JOIN hospitals h ON h.content_id = n.content_id
LEFT JOIN hospital_identities y ON y.content_id = n.content_id
JOIN payer_identities p
  ON p.payer_name = n.payer_name AND p.state = coalesce(h.license_state, '')

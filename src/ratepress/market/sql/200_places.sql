-- step: set_sites
-- grain: one site of one set of places of service
-- key: file_no, place_set_id, site
-- Rule M01: each place is facility or non-facility; CSTM-00 and unknown places are `any`.
SELECT DISTINCT
  f.file_no,
  m.place_set_id,
  coalesce(p.site, 'any') AS site
FROM place_sets m
JOIN file_standing f ON f.content_id = m.content_id
LEFT JOIN places p ON p.place = m.member

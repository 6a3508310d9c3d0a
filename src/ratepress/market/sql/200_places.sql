-- step: set_sites
-- grain: one site of one set of places of service
-- key: content_id, place_set_id, site
-- Rule M01: each place is facility or non-facility; CSTM-00 and unknown places are `any`.
SELECT DISTINCT
  m.content_id,
  m.place_set_id,
  coalesce(p.site, 'any') AS site
FROM place_sets m
LEFT JOIN places p ON p.place = m.member

-- step: set_facilities
-- grain: one kind of facility of one set of places of service
-- key: file_no, place_set_id, kind
-- Rule M07: the places paid as a facility, for the facility's own payment depends on which it is.
SELECT DISTINCT
  n.file_no,
  m.place_set_id,
  coalesce(f.kind, 'another facility') AS kind
FROM place_sets m
JOIN file_standing n ON n.content_id = m.content_id
JOIN places p ON p.place = m.member AND p.site = 'facility'
LEFT JOIN facility_places f ON f.place = m.member

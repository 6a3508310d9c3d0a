-- step: voter_lists
-- grain: one list of NPIs of one contracting entity of one provider set
-- key: set_voter_id, list_no
SELECT DISTINCT g.set_voter_id, l.list_no
FROM voter_groups g
JOIN npi_lists l ON l.group_no = g.group_no AND l.entity_no = g.entity_no

-- step: set_npis
-- grain: one NPI with a right check digit of one contracting entity of one provider set
-- key: set_voter_id, npi
-- Rule Q10.
SELECT DISTINCT v.set_voter_id, a.npi, a.npi_number
FROM voter_groups v
JOIN entity_npis p ON p.group_no = v.group_no AND p.entity_no = v.entity_no
JOIN asked_npis a ON a.npi = p.npi AND a.is_valid

-- step: list_npis
-- grain: one NPI with a right check digit of one list of NPIs
-- key: list_no, npi_number
-- Rule Q10. A hospital file's own list has the number of the file, below zero.
SELECT l.list_no, a.npi_number
FROM npi_lists l
JOIN entity_npis p ON p.group_no = l.group_no AND p.entity_no = l.entity_no
JOIN asked_npis a ON a.npi = p.npi AND a.is_valid
WHERE l.is_first
UNION ALL
SELECT DISTINCT -f.file_no, a.npi_number
FROM hospital_npis h
JOIN asked_contents c ON c.content_id = h.content_id
JOIN file_standing f ON f.content_id = h.content_id
JOIN asked_npis a ON a.npi = h.npi AND a.is_valid

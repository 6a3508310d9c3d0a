-- step: entity_npis
-- grain: one NPI of one contracting entity of one provider group
-- key: group_no, entity_no, npi
SELECT p.group_no, e.entity_no, p.npi
FROM group_providers p
JOIN entities e ON e.entity_kind = p.entity_kind AND e.entity = p.entity

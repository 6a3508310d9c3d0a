-- step: voter_groups
-- grain: one provider group in which one contracting entity of one provider set is, in one network
-- key: set_voter_id, group_no
SELECT v.set_voter_id, v.entity_no, s.group_no
FROM set_voters v
JOIN set_groups s ON s.set_no = v.set_no AND s.network = v.network
JOIN (SELECT DISTINCT group_no, entity_no FROM entity_npis) p
  ON p.group_no = s.group_no AND p.entity_no = v.entity_no

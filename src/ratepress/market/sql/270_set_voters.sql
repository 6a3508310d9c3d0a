-- step: set_voters
-- grain: one contracting entity of one provider set, in one network
-- key: set_voter_id
-- Rule M02.
SELECT
  row_number() OVER (ORDER BY v.set_no, v.network, v.entity_no) AS set_voter_id,
  v.set_no,
  a.provider_set_id,
  v.network,
  v.entity_no,
  e.entity_kind,
  e.entity
FROM (
  SELECT DISTINCT s.set_no, s.network, p.entity_no
  FROM set_groups s
  JOIN (SELECT DISTINCT group_no, entity_no FROM entity_npis) p ON p.group_no = s.group_no
) v
JOIN entities e ON e.entity_no = v.entity_no
JOIN asked_sets a ON a.set_no = v.set_no

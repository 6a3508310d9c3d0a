-- step: entities
-- grain: one contracting entity that the asked prices name
-- key: entity_no
SELECT
  row_number() OVER (ORDER BY e.entity_kind, e.entity) AS entity_no,
  e.entity_kind,
  e.entity
FROM (SELECT DISTINCT entity_kind, entity FROM group_providers) e

-- step: set_voters
-- grain: one contracting entity of one provider set, in one network
-- key: content_id, provider_set_id, network, entity_kind, entity
-- Rule M02. `set_voter_id` is its number: what counts NPIs joins by it, many times faster than by text.
SELECT
  row_number() OVER (
    ORDER BY v.content_id, v.provider_set_id, v.network, v.entity_kind, v.entity
  ) AS set_voter_id,
  v.*
FROM (
  SELECT DISTINCT s.content_id, s.provider_set_id, s.network, p.entity_kind, p.entity
  FROM set_groups s
  JOIN (
    SELECT DISTINCT content_id, group_id, entity_kind, entity
    FROM group_providers
  ) p ON p.content_id = s.content_id AND p.group_id = s.group_id
) v

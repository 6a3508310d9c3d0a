-- step: voters
-- grain: one voter of the asked prices
-- key: voter_id
-- Its number stands for the three texts of its name (M02) in all that counts and orders votes, where
-- texts take three times as long. Numbers are in the order of the names, entities over all kinds.
-- An entity is shared where it has several voters, by network or kind.
SELECT
  v.*,
  count(*) OVER (PARTITION BY v.entity_id) > 1 AS is_shared
FROM (
  SELECT
    row_number() OVER (ORDER BY n.network, n.entity_kind, n.entity) AS voter_id,
    dense_rank() OVER (ORDER BY n.entity) AS entity_id,
    n.network,
    n.entity_kind,
    n.entity,
    n.entity_kind = 'hospital' AS is_hospital,
    n.entity_kind = 'provider group' AS is_unresolved
  FROM (SELECT DISTINCT network, entity_kind, entity FROM named_voters) n
) v

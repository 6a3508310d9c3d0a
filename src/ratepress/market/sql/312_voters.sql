-- step: voters
-- grain: one voter of the asked prices
-- key: voter_id
-- Its number stands for the three texts of its name (M02) in all that counts and orders votes, where
-- texts take three times as long. Numbers are in the order of the names, entities over all kinds.
SELECT
  row_number() OVER (ORDER BY v.network, v.entity_kind, v.entity) AS voter_id,
  dense_rank() OVER (ORDER BY v.entity) AS entity_id,
  v.network,
  v.entity_kind,
  v.entity,
  v.entity_kind = 'hospital' AS is_hospital,
  v.entity_kind = 'provider group' AS is_unresolved
FROM (SELECT DISTINCT network, entity_kind, entity FROM named_voters) v

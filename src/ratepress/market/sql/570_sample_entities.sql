-- step: sample_entities
-- grain: one cell at one strength, over one payer or over all payers
-- key: sample_id
-- Different contracting entities among the voters. A voter that is its entity's only one is counted
-- as it stands, and an entity with several of them once.
SELECT
  e.sample_id,
  CAST(sum(e.n_entities) AS BIGINT) AS n_entities,
  CAST(sum(e.n_unresolved) AS BIGINT) AS n_unresolved,
  CAST(sum(e.n_hospitals) AS BIGINT) AS n_hospitals
FROM (
  SELECT
    c.sample_id,
    count(*) AS n_entities,
    sum(CASE WHEN v.is_unresolved THEN 1 ELSE 0 END) AS n_unresolved,
    sum(CASE WHEN v.is_hospital THEN 1 ELSE 0 END) AS n_hospitals
  FROM sample_voters c
  JOIN voters v ON v.voter_id = c.voter_id AND NOT v.is_shared
  GROUP BY c.sample_id
  UNION ALL
  SELECT
    c.sample_id,
    count(DISTINCT v.entity_id),
    count(DISTINCT CASE WHEN v.is_unresolved THEN v.entity_id END),
    count(DISTINCT CASE WHEN v.is_hospital THEN v.entity_id END)
  FROM sample_voters c
  JOIN voters v ON v.voter_id = c.voter_id AND v.is_shared
  GROUP BY c.sample_id
) e
GROUP BY e.sample_id

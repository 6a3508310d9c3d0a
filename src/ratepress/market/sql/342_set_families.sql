-- step: set_families
-- grain: one contracting entity of one provider set, in one network, and one family of services
-- key: content_id, provider_set_id, network, entity_kind, entity, family
-- Rule Q09: how many of its NPIs plausibly bill the family, how many do not, and how many say
-- nothing of it. The others of its NPIs are unknown.
SELECT
  s.content_id,
  s.provider_set_id,
  s.network,
  g.entity_kind,
  g.entity,
  g.family,
  CAST(sum(g.n_plausible) AS BIGINT) AS n_plausible,
  CAST(sum(g.n_implausible) AS BIGINT) AS n_implausible,
  CAST(sum(g.n_silent) AS BIGINT) AS n_silent
FROM set_groups s
JOIN (
  SELECT
    p.content_id, p.group_id, p.entity_kind, p.entity, v.family,
    sum(CASE WHEN v.verdict = 'plausible' THEN 1 ELSE 0 END) AS n_plausible,
    sum(CASE WHEN v.verdict = 'implausible' THEN 1 ELSE 0 END) AS n_implausible,
    sum(CASE WHEN v.verdict = 'silent' THEN 1 ELSE 0 END) AS n_silent
  FROM group_providers p
  JOIN npi_families v ON v.npi = p.npi
  GROUP BY p.content_id, p.group_id, p.entity_kind, p.entity, v.family
) g ON g.content_id = s.content_id AND g.group_id = s.group_id
GROUP BY s.content_id, s.provider_set_id, s.network, g.entity_kind, g.entity, g.family

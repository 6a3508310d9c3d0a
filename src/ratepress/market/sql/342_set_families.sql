-- step: set_families
-- grain: one contracting entity of one provider set, in one network, and one family of services
-- key: content_id, provider_set_id, network, entity_kind, entity, family
-- Rule Q09: how many of its NPIs plausibly bill the family, and how many do not.
SELECT
  k.content_id,
  k.provider_set_id,
  coalesce(n.network_name, '') AS network,
  g.entity_kind,
  g.entity,
  g.family,
  CAST(sum(g.n_plausible) AS BIGINT) AS n_plausible,
  CAST(sum(g.n_implausible) AS BIGINT) AS n_implausible,
  CAST(sum(g.n_unknown) AS BIGINT) AS n_unknown
FROM (
  SELECT DISTINCT content_id, provider_set_id
  FROM keyed_rates
) k
JOIN provider_sets s
  ON s.content_id = k.content_id AND s.provider_set_id = k.provider_set_id
JOIN (
  SELECT
    p.content_id, p.group_id, p.entity_kind, p.entity, f.family,
    sum(CASE WHEN v.verdict = 'plausible' THEN 1 ELSE 0 END) AS n_plausible,
    sum(CASE WHEN v.verdict = 'implausible' THEN 1 ELSE 0 END) AS n_implausible,
    sum(CASE WHEN coalesce(v.verdict, 'unknown') = 'unknown' THEN 1 ELSE 0 END) AS n_unknown
  FROM group_providers p
  CROSS JOIN (SELECT DISTINCT family FROM family_ranges) f
  LEFT JOIN npi_families v ON v.npi = p.npi AND v.family = f.family
  GROUP BY p.content_id, p.group_id, p.entity_kind, p.entity, f.family
) g ON g.content_id = s.content_id AND g.group_id = s.group_id
LEFT JOIN group_networks n ON n.content_id = s.content_id AND n.group_id = s.group_id
GROUP BY
  k.content_id, k.provider_set_id, coalesce(n.network_name, ''), g.entity_kind, g.entity, g.family

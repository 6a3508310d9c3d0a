-- step: used_npis
-- grain: one provider of the utilisation data
-- key: npi
SELECT
  u.npi,
  min(u.provider_type) AS provider_type
FROM utilisation u
JOIN registry_files f
  ON f.content_id = u.content_id AND f.registry = 'utilisation' AND f.rank_no = 1
GROUP BY u.npi

-- step: key_facilities
-- grain: one comparison key of facility prices
-- key: key_id
-- Rule M07: which of Medicare's payment systems of facilities the prices of a key fall under.
-- A surgical center is one where place 24 says so alone; beside another place it is one of several
-- kinds. Outpatient prices of no place are a hospital's. Without a setting the places must say it.
SELECT
  g.key_id,
  CASE
    WHEN g.setting = 'contradictory' THEN 'setting contradicted'
    WHEN g.setting = 'inpatient' OR (g.code_system = 'ms-drg' AND g.setting = 'not stated')
      THEN 'hospital inpatient'
    WHEN g.site = 'nonfacility' THEN 'outside a facility'
    WHEN g.n_center > 0 AND g.n_else = 0 THEN 'surgical center'
    WHEN g.n_center > 0 THEN 'several kinds of facility'
    WHEN g.n_outpatient > 0 AND (g.setting = 'outpatient' OR g.n_unsaid = 0)
      THEN 'hospital outpatient'
    WHEN g.setting = 'outpatient' AND g.n_stated = 0 THEN 'hospital outpatient'
    WHEN g.setting = 'outpatient' THEN 'another facility'
    ELSE 'setting not stated'
  END AS kind
FROM (
  SELECT
    k.key_id,
    max(k.code_system) AS code_system,
    max(k.setting) AS setting,
    max(k.site) AS site,
    count(s.kind) AS n_stated,
    sum(CASE WHEN s.kind = 'surgical center' THEN 1 ELSE 0 END) AS n_center,
    sum(CASE WHEN s.kind = 'surgical center' THEN 0 ELSE 1 END) AS n_else,
    sum(CASE WHEN s.kind = 'hospital outpatient' THEN 1 ELSE 0 END) AS n_outpatient,
    sum(CASE WHEN s.kind IN ('hospital outpatient', 'surgical center') THEN 0 ELSE 1 END)
      AS n_unsaid
  FROM (
    SELECT key_id, content_id, code_system, billing_class, setting, site, place_set_id
    FROM keyed_rates
    UNION ALL
    SELECT key_id, content_id, code_system, billing_class, setting, site, place_set_id
    FROM derived_rates
  ) k
  LEFT JOIN set_facilities s ON s.content_id = k.content_id AND s.place_set_id = k.place_set_id
  WHERE k.billing_class = 'facility'
  GROUP BY k.key_id
) g

-- step: key_facilities
-- grain: one comparison key of facility prices
-- key: key_no
-- Rule M07: which of Medicare's payment systems of facilities the prices of a key fall under.
-- A surgical center is one where place 24 says so alone; beside another place it is one of several
-- kinds. Outpatient prices of no place are a hospital's. Without a setting the places must say it.
SELECT
  g.key_no,
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
    r.key_no,
    max(k.code_system) AS code_system,
    max(k.setting) AS setting,
    max(k.site) AS site,
    count(s.kind) AS n_stated,
    sum(CASE WHEN s.kind = 'surgical center' THEN 1 ELSE 0 END) AS n_center,
    sum(CASE WHEN s.kind = 'surgical center' THEN 0 ELSE 1 END) AS n_else,
    sum(CASE WHEN s.kind = 'hospital outpatient' THEN 1 ELSE 0 END) AS n_outpatient,
    sum(CASE WHEN s.kind IN ('hospital outpatient', 'surgical center') THEN 0 ELSE 1 END)
      AS n_unsaid
  FROM key_rates r
  JOIN stated_keys k ON k.key_no = abs(r.key_no) AND k.billing_class = 'facility'
  LEFT JOIN set_facilities s ON s.file_no = r.file_no AND s.place_set_id = r.place_set_id
  GROUP BY r.key_no
) g

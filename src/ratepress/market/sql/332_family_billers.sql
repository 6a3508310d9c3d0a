-- step: family_billers
-- grain: one provider of the utilisation data and one family of services that it billed
-- key: npi, family
SELECT DISTINCT u.npi, r.family
FROM utilisation u
JOIN registry_files f
  ON f.content_id = u.content_id AND f.registry = 'utilisation' AND f.rank_no = 1
JOIN family_ranges r ON u.code >= r.first_code AND u.code <= r.last_code

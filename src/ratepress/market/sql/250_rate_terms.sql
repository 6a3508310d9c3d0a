-- step: rate_terms
-- grain: one published price in one comparison key, and what tells that key
-- key: rate_no, line_of_business, setting, site
-- kept: no
-- Rule M01: a price valid at both kinds of site, in both settings, or for plans of several lines of
-- business stands once in each. Set 0 is that of a price without providers.
SELECT
  r.rate_no, r.speaker_no, r.file_no, r.payer_no, r.hospital_no,
  coalesce(a.set_no, 0) AS set_no,
  r.wording_no,
  coalesce(l.line_of_business, w.line_of_business) AS line_of_business,
  coalesce(b.setting, w.setting) AS setting,
  coalesce(s.site, 'any') AS site,
  r.drug_unit, r.place_set_id, r.dollars, r.percentage, r.algorithm, r.expires_on
FROM asked_rates r
JOIN wordings w ON w.wording_no = r.wording_no
LEFT JOIN asked_sets a
  ON a.file_no = r.file_no AND a.provider_set_id = r.provider_set_id
LEFT JOIN set_sites s ON s.file_no = r.file_no AND s.place_set_id = r.place_set_id
LEFT JOIN file_lines l ON l.file_no = r.file_no AND w.line_of_business = 'unknown'
LEFT JOIN both_settings b ON b.published_setting = w.setting
WHERE r.standing = 'current'

-- step: comparison_keys
-- grain: one comparison key (rule M01)
-- key: key_no
-- Rule M07: a key has a Medicare amount only where one system and one priced site answer for it.
SELECT
  k.*,
  coalesce(f.kind, '') AS facility_kind,
  m.system AS medicare_system,
  m.amount AS medicare_amount,
  m.site AS medicare_site
FROM (
  SELECT
    key_no, key_id, code_system, code, modifiers, line_of_business, billing_class, setting, site,
    arrangement, statement, price_unit, method, drug_unit
  FROM stated_keys
  UNION ALL
  SELECT
    d.key_no, md5(concat_ws('|', 'derived dollar', s.key_id)), s.code_system, s.code, s.modifiers,
    s.line_of_business, s.billing_class, s.setting, s.site, s.arrangement, 'derived dollar',
    'service', s.method, s.drug_unit
  FROM (SELECT DISTINCT key_no FROM derived_rates) d
  JOIN stated_keys s ON s.key_no = -d.key_no
) k
LEFT JOIN key_facilities f ON f.key_no = k.key_no
LEFT JOIN medicare_amounts m
  ON m.code_system = k.code_system
  AND m.code = k.code
  AND m.modifier = k.modifiers
  AND m.billing_class = k.billing_class
  AND m.kind = coalesce(f.kind, '')
  AND m.price_site IN (k.site, concat_ws(', ', k.site, k.setting), 'every')
  AND k.statement IN ('dollar', 'derived dollar')
  AND k.price_unit IN ('service', 'case')
  AND k.drug_unit = ''

-- step: comparison_keys
-- grain: one comparison key (rule M01)
-- key: key_id
-- Rule M07: a key has a Medicare amount only where one system and one priced site answer for it.
SELECT
  k.*,
  coalesce(f.kind, '') AS facility_kind,
  m.system AS medicare_system,
  m.amount AS medicare_amount,
  m.site AS medicare_site
FROM (
  SELECT DISTINCT
    key_id, code_system, code, modifiers, line_of_business, billing_class, setting, site,
    arrangement, statement, price_unit, method, drug_unit
  FROM keyed_rates
  UNION
  SELECT
    key_id, code_system, code, modifiers, line_of_business, billing_class, setting, site,
    arrangement, statement, price_unit, method, drug_unit
  FROM derived_rates
) k
LEFT JOIN key_facilities f ON f.key_id = k.key_id
LEFT JOIN medicare_amounts m
  ON m.code_system = k.code_system
  AND m.code = k.code
  AND m.modifier = k.modifiers
  AND m.billing_class = k.billing_class
  AND m.kind = coalesce(f.kind, '')
  AND m.price_site IN (k.site, 'every')
  AND k.statement IN ('dollar', 'derived dollar')
  AND k.price_unit IN ('service', 'case')
  AND k.drug_unit = ''

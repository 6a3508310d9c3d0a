-- step: comparison_keys
-- grain: one comparison key (rule M01)
-- key: key_id
-- Rule M07: a key has a Medicare amount only where one system and one priced site answer for it.
SELECT
  k.*,
  m.amount AS medicare_amount,
  m.site AS medicare_site
FROM (
  SELECT DISTINCT
    key_id, code_system, code, modifiers, line_of_business, billing_class, setting, site,
    arrangement, statement, price_unit, method, drug_unit
  FROM keyed_rates
) k
LEFT JOIN medicare_amounts m
  ON m.code = k.code
  AND m.modifier = k.modifiers
  AND m.billing_class = k.billing_class
  AND m.price_site = k.site
  AND k.code_system IN ('cpt', 'hcpcs')
  AND k.statement = 'dollar'
  AND k.price_unit IN ('service', 'case')
  AND k.drug_unit = ''

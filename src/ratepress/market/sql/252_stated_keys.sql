-- step: stated_keys
-- grain: one comparison key of published prices (rule M01)
-- key: key_no
SELECT DISTINCT
  key_no, key_id, code_system, code, modifiers, line_of_business, billing_class, setting, site,
  arrangement, statement, price_unit, method, drug_unit
FROM key_terms

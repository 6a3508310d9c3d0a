-- step: stated_prices
-- grain: one distinct dollar price that a hospital's or a payer's file states for one hospital
-- key: strength, published_by, hospital_id, price_id
-- Rule M11. Methodology, arrangement and plan are left out: the two forms of file word them apart.
SELECT
  c.strength, c.published_by, c.hospital_id, c.payer_id, c.payer,
  k.code_system, k.code, k.modifiers, k.price_unit, k.drug_unit,
  k.line_of_business, k.billing_class, k.setting, k.site,
  c.price_id, c.dollars
FROM counted_prices c
JOIN comparison_keys k ON k.key_id = c.key_id
WHERE c.published_by = 'hospital' AND k.statement = 'dollar'
UNION ALL
SELECT
  c.strength, c.published_by, h.hospital_id, c.payer_id, c.payer,
  k.code_system, k.code, k.modifiers, k.price_unit, k.drug_unit,
  k.line_of_business, k.billing_class, k.setting, k.site,
  c.price_id, c.dollars
FROM counted_prices c
JOIN comparison_keys k ON k.key_id = c.key_id
JOIN hospital_sets h
  ON h.content_id = c.content_id AND h.provider_set_id = c.provider_set_id
WHERE c.published_by = 'payer'

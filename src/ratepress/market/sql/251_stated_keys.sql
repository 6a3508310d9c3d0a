-- step: stated_keys
-- grain: one comparison key of published prices (rule M01)
-- key: key_no
-- The id ends with the lengths of its parts, because a published word may hold the separator.
SELECT
  row_number() OVER (ORDER BY k.key_id) AS key_no,
  k.*
FROM (
  SELECT
    md5(concat_ws(
      '|', e.code_system, e.code, e.modifiers, e.line_of_business, e.billing_class, e.setting,
      e.site, e.arrangement, e.statement, e.price_unit, e.method, e.drug_unit,
      CAST(length(e.code) AS STRING), CAST(length(e.modifiers) AS STRING),
      CAST(length(e.line_of_business) AS STRING), CAST(length(e.billing_class) AS STRING),
      CAST(length(e.setting) AS STRING), CAST(length(e.arrangement) AS STRING),
      CAST(length(e.price_unit) AS STRING), CAST(length(e.method) AS STRING),
      CAST(length(e.drug_unit) AS STRING)
    )) AS key_id,
    e.*
  FROM (
    SELECT DISTINCT
      code_system, code, modifiers, line_of_business, billing_class, setting, site, arrangement,
      statement, price_unit, method, drug_unit
    FROM rate_terms
  ) e
) k

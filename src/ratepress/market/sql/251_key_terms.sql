-- step: key_terms
-- grain: one wording of published prices in one of the comparison keys (M01) in which they stand
-- key: wording_no, line_of_business, setting, site, drug_unit
-- The id ends with the lengths of its parts, because a published word may hold the separator. Several
-- wordings may come to one key.
SELECT
  dense_rank() OVER (ORDER BY k.key_id) AS key_no,
  k.*
FROM (
  SELECT
    md5(concat_ws(
      '|', w.code_system, w.code, w.modifiers, e.line_of_business, w.billing_class, e.setting,
      e.site, w.arrangement, w.statement, w.price_unit, w.method, e.drug_unit,
      CAST(length(w.code) AS STRING), CAST(length(w.modifiers) AS STRING),
      CAST(length(e.line_of_business) AS STRING), CAST(length(w.billing_class) AS STRING),
      CAST(length(e.setting) AS STRING), CAST(length(w.arrangement) AS STRING),
      CAST(length(w.price_unit) AS STRING), CAST(length(w.method) AS STRING),
      CAST(length(e.drug_unit) AS STRING)
    )) AS key_id,
    e.wording_no, w.code_system, w.code, w.modifiers, e.line_of_business, w.billing_class,
    e.setting, e.site, w.arrangement, w.statement, w.price_unit, w.method, e.drug_unit
  FROM (
    SELECT DISTINCT wording_no, line_of_business, setting, site, drug_unit FROM rate_terms
  ) e
  JOIN wordings w ON w.wording_no = e.wording_no
) k

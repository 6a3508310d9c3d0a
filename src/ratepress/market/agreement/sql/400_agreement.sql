-- step: agreement
-- grain: one price of a hospital's file beside one of a payer's file for the same service
-- key: strength, hospital_id, payer_id, code_system, code, modifiers, price_unit, drug_unit,
--   hospital_line, payer_line, hospital_class, payer_class, hospital_setting, payer_setting,
--   hospital_site, payer_site
-- Rule M11. What one side does not state contradicts nothing, and is named in `not_stated`.
SELECT
  h.strength, h.hospital_id, h.payer_id, h.payer,
  h.code_system, h.code, h.modifiers, h.price_unit, h.drug_unit,
  h.line_of_business AS hospital_line, p.line_of_business AS payer_line,
  h.billing_class AS hospital_class, p.billing_class AS payer_class,
  h.setting AS hospital_setting, p.setting AS payer_setting,
  h.site AS hospital_site, p.site AS payer_site,
  concat_ws(
    ', ',
    CASE WHEN h.line_of_business <> p.line_of_business THEN 'line of business' END,
    CASE WHEN h.billing_class <> p.billing_class THEN 'billing class' END,
    CASE WHEN h.setting <> p.setting THEN 'setting' END,
    CASE WHEN h.site <> p.site THEN 'site' END
  ) AS not_stated,
  h.n_prices AS n_hospital_prices,
  p.n_prices AS n_payer_prices,
  h.dollars AS hospital_dollars,
  p.dollars AS payer_dollars,
  CASE
    WHEN p.dollars = h.dollars THEN 'exact'
    WHEN abs(p.dollars - h.dollars) * 10 <= h.dollars THEN 'within 10%'
    WHEN abs(p.dollars - h.dollars) * 5 <= h.dollars THEN 'within 20%'
    ELSE 'further apart'
  END AS band
FROM stated_medians h
JOIN stated_medians p
  ON p.strength = h.strength AND p.hospital_id = h.hospital_id AND p.payer_id = h.payer_id
  AND p.code_system = h.code_system AND p.code = h.code AND p.modifiers = h.modifiers
  AND p.price_unit = h.price_unit AND p.drug_unit = h.drug_unit
  AND (
    p.line_of_business = h.line_of_business
    OR p.line_of_business = 'unknown' OR h.line_of_business = 'unknown'
  )
  AND (
    p.billing_class = h.billing_class
    OR p.billing_class = 'not stated' OR h.billing_class = 'not stated'
  )
  AND (p.setting = h.setting OR p.setting = 'not stated' OR h.setting = 'not stated')
  AND (p.site = h.site OR p.site = 'any' OR h.site = 'any')
WHERE h.published_by = 'hospital' AND p.published_by = 'payer'

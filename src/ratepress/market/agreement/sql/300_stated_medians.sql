-- step: stated_medians
-- grain: one side's price of one hospital, payer and service
-- key: strength, published_by, hospital_id, payer_id, code_system, code, modifiers, price_unit,
--   drug_unit, line_of_business, billing_class, setting, site
-- Rule M02's median: the mean of the two middle prices, in exact decimals.
SELECT
  p.strength, p.published_by, p.hospital_id, p.payer_id, p.payer,
  p.code_system, p.code, p.modifiers, p.price_unit, p.drug_unit,
  p.line_of_business, p.billing_class, p.setting, p.site,
  max(p.n_prices) AS n_prices,
  CAST(
    sum(CASE
      WHEN p.rank_no * 2 = p.n_prices OR p.rank_no * 2 = p.n_prices + 1
        OR p.rank_no * 2 = p.n_prices + 2 THEN p.dollars
    END)
    * CASE WHEN max(p.n_prices) % 2 = 0 THEN CAST(0.5 AS DECIMAL(2, 1)) ELSE CAST(1 AS DECIMAL(2, 1)) END
    AS DECIMAL(24, 5)
  ) AS dollars
FROM (
  SELECT
    *,
    row_number() OVER (
      PARTITION BY
        strength, published_by, hospital_id, payer_id, code_system, code, modifiers, price_unit,
        drug_unit, line_of_business, billing_class, setting, site
      ORDER BY dollars, price_id
    ) AS rank_no,
    count(*) OVER (
      PARTITION BY
        strength, published_by, hospital_id, payer_id, code_system, code, modifiers, price_unit,
        drug_unit, line_of_business, billing_class, setting, site
    ) AS n_prices
  FROM stated_prices
) p
GROUP BY
  p.strength, p.published_by, p.hospital_id, p.payer_id, p.payer,
  p.code_system, p.code, p.modifiers, p.price_unit, p.drug_unit,
  p.line_of_business, p.billing_class, p.setting, p.site

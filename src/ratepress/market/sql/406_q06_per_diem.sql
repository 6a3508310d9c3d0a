-- step: q06
-- grain: one distinct price
-- key: price_id
-- Rule Q06: the price of a case is, to the cent, a price of a day of the same payer in the same file
-- for the same code, setting, class, line of business and providers.
SELECT DISTINCT d.price_id, 'Q06' AS rule_id, 'flagged' AS outcome
FROM distinct_prices d
JOIN comparison_keys k ON k.key_id = d.key_id
JOIN keyed_rates r
  ON r.content_id = d.content_id AND r.payer_id = d.payer_id AND r.plan_name = d.plan_name
  AND r.code_system = k.code_system AND r.code = k.code AND r.setting = k.setting
  AND r.billing_class = k.billing_class AND r.line_of_business = k.line_of_business
  AND coalesce(r.provider_set_id, '') = coalesce(d.provider_set_id, '')
  AND r.dollars = d.dollars
WHERE d.statement = 'dollar' AND d.dollars > 0 AND k.price_unit = 'case'
  AND r.statement = 'dollar' AND r.price_unit = 'day'

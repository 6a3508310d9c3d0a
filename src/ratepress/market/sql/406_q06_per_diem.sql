-- step: q06
-- grain: one distinct price
-- key: price_id
-- Rule Q06: the price of a case is, to the cent, a price of a day of the same payer in the same file
-- for the same code, setting, class, line of business and providers.
SELECT DISTINCT d.price_id, 'Q06' AS rule_id, 'flagged' AS outcome
FROM prices d
JOIN comparison_keys k ON k.key_no = d.key_no AND k.price_unit = 'case'
JOIN speakers s ON s.speaker_no = d.speaker_no
JOIN (
  SELECT
    r.file_no, r.payer_no, r.set_no, r.dollars, n.plan_name,
    t.code_system, t.code, t.setting, t.billing_class, t.line_of_business
  FROM rate_keys r
  JOIN stated_keys t ON t.key_no = r.key_no AND t.statement = 'dollar' AND t.price_unit = 'day'
  JOIN speakers n ON n.speaker_no = r.speaker_no
) y
  ON y.file_no = d.file_no AND y.payer_no = d.payer_no AND y.set_no = d.set_no
  AND y.dollars = d.dollars AND y.plan_name = s.plan_name
  AND y.code_system = k.code_system AND y.code = k.code AND y.setting = k.setting
  AND y.billing_class = k.billing_class AND y.line_of_business = k.line_of_business
WHERE d.statement = 'dollar' AND d.dollars > 0

-- step: q04
-- grain: one distinct price
-- key: price_id
-- Rule Q04: outside plausible bounds of Medicare, or not assessed without its amount.
SELECT
  d.price_id,
  'Q04' AS rule_id,
  CASE WHEN k.medicare_amount IS NULL THEN 'not assessed' ELSE 'flagged' END AS outcome
FROM prices d
JOIN comparison_keys k ON k.key_no = d.key_no
CROSS JOIN settings s
WHERE d.statement IN ('dollar', 'derived dollar')
  AND (
    k.medicare_amount IS NULL
    OR (k.setting = 'inpatient' AND k.billing_class <> 'professional' AND (
      d.dollars < k.medicare_amount * s.q04_inpatient_low
      OR d.dollars > k.medicare_amount * s.q04_inpatient_high
    ))
    OR ((k.setting <> 'inpatient' OR k.billing_class = 'professional') AND (
      d.dollars < k.medicare_amount * s.q04_other_low
      OR d.dollars > k.medicare_amount * s.q04_other_high
    ))
  )

-- step: q12
-- grain: one distinct price
-- key: price_id
-- Rule Q12: place of service or setting contradicts the class, or each other.
SELECT d.price_id, 'Q12' AS rule_id, 'flagged' AS outcome
FROM prices d
JOIN comparison_keys k ON k.key_no = d.key_no
WHERE k.setting = 'contradictory'
  OR (k.site = 'nonfacility' AND (k.billing_class = 'facility' OR k.setting = 'inpatient'))

-- step: q08
-- grain: one distinct price
-- key: price_id
-- Rule Q08: the billing class cannot be that of the code, or of its modifier.
SELECT d.price_id, 'Q08' AS rule_id, 'flagged' AS outcome
FROM prices d
JOIN comparison_keys k ON k.key_no = d.key_no
WHERE (k.billing_class = 'professional' AND (
    k.code_system LIKE '%drg' OR k.code_system IN ('apc', 'eapg', 'rc', 'hipps')
  ))
  OR (k.billing_class = 'facility' AND concat_ws('', '|', k.modifiers, '|') LIKE '%|26|%')

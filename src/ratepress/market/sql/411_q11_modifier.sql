-- step: q11
-- grain: one distinct price
-- key: price_id
-- Rule Q11: the code may not carry one of the modifiers, by the coding facts of the as-of date.
SELECT d.price_id, 'Q11' AS rule_id, m.outcome
FROM prices d
JOIN comparison_keys k ON k.key_no = d.key_no
JOIN modifier_outcomes m
  ON m.code_system = k.code_system AND m.code = k.code AND m.modifiers = k.modifiers

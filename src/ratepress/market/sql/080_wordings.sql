-- step: wordings
-- grain: one way in which published prices of the asked codes say what they are for
-- key: wording_no
-- Rule M04: modifiers stay as published. There are few: their number stands for ten texts.
SELECT
  row_number() OVER (
    ORDER BY
      w.code_system, w.code, w.modifiers, w.line_of_business, w.billing_class, w.setting,
      w.arrangement, w.statement, w.price_unit, w.method
  ) AS wording_no,
  w.*
FROM (
  SELECT DISTINCT
    r.code_system,
    r.code,
    r.modifier_set_id AS modifiers,
    r.line_of_business,
    coalesce(r.billing_class, 'not stated') AS billing_class,
    coalesce(r.setting, 'not stated') AS setting,
    coalesce(r.arrangement, 'not stated') AS arrangement,
    r.statement,
    r.price_unit,
    coalesce(r.method, 'not stated') AS method
  FROM rates r
  JOIN asked_codes a ON a.code_system = r.code_system AND a.code = r.code
) w

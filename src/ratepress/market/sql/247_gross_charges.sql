-- step: gross_charges
-- grain: one gross charge of one hospital for one service, in one setting
-- key: hospital_no, code_system, code, modifiers, setting, billing_class, drug_unit, gross
-- Rule M12: of the files that speak at the as-of date. A placeholder (Q02) is no charge.
SELECT DISTINCT
  y.hospital_no,
  c.code_system,
  c.code,
  c.modifier_set_id AS modifiers,
  coalesce(b.setting, c.setting, 'not stated') AS setting,
  coalesce(c.billing_class, 'not stated') AS billing_class,
  coalesce(
    concat_ws(
      ' ',
      TRIM(TRAILING '.' FROM TRIM(TRAILING '0' FROM CAST(i.drug_unit AS STRING))),
      i.drug_unit_type
    ),
    ''
  ) AS drug_unit,
  c.gross
FROM charges c
JOIN asked_codes a ON a.code_system = c.code_system AND a.code = c.code
JOIN file_standing f ON f.content_id = c.content_id AND f.standing = 'current'
-- An item has the code of its charges: said here, its file is read by code and not whole.
JOIN items i
  ON i.content_id = c.content_id AND i.item_id = c.item_id
  AND i.code_system = a.code_system AND i.code = a.code
JOIN hospital_identities y ON y.content_id = c.content_id
CROSS JOIN settings s
LEFT JOIN both_settings b ON b.published_setting = c.setting
LEFT JOIN nines n ON n.dollars = c.gross
WHERE c.gross > s.q02_cent AND c.gross < s.m12_largest_gross AND n.dollars IS NULL

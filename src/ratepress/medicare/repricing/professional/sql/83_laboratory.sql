-- step: laboratory
-- grain: one line of a laboratory test that the physician fee schedule does not price
-- key: line_no
-- Rule P82: the national rate of the test, the lower of that and the charge.
SELECT
  a.line_no,
  cents(c.rate * a.units) AS amount,
  CAST(least(cents(c.rate * a.units), a.charge) AS DECIMAL(14, 2)) AS allowed,
  concat_ws(
    ' ',
    CASE WHEN s.is_old_tests OR a.is_old_zip THEN 'P00' END,
    CASE WHEN a.charge < cents(c.rate * a.units) THEN 'P31' END,
    CASE WHEN a.is_by_zip THEN 'P74' END,
    'P82'
  ) AS rules
FROM asked a
JOIN segments s ON s.segment = a.segment
JOIN laboratory_rates c ON c.segment = a.segment AND c.code = a.code
LEFT JOIN fees f
  ON f.segment = a.segment AND f.locality = a.locality AND f.site = a.site
  AND f.code = a.code AND f.component = ''
WHERE a.early_gap IS NULL AND (f.code IS NULL OR f.status = 'X')
  AND a.component = '' AND NOT a.is_both AND a.side = '' AND a.role = '' AND a.package = ''
  AND a.therapy_assistant = '' AND a.equipment = '' AND len(a.performers) = 0

-- step: results
-- grain: one line of the file
-- key: line_no
-- Rule P16: every line comes back, with its type's answer or with what is wrong with its form.
-- `typed_results` holds the answers of all types of claim: allowed_amount, rules, reason, and
-- whether the line is invalid.
SELECT
  f.line_no,
  t.allowed_amount,
  CASE
    WHEN f.problem IS NOT NULL OR t.is_invalid THEN 'invalid'
    WHEN t.allowed_amount IS NOT NULL THEN 'priced'
    ELSE 'not priced'
  END AS status,
  CASE WHEN f.problem IS NOT NULL THEN 'P15' ELSE coalesce(t.rules, 'P16') END AS rules,
  coalesce(f.problem, t.reason, f.claim_type || ' pricing is not built') AS reason
FROM forms f
LEFT JOIN typed_results t ON t.line_no = f.line_no

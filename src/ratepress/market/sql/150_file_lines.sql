-- step: file_lines
-- grain: one line of business of one in-network file that states none itself
-- key: file_no, line_of_business
-- Rule F170: the plans that tables of contents name for a file decide its lines.
SELECT DISTINCT
  f.file_no,
  p.line_of_business
FROM plan_lines p
JOIN file_standing f ON f.content_id = p.content_id

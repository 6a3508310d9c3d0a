-- step: file_lines
-- grain: one line of business of one in-network file that states none itself
-- key: content_id, line_of_business
-- Rule F170: the plans that tables of contents name for a file decide its lines.
SELECT DISTINCT
  p.content_id,
  p.line_of_business
FROM plan_lines p

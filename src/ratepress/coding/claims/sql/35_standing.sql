-- step: standing
-- grain: one line that is not denied by itself
-- key: line_no
-- A line that is denied whatever stands beside it takes no part in the rules across lines.
SELECT l.*
FROM coded_lines l
ANTI JOIN (
  SELECT a.line_no FROM alone a JOIN cases c ON c.case_id = a.case_id WHERE c.verdict = 'deny'
) d ON d.line_no = l.line_no

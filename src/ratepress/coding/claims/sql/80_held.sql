-- step: held
-- grain: one line whose diagnoses were held to at least one document
-- key: line_no
SELECT d.line_no, d.code, q.question
FROM diagnosed d
JOIN questions q
  ON q.code = d.code
  AND q.on_date = d.on_date
  AND q.state = d.state
  AND q.diagnoses = d.diagnoses
SEMI JOIN coverage_answers a ON a.question = q.question

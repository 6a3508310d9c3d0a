-- step: unsupported
-- grain: one thing found in the diagnoses of one line
-- key: line_no, case_id
-- Rules C84 to C86. Of several documents that say the same, the first is named.
WITH said AS (
  SELECT
    question,
    case_id,
    arg_min(shown, (document_type, document_id)) AS x,
    array_to_string(arg_min(diagnoses, (document_type, document_id))[1:12], ', ') AS y,
    arg_min(place, (document_type, document_id))
    || CASE
      WHEN count(*) = 1 THEN ''
      ELSE ' ' || (count(*) - 1) || ' more coverage documents say the same.'
    END AS z
  FROM coverage_answers
  WHERE case_id IS NOT NULL
  GROUP BY question, case_id
)

SELECT h.line_no, h.code, s.case_id, s.x, s.y, s.z
FROM held h
JOIN said s ON s.question = h.question

UNION ALL
SELECT l.line_no, l.code, 'diagnosis-malformed', m.x, '', ''
FROM coded_lines l
JOIN forms f ON f.line_no = l.line_no
JOIN malformed_diagnoses m ON m.diagnoses = f.diagnoses

-- step: diagnosed
-- grain: one line with diagnoses, of a code that coverage documents name
-- key: line_no
-- The state is that of the locality, else of the ZIP code; empty where neither tells it.
SELECT l.line_no, l.code, l.on_date, coalesce(s.state, '') AS state, f.diagnoses
FROM coded_lines l
JOIN forms f ON f.line_no = l.line_no
SEMI JOIN covered_codes c ON c.code = l.code
LEFT JOIN line_states s ON s.locality = f.locality AND s.zip = f.zip
WHERE f.diagnoses <> ''

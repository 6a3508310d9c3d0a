-- step: questions
-- grain: one code, day, state and text of diagnoses that lines ask about
-- key: question
SELECT *, row_number() OVER () AS question
FROM (SELECT DISTINCT code, on_date, state, diagnoses FROM diagnosed)

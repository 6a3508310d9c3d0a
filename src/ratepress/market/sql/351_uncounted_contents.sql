-- step: uncounted_contents
-- grain: one file of an asked price whose amounts were not counted when the lake was optimized
-- key: content_id
-- Rule Q02: `amount_spreads` has a row of every file that was looked through.
SELECT a.content_id
FROM asked_contents a
LEFT JOIN (SELECT DISTINCT content_id FROM amount_spreads) s ON s.content_id = a.content_id
WHERE s.content_id IS NULL

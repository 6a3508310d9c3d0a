-- step: q13
-- grain: one distinct price
-- key: price_id
-- Rule Q13: the file that states it declares another version of its template than it has.
SELECT d.price_id, 'Q13' AS rule_id, v.outcome
FROM prices d
JOIN file_standing f ON f.file_no = d.file_no
JOIN file_versions v ON v.content_id = f.content_id

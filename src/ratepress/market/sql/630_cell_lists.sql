-- step: cell_lists
-- grain: one list of NPIs behind the votes of one payer in one comparison key at one strength
-- key: cell_payer_id, list_no
-- Those that the counting prices of a voter name for it; a hospital's is the one of its file.
SELECT DISTINCT b.key_payer_no AS cell_payer_id, l.list_no
FROM national_ballots b
JOIN voter_lists l ON l.set_voter_id = b.set_voter_id
UNION ALL
SELECT DISTINCT c.key_payer_no, -d.file_no
FROM counting_prices c
JOIN prices d ON d.price_id = c.price_id AND d.hospital_no > 0

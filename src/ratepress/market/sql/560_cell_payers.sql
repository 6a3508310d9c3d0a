-- step: cell_payers
-- grain: one payer that has a vote in one cell at one strength
-- key: cell_payer_id
-- A number stands for the three texts where NPIs are counted.
SELECT
  row_number() OVER (ORDER BY v.strength, v.key_id, v.payer_id) AS cell_payer_id,
  v.*
FROM (SELECT DISTINCT strength, key_id, payer_id FROM votes) v

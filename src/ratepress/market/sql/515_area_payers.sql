-- step: area_payers
-- grain: one payer that votes in one asked area in one comparison key, at one strength
-- key: cell_payer_id
-- Numbers go on after those of the nation.
SELECT
  m.last_no + row_number() OVER (ORDER BY a.cell_no, a.key_payer_no) AS cell_payer_id,
  a.key_payer_no, a.cell_no
FROM (SELECT DISTINCT key_payer_no, cell_no FROM area_ballots) a
CROSS JOIN (SELECT max(key_payer_no) AS last_no FROM key_payers) m

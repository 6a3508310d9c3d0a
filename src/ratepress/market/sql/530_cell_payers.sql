-- step: cell_payers
-- grain: one payer that votes in one cell at one strength
-- key: cell_payer_id
-- Its number stands for the three texts. `all_payers_id` is that of the sample over all payers.
SELECT
  c.*,
  -min(c.cell_payer_id) OVER (PARTITION BY c.strength, c.key_id) AS all_payers_id
FROM (
  SELECT
    row_number() OVER (ORDER BY b.strength, b.key_id, b.payer_id) AS cell_payer_id,
    b.*
  FROM (
    SELECT strength, key_id, payer_id, min(payer) AS payer
    FROM ballots
    GROUP BY strength, key_id, payer_id
  ) b
) c

-- step: cell_payers
-- grain: one payer that votes in one cell at one strength
-- key: cell_payer_id
-- Its number stands for the three texts; in the nation it is that of the key and payer.
-- `all_payers_id` is that of the sample over all payers.
SELECT
  p.cell_payer_id, k.strength, c.cell_id AS key_id, n.payer_id, n.payer,
  c.area_kind = 'nation' AS is_national,
  -min(p.cell_payer_id) OVER (PARTITION BY k.strength_no, p.cell_no) AS all_payers_id
FROM (
  SELECT DISTINCT key_payer_no AS cell_payer_id, key_payer_no, key_no AS cell_no
  FROM counting_prices
  UNION ALL
  SELECT cell_payer_id, key_payer_no, cell_no FROM area_payers
) p
JOIN key_payers k ON k.key_payer_no = p.key_payer_no
JOIN cells c ON c.cell_no = p.cell_no
JOIN (SELECT DISTINCT payer_no, payer_id, payer FROM speakers) n ON n.payer_no = k.payer_no

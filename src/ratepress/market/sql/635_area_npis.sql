-- step: area_npis
-- grain: one NPI behind the votes of one payer in one asked area at one strength
-- key: cell_payer_id, npi_number
-- Rule M09: of the voters' NPIs those that practise there; a hospital's are all that its file states.
SELECT DISTINCT n.cell_payer_id, n.all_payers_id, n.npi_number
FROM (
  SELECT p.cell_payer_id, p.all_payers_id, i.npi_number
  FROM area_ballots b
  JOIN area_payers a ON a.key_payer_no = b.key_payer_no AND a.cell_no = b.cell_no
  JOIN cell_payers p ON p.cell_payer_id = a.cell_payer_id
  JOIN cells c ON c.cell_no = b.cell_no
  JOIN voter_lists l ON l.set_voter_id = b.set_voter_id
  JOIN list_npis i ON i.list_no = l.list_no
  JOIN npi_areas r
    ON r.npi_number = i.npi_number AND r.area_kind = c.area_kind AND r.area = c.area
  UNION ALL
  SELECT p.cell_payer_id, p.all_payers_id, i.npi_number
  FROM area_ballots b
  JOIN area_payers a ON a.key_payer_no = b.key_payer_no AND a.cell_no = b.cell_no
  JOIN cell_payers p ON p.cell_payer_id = a.cell_payer_id
  JOIN prices d ON d.price_id = b.price_id AND d.hospital_no > 0
  JOIN list_npis i ON i.list_no = -d.file_no
) n

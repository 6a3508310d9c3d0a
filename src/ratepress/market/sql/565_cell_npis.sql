-- step: cell_npis
-- grain: one NPI behind the votes of one payer in one cell at one strength
-- key: cell_payer_id, npi_number
-- Those that the counting prices of a voter name for it, with a right check digit (Q10); in an area
-- those that practise there. A hospital's are the ones that its file states.
SELECT DISTINCT n.cell_payer_id, n.npi_number
FROM (
  SELECT b.cell_payer_id, s.npi_number
  FROM (
    SELECT DISTINCT b.cell_payer_id, b.set_voter_id
    FROM numbered_ballots b
    JOIN cell_payers p ON p.cell_payer_id = b.cell_payer_id
    JOIN cells c ON c.cell_id = p.key_id AND c.area_kind = 'nation'
    JOIN voters v ON v.voter_id = b.voter_id AND NOT v.is_hospital
  ) b
  JOIN set_npis s ON s.set_voter_id = b.set_voter_id

  UNION ALL

  SELECT b.cell_payer_id, s.npi_number
  FROM (
    SELECT DISTINCT b.cell_payer_id, b.set_voter_id, c.area_kind, c.area
    FROM numbered_ballots b
    JOIN cell_payers p ON p.cell_payer_id = b.cell_payer_id
    JOIN cells c ON c.cell_id = p.key_id AND c.area_kind <> 'nation'
    JOIN voters v ON v.voter_id = b.voter_id AND NOT v.is_hospital
  ) b
  JOIN set_npis s ON s.set_voter_id = b.set_voter_id
  JOIN npi_areas r ON r.npi = s.npi AND r.area_kind = b.area_kind AND r.area = b.area

  UNION ALL

  SELECT b.cell_payer_id, a.npi_number
  FROM (
    SELECT DISTINCT n.cell_payer_id, d.content_id
    FROM numbered_ballots n
    JOIN voters v ON v.voter_id = n.voter_id AND v.is_hospital
    JOIN distinct_prices d ON d.price_id = n.price_id
  ) b
  JOIN hospital_npis h ON h.content_id = b.content_id
  JOIN asked_npis a ON a.npi = h.npi AND a.is_valid
) n

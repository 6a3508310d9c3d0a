-- step: price_voters
-- grain: one voter whose price one distinct price is
-- key: price_id, voter_id
SELECT d.price_id, n.voter_id, n.set_voter_id, n.is_hospital
FROM prices d
JOIN (
  SELECT
    m.payer_no, m.hospital_no, m.set_no, m.set_voter_id, v.voter_id, v.is_hospital
  FROM named_voters m
  JOIN voters v
    ON v.network = m.network AND v.entity_kind = m.entity_kind AND v.entity = m.entity
) n
  ON n.payer_no = d.payer_no AND n.hospital_no = d.hospital_no AND n.set_no = d.set_no
WHERE d.statement IN ('dollar', 'derived dollar')

-- step: price_voters
-- grain: one voter whose price one distinct price is
-- key: price_id, voter_id
SELECT n.price_id, v.voter_id, n.set_voter_id, v.is_hospital
FROM named_voters n
JOIN voters v
  ON v.network = n.network AND v.entity_kind = n.entity_kind AND v.entity = n.entity

-- step: traced_votes
-- grain: one distinct price behind one vote in one cell at one strength
-- key: strength, key_id, payer_id, network, entity_kind, entity, price_id
SELECT
  b.strength, b.key_id, b.payer_id, b.payer, v.network, v.entity_kind, v.entity,
  v.dollars AS vote, b.price_id, b.dollars
FROM ballots b
JOIN votes v
  ON v.strength = b.strength AND v.key_id = b.key_id AND v.payer_id = b.payer_id
  AND v.voter_id = b.voter_id

-- step: ballots
-- grain: one distinct price of one voter in one comparison key at one strength
-- key: strength, key_id, payer_id, network, entity_kind, entity, price_id
-- Rule M02.
SELECT
  c.strength,
  c.key_id,
  c.payer_id,
  c.payer,
  v.network,
  v.entity_kind,
  v.entity,
  c.price_id,
  c.content_id,
  c.rate_id,
  c.dollars,
  c.n_rows
FROM counted_prices c
JOIN price_voters v ON v.price_id = c.price_id

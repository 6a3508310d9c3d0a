-- step: ballots
-- grain: one distinct price of one voter in one comparison key at one strength
-- key: strength, key_id, payer_id, network, entity_kind, entity, price_id
-- Rule M02. A group without a TIN is its payer's own; prices without any provider have one voter.
SELECT
  c.strength,
  c.key_id,
  c.payer_id,
  c.payer,
  coalesce(v.network, '') AS network,
  CASE
    WHEN c.published_by = 'hospital' THEN 'hospital'
    ELSE coalesce(v.entity_kind, 'provider group')
  END AS entity_kind,
  CASE
    WHEN c.published_by = 'hospital' THEN c.hospital_id
    WHEN v.entity_kind = 'TIN' THEN v.entity
    ELSE concat_ws(' ', c.payer_id, coalesce(v.entity, 'no provider stated'))
  END AS entity,
  c.price_id,
  c.content_id,
  c.rate_id,
  c.dollars,
  c.n_rows
FROM counted_prices c
LEFT JOIN set_voters v
  ON v.content_id = c.content_id AND v.provider_set_id = c.provider_set_id

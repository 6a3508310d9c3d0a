-- step: ballots
-- grain: one distinct price of one voter in one comparison key at one strength
-- key: strength, key_id, payer_id, network, entity_kind, entity, price_id
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
    WHEN c.published_by = 'hospital' THEN concat_ws(', ', c.publisher, nullif(c.state, ''))
    ELSE coalesce(v.entity, concat_ws(' ', c.content_id, c.provider_set_id))
  END AS entity,
  c.price_id,
  c.content_id,
  c.rate_id,
  c.dollars,
  c.n_rows
FROM counted_prices c
LEFT JOIN set_voters v
  ON v.content_id = c.content_id AND v.provider_set_id = c.provider_set_id

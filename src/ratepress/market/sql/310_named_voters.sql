-- step: named_voters
-- grain: one voter whose price one distinct price is
-- key: price_id, network, entity_kind, entity
-- Rule M02. A group without a TIN is its payer's own; prices without any provider have one voter.
-- `set_entity` is the voter's name in its provider set, `set_voter_id` its number there.
SELECT
  d.price_id,
  coalesce(v.network, '') AS network,
  CASE
    WHEN d.published_by = 'hospital' THEN 'hospital'
    ELSE coalesce(v.entity_kind, 'provider group')
  END AS entity_kind,
  CASE
    WHEN d.published_by = 'hospital' THEN d.hospital_id
    WHEN v.entity_kind = 'TIN' THEN v.entity
    ELSE concat_ws(' ', d.payer_id, coalesce(v.entity, 'no provider stated'))
  END AS entity,
  d.content_id,
  d.provider_set_id,
  v.entity AS set_entity,
  v.set_voter_id
FROM distinct_prices d
LEFT JOIN set_voters v
  ON v.content_id = d.content_id AND v.provider_set_id = d.provider_set_id
WHERE d.statement IN ('dollar', 'derived dollar')

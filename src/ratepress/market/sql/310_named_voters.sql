-- step: named_voters
-- grain: one voter whose price one distinct price is
-- key: price_id, network, entity_kind, entity
-- Rule M02. A group without a TIN is its payer's own; prices without any provider have one voter.
-- `set_voter_id` is the voter's number in its provider set.
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
  v.set_voter_id
FROM distinct_prices d
LEFT JOIN set_voters v ON v.set_no = d.set_no
WHERE d.statement IN ('dollar', 'derived dollar')

-- step: named_voters
-- grain: one contracting entity of the providers of one payer's or hospital's dollar prices
-- key: payer_no, hospital_no, set_no, network, entity_kind, entity
-- Rule M02. A hospital votes itself. A group without a TIN is its payer's own; prices without any provider have one voter.
-- `set_voter_id` is the voter's number in its provider set.
SELECT
  d.payer_no, d.hospital_no, d.set_no, v.set_voter_id,
  coalesce(v.network, '') AS network,
  CASE
    WHEN d.hospital_no > 0 THEN 'hospital'
    ELSE coalesce(v.entity_kind, 'provider group')
  END AS entity_kind,
  CASE
    WHEN d.hospital_no > 0 THEN s.hospital_id
    WHEN v.entity_kind = 'TIN' THEN v.entity
    ELSE concat_ws(' ', s.payer_id, coalesce(v.entity, 'no provider stated'))
  END AS entity
FROM (
  SELECT DISTINCT payer_no, hospital_no, set_no
  FROM prices
  WHERE statement IN ('dollar', 'derived dollar')
) d
JOIN (SELECT DISTINCT payer_no, hospital_no, payer_id, hospital_id FROM speakers) s
  ON s.payer_no = d.payer_no AND s.hospital_no = d.hospital_no
LEFT JOIN set_voters v ON v.set_no = d.set_no AND d.hospital_no = 0

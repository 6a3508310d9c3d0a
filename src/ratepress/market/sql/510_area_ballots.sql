-- step: area_ballots
-- grain: one distinct price of one voter in one asked area, at one strength
-- key: key_payer_no, cell_no, voter_id, price_id
-- Rule M09: once in each asked area in which the voter is.
SELECT b.key_payer_no, c.cell_no, b.price_id, b.dollars, b.voter_id, b.set_voter_id
FROM voter_areas a
JOIN national_ballots b ON b.price_id = a.price_id AND b.voter_id = a.voter_id
JOIN key_payers k ON k.key_payer_no = b.key_payer_no
JOIN cells c ON c.key_no = k.key_no AND c.area_kind = a.area_kind AND c.area = a.area

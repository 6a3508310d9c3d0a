-- step: published_rates
-- grain: one published price of an asked code
-- key: content_id, rate_id
-- kept: no
-- `asked_rates` with the words that its numbers stand for.
SELECT
  r.* EXCEPT (payer_no, hospital_no, standing, item_id, rate_position, price_position, place),
  w.* EXCEPT (wording_no),
  s.content_id,
  s.payer_name,
  s.plan_name,
  s.payer_id,
  s.payer,
  coalesce(
    r.place,
    'in_network[' || CAST(r.item_id AS STRING) || '].negotiated_rates['
      || CAST(r.rate_position AS STRING) || '].negotiated_prices['
      || CAST(r.price_position AS STRING) || ']'
  ) AS place,
  s.published_by,
  s.publisher,
  s.state,
  s.hospital_id,
  s.published_on,
  s.standing
FROM asked_rates r
JOIN speakers s ON s.speaker_no = r.speaker_no
JOIN wordings w ON w.wording_no = r.wording_no

-- step: prices
-- grain: one price of one payer for one set of providers in one comparison key
-- key: price_id
-- Rule M03: exact repeats across plans and files are one price; the newest file speaks for it, and of
-- one day the first by name: the lowest `rate_no`. Sets of the same providers have the same voters.
-- Rule M01: dollars are a dollar price whatever else the row states, so nothing else sets them apart.
-- `last_day` is the last one on which a row says the price holds; null where none says (rule Q07).
SELECT
  d.price_id, d.key_no, d.payer_no, s.hospital_no, k.statement, d.dollars, d.percentage, d.n_rows,
  d.last_day, d.rate_no, d.set_no, s.speaker_no, s.file_no
FROM (
  SELECT row_number() OVER (ORDER BY g.key_no, g.payer_no, g.rate_no) AS price_id, g.*
  FROM (
    SELECT
      r.key_no, r.payer_no, r.dollars,
      CAST(NULL AS DECIMAL(18, 6)) AS percentage,
      count(*) AS n_rows,
      max(r.expires_on) AS last_day,
      min(r.rate_no) AS rate_no,
      min(r.speaker_no) AS speaker_no,
      min(r.set_no) AS set_no
    FROM key_rates r
    LEFT JOIN set_providers p ON p.set_no = r.set_no
    WHERE r.statement IN ('dollar', 'derived dollar')
    GROUP BY r.key_no, r.payer_no, r.hospital_no, p.providers_no, r.dollars
    UNION ALL
    SELECT
      r.key_no, r.payer_no, r.dollars, r.percentage, count(*), max(r.expires_on), min(r.rate_no),
      min(r.speaker_no), min(r.set_no)
    FROM key_rates r
    LEFT JOIN set_providers p ON p.set_no = r.set_no
    WHERE r.statement NOT IN ('dollar', 'derived dollar')
    GROUP BY
      r.key_no, r.payer_no, r.hospital_no, p.providers_no, r.dollars, r.percentage, r.algorithm
  ) g
) d
JOIN speakers s ON s.speaker_no = d.speaker_no
JOIN comparison_keys k ON k.key_no = d.key_no

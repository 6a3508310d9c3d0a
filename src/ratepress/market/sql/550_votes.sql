-- step: votes
-- grain: one voter in one comparison key at one strength
-- key: strength, key_id, payer_id, network, entity_kind, entity
-- Rule M02: several prices of one voter become their median; lowest and highest are kept.
-- The median is the mean of the two middle order statistics, in exact decimals.
SELECT
  b.strength, b.key_id, b.payer_id, b.payer, b.network, b.entity_kind, b.entity,
  CAST(
    sum(CASE
      WHEN b.rank_no * 2 = b.n_prices OR b.rank_no * 2 = b.n_prices + 1
        OR b.rank_no * 2 = b.n_prices + 2 THEN b.dollars
    END)
    * CASE WHEN max(b.n_prices) % 2 = 0 THEN CAST(0.5 AS DECIMAL(2, 1)) ELSE CAST(1 AS DECIMAL(2, 1)) END
    AS DECIMAL(24, 5)
  ) AS dollars,
  min(b.dollars) AS lowest,
  max(b.dollars) AS highest,
  count(*) AS n_prices,
  CAST(sum(b.n_rows) AS BIGINT) AS n_rows
FROM (
  SELECT
    *,
    row_number() OVER (
      PARTITION BY strength, key_id, payer_id, network, entity_kind, entity
      ORDER BY dollars, price_id
    ) AS rank_no,
    count(*) OVER (
      PARTITION BY strength, key_id, payer_id, network, entity_kind, entity
    ) AS n_prices
  FROM ballots
) b
GROUP BY b.strength, b.key_id, b.payer_id, b.payer, b.network, b.entity_kind, b.entity

-- step: ordered_votes
-- grain: one vote in one grain (its payer, or all payers), in order of dollars
-- key: strength, key_id, grain, payer_id, rank_no
-- Rule M06: the grain over all payers stands beside each payer's own.
SELECT
  v.*,
  row_number() OVER (
    PARTITION BY strength, key_id, grain, payer_id
    ORDER BY dollars, payer_id_voting, network, entity_kind, entity
  ) AS rank_no,
  count(*) OVER (PARTITION BY strength, key_id, grain, payer_id) AS n_votes
FROM (
  SELECT
    strength, key_id, 'payer' AS grain, payer_id, payer, payer_id AS payer_id_voting,
    network, entity_kind, entity, dollars
  FROM votes
  UNION ALL
  SELECT
    strength, key_id, 'all payers', '', 'All payers', payer_id,
    network, entity_kind, entity, dollars
  FROM votes
) v

-- step: voter_rules
-- grain: one rule about voters and one distinct price of which it says nothing good
-- key: price_id, rule_id
-- A price is flagged where all its voters are, and not assessed where none is found sound.
SELECT
  f.price_id,
  f.rule_id,
  CASE
    WHEN sum(CASE WHEN f.outcome = 'flagged' THEN 1 ELSE 0 END) = max(n.n_voters) THEN 'flagged'
    ELSE 'not assessed'
  END AS outcome
FROM voter_flags f
JOIN (
  SELECT price_id, count(*) AS n_voters
  FROM price_voters
  GROUP BY price_id
) n ON n.price_id = f.price_id
GROUP BY f.price_id, f.rule_id
HAVING count(*) = max(n.n_voters)

-- step: q05_prices
-- grain: one voter of one payer in one comparison key, as rule Q05 looks at it
-- key: key_payer_no, voter_id
-- Rule Q05 looks at the votes of the strength `balanced`, which it leaves nothing out of itself.
SELECT
  b.key_payer_no, b.voter_id,
  count(*) AS n_prices,
  min(b.dollars) AS lowest,
  max(b.dollars) AS highest
FROM eligible_ballots b
JOIN key_payers k ON k.key_payer_no = b.key_payer_no AND k.strength = 'balanced'
WHERE b.dollars > 0
GROUP BY b.key_payer_no, b.voter_id

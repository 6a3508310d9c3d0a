-- step: ordered_amounts
-- grain: one amount for which voters of one sample vote, and where its votes stand in their order
-- key: sample_id, dollars
-- The votes of the sample, in order of dollars, have the places 1 to `n_sample_votes`; those for the
-- amount are the places from `first_place` to `last_place`.
SELECT
  o.sample_id, o.dollars, o.n_votes,
  o.last_place - o.n_votes + 1 AS first_place,
  o.last_place,
  o.n_sample_votes
FROM (
  SELECT
    a.sample_id, a.dollars, a.n_votes,
    CAST(sum(a.n_votes) OVER (
      PARTITION BY a.sample_id ORDER BY a.dollars
      ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS BIGINT) AS last_place,
    CAST(sum(a.n_votes) OVER (
      PARTITION BY a.sample_id ORDER BY a.dollars
      ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
    ) AS BIGINT) AS n_sample_votes
  FROM vote_amounts a
) o

-- step: set_groups
-- grain: one provider group of one provider set of an asked price, in one network
-- key: set_no, group_no, network
SELECT n.set_no, g.group_no, n.network
FROM named_groups n
JOIN asked_groups g ON g.content_id = n.content_id AND g.group_id = n.group_id

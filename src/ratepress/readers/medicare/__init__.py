"""Medicare's own files, as CMS publishes them: fee schedules, addenda, geography, coverage."""

"""One honest page per billing code, from published price files and Medicare's schedules."""

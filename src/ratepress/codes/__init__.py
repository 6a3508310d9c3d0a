"""What a code is: systems, forms, places of service. Codes are text, always."""

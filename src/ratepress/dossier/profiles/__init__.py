"""Smaller dossiers, one module each: what is known of a payer, a hospital, a state and so on."""

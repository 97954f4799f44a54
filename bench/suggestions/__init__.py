"""How many columns and account number setups are suggested right, and whether any is suggested wrong."""

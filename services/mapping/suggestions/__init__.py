"""What the wizard proposes, from headers, values and existing account numbers. Pure; nothing is applied by itself."""

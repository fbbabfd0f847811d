"""The table, Voipit, SNS, secrets and phone numbers, behind the ports of the use cases."""

"""What is done with an issued certificate: its holder chooses and changes providers, it is replaced, revoked, expires;
with all that becomes of the bookings that it pays."""

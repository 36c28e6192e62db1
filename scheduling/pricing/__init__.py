"""What a session costs and who pays it: a pure rule, and the terms that a booking brings to it."""

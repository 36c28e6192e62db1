"""Who, when and by what right: the centre's subjects, each with its tables, rules and queries."""

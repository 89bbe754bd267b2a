"""The study: trials, objective, and the pure logic that decides what happens next."""

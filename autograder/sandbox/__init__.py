"""The trust line: what runs on our side, what runs on theirs, and the wire between them."""

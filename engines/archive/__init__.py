"""What the builders of searched archives share: which files there are, what they say of themselves, who reads them."""

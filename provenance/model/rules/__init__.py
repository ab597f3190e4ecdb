"""Rules: terms, the rule library, policies, and the rulings that follow from them."""

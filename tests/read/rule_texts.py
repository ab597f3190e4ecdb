"""A rule file with a bit of everything."""

SOURCE = """\
format: 2
id: forum
name: A Forum
aliases: [the-forum]
hosts: [forum.example, big.example/forum/*]
documents:
  - id: terms
    title: Terms
    address: https://forum.example/terms
    kind: platform
    notes: Read twice.
    time-axis: collection
    periods:
      - until: 2021-01-01
        verdict: unknown
        basis: silence
        uses: [pretraining]
        binds: [scraper]
        jurisdictions: [any]
        paraphrase: Nothing is said.
        confidence: verified on a stored copy
        stored-copy: https://copies.example/forum
      - from: 2021-01-01
        from-basis: first seen
        supersedes: forum/terms
        versions: [2021-01-01, 2022]
        verdict: restricted
        basis: automated-access
        uses: [pretraining]
        model-scope: generative
        binds: [scraper]
        jurisdictions: [any]
        paraphrase: Robots need consent.
        conditions: [robots or consent, attribution]
        precedence: licence
        confidence: verified on a stored copy
        stored-copy: https://copies.example/forum
        stored-on: 2022-03
        first-seen: 2021-01-01
        last-seen: 2023-06-30
        latest-copy: 2024-01-01
        end-status: not verified
        reviewed-by: A. Lawyer
        reviewed-on: 2024-02-01
cases: {}
"""

"""Passages of licences, written by `benchmarks/build_licence_passages.py`."""

PASSAGES: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "0BSD",
        (
            "permission to use copy modify|26|70587e2eb41cfc2c4457edf3",
            "disclaims all warranties with regard|20|5468a8ddbc16161644c0f018",
            "be liable for any special|47|c81620f6e98f16b648eddda5",
        ),
    ),
    (
        "AGPL-3.0",
        (
            "?everyone is permitted to copy|19|aaf9385eedc0e8797f25532c",
            "preamble the gnu affero general|5094|283a7a29fe8e6dabf6795124",
            "?how to apply these terms|101|1de7b8bbef4e787779c82cc4",
            "?this program is free software|100|e8e33bb3ae79ae4795f3862b",
            "?also add information on how|131|636f52e88cbdc3eb975923ec",
        ),
    ),
    (
        "AGPL-3.0-or-later",
        (
            "you can redistribute it and|37|d6ef262740b9aa702e8299cf",
            "?distributed in the hope that|36|f91ac1260531a9df9af91a9a",
        ),
    ),
    (
        "Apache-2.0",
        ("licensed under the apache license|84|3666f11603434fd50aa99303",),
    ),
    (
        "Apache-2.0",
        (
            "terms and conditions for use|1385|964c9f7f3d89bb94cd142c91",
            "?appendix how to apply the|84|0c0ff76102c6fc272b6af0bd",
            "?licensed under the apache license|84|3666f11603434fd50aa99303",
        ),
    ),
    (
        "Artistic-2.0",
        (
            "?everyone is permitted to copy|19|aaf9385eedc0e8797f25532c",
            "preamble this license establishes the|1322|44fea502108c15b064dfe519",
        ),
    ),
    (
        "BSD-2-Clause",
        (
            "redistribution and use in source|67|3097d5b65d9138a923b03b5f",
            "this software is provided by|5|70edc908033d7bc32cf53825",
            "and any express or implied|28|8ec8c029308079288dad3652",
            "be liable for any direct|71|b9906283a603091fa4443be0",
        ),
    ),
    (
        "BSD-3-Clause",
        (
            "redistribution and use in source|67|3097d5b65d9138a923b03b5f",
            "neither the|2|b1d5dbec14b19604cb3ffd65",
            "may be used to endorse|17|892922a20f69203d85f2800a",
            "this software is provided by|5|70edc908033d7bc32cf53825",
            "and any express or implied|28|8ec8c029308079288dad3652",
            "be liable for any direct|71|b9906283a603091fa4443be0",
        ),
    ),
    (
        "BSL-1.0",
        ("permission is hereby granted free|202|2ba928e6034f4e5c7714bd07",),
    ),
    (
        "BlueOak-1.0.0",
        ("purpose this license gives everyone|246|852ae1d8c754c602ab3abc2a",),
    ),
    (
        "CC-BY-3.0",
        (
            "?creative commons corporation is not|51|e0417b04aae367ef306e9d6e",
            "license the work as defined|2693|e7e32319d4c0b5addb38cdbb",
            "?creative commons notice creative commons|186|0478c8c90524e7d51651baaf",
        ),
    ),
    (
        "CC-BY-4.0",
        (
            "?creative commons corporation creative commons|398|9c015dcb1c6215e7830da181",
            "by exercising the licensed rights|1967|1aac63d35e4719cd18b9537b",
            "?creative commons is not a|162|cf4c14f92bece2243975b9b9",
        ),
    ),
    (
        "CC-BY-SA-3.0",
        (
            "?creative commons corporation is not|51|e0417b04aae367ef306e9d6e",
            "license the work as defined|3098|ece134b7c3dd4a78728959c5",
            "?creative commons notice creative commons|186|f801c1851da5fdb53ce99f15",
        ),
    ),
    (
        "CC-BY-SA-4.0",
        (
            "?creative commons corporation creative commons|398|9c015dcb1c6215e7830da181",
            "by exercising the licensed rights|2162|e1df9afb389d2afe17126a37",
            "?creative commons is not a|162|cf4c14f92bece2243975b9b9",
        ),
    ),
    (
        "CC0-1.0",
        (
            "?creative commons corporation is not|70|8ca4acb8e40d305b18ee8967",
            "statement of purpose the laws|976|0b46dc216bd7f4eaa275192b",
        ),
    ),
    (
        "EPL-1.0",
        ("the accompanying program is provided|1673|05605b32d325ac829f44dbbe",),
    ),
    (
        "EPL-2.0",
        (
            "the accompanying program is provided|1986|996905d82b0404dbcdbc6afd",
            "?exhibit a form of secondary|124|55e926b272244999d188b01e",
        ),
    ),
    (
        "EUPL-1.2",
        ("this european union public license|2182|3192cd047e2471a87d6fde54",),
    ),
    (
        "GPL-2.0",
        (
            "?everyone is permitted to copy|19|aaf9385eedc0e8797f25532c",
            "preamble the licenses for most|2431|2e7987dbe5fbdee327353e6d",
            "?how to apply these terms|101|1a8c4f00d1d2b0605c482a0b",
            "?this program is free software|97|5b01270686fa8d53f8cc72e4",
            "?also add information on how|36|8fbd49933ec7cefdf0c7cf4f",
            "?gnomovision comes with absolutely no|131|7a2bc3f3f4647da79ecc7575",
            "?this general public license does|53|e143425c621a291b79a91d5f",
        ),
    ),
    (
        "GPL-2.0",
        (
            "?everyone is permitted to copy|19|aaf9385eedc0e8797f25532c",
            "preamble the licenses for most|2431|9acfe8d2f1889446f4280724",
            "?how to apply these terms|101|1a8c4f00d1d2b0605c482a0b",
            "?this program is free software|97|5b01270686fa8d53f8cc72e4",
            "?also add information on how|36|8fbd49933ec7cefdf0c7cf4f",
            "?gnomovision comes with absolutely no|131|7a2bc3f3f4647da79ecc7575",
            "?this general public license does|53|0bfaa639b513f94acedc2ba0",
        ),
    ),
    (
        "GPL-2.0-or-later",
        (
            "you can redistribute it and|36|599d4c13ee5ce21abf622902",
            "?distributed in the hope that|35|934afe14d69431b95be0c1f0",
        ),
    ),
    (
        "GPL-3.0",
        (
            "?everyone is permitted to copy|19|aaf9385eedc0e8797f25532c",
            "preamble the gnu general public|5130|74a2922d6d85fe3c250f72ea",
            "?how to apply these terms|101|1de7b8bbef4e787779c82cc4",
            "?this program is free software|97|a70d474fea6e9cab21cde5e6",
            "?also add information on how|34|e6aa70cf52fa26b8c0293436",
            "?this program comes with absolutely|109|8fcbdc12094eb733be3967c0",
            "?the gnu general public license|54|0791c7430be1716091079eeb",
            "?but first please read gnu|9|02f4c146b88da1c870246bd8",
        ),
    ),
    (
        "GPL-3.0-or-later",
        (
            "you can redistribute it and|36|0b2e8610934423f5b83ecedb",
            "?distributed in the hope that|35|934afe14d69431b95be0c1f0",
        ),
    ),
    (
        "ISC",
        (
            "permission to use copy modify|40|b8e07d9d2af1c0bab2fe7bc2",
            "disclaims all warranties with regard|20|5468a8ddbc16161644c0f018",
            "be liable for any special|47|c81620f6e98f16b648eddda5",
        ),
    ),
    (
        "LGPL-2.0",
        (
            "?everyone is permitted to copy|19|aaf9385eedc0e8797f25532c",
            "this is the first released|3773|e4f15a7e298552f7f511b48d",
            "?how to apply these terms|114|c198e90f4574c68abf98a4a2",
            "?this library is free software|100|de0697f7bfd51b774d5a8565",
            "?also add information on how|68|a5cba39e7340e42e86db982c",
            "?president of vice that s|10|040c794e1f25537160d6a8e0",
        ),
    ),
    (
        "LGPL-2.0-or-later",
        (
            "you can redistribute it and|37|b04bc0a35987e385634897fd",
            "?distributed in the hope that|36|a6fb76da1584a68fcb4489f3",
        ),
    ),
    (
        "LGPL-2.1",
        (
            "?everyone is permitted to copy|19|aaf9385eedc0e8797f25532c",
            "this is the first released|3962|e795c016d7a6bede9f5cf86a",
            "?how to apply these terms|114|c198e90f4574c68abf98a4a2",
            "?this library is free software|101|da7f1f88be8843b2741278a8",
            "?also add information on how|68|a5cba39e7340e42e86db982c",
            "?president of vice that s|10|040c794e1f25537160d6a8e0",
        ),
    ),
    (
        "LGPL-2.1-or-later",
        (
            "you can redistribute it and|38|159dec7902ec22d3954042c6",
            "?distributed in the hope that|36|6a8f91777da45fdf15ca6836",
        ),
    ),
    (
        "LGPL-3.0",
        (
            "?everyone is permitted to copy|19|aaf9385eedc0e8797f25532c",
            "this version of the gnu|1177|65cb5a58130be1cd60082fdd",
        ),
    ),
    (
        "LGPL-3.0-or-later",
        (
            "you can redistribute it and|37|e505823a92b7978496890c51",
            "?distributed in the hope that|36|6a8f91777da45fdf15ca6836",
        ),
    ),
    (
        "MIT",
        ("permission is hereby granted free|162|8cf718910cad31f721c66fc5",),
    ),
    (
        "MIT",
        ("permission is hereby granted free|166|cb287e5bcf72fd527614c837",),
    ),
    (
        "MIT-0",
        ("permission is hereby granted free|137|b11f663ce89ba67a55188ed1",),
    ),
    (
        "MPL-1.1",
        ("definitions 1 0 1 commercial|3691|4541fcab021408169df97900",),
    ),
    (
        "MPL-2.0",
        (
            "definitions 1 1 contributor means|2249|630eec7a5c5c1c0f02bd0a99",
            "?exhibit a source code form|124|cd532215ecf8a5be1878c1e2",
        ),
    ),
    (
        "MPL-2.0",
        ("this source code form is|38|e4e1ce91daa8550b968af50e",),
    ),
    (
        "MS-PL",
        ("this license governs use of|389|98cbb1f427a2ffcc830b0d7b",),
    ),
    (
        "ODbL-1.0",
        ("preamble the open database license|4044|4369ec1260ab199447625bfa",),
    ),
    (
        "OFL-1.1",
        (
            "?this license is copied below|17|bc8f1cec5eb2cdd54cc231ac",
            "preamble the goals of the|620|5d553ccd85ebcbae5634bd8f",
        ),
    ),
    (
        "PostgreSQL",
        (
            "permission to use copy modify|47|acae846ff5bdf5c22170335a",
            "be liable to any party|29|8c9696953fccb15f2701d40e",
            "has been advised of the|9|5bf16fae351bbc40a87a4169",
            "specifically disclaims any warranties including|31|38c41500cebe9b82160c4b1d",
            "has no obligations to provide|11|e497e60a975f3f1d097e9734",
        ),
    ),
    (
        "UPL-1.0",
        ("subject to the condition set|280|1f6382f49de77e4b96056fe9",),
    ),
    (
        "Unlicense",
        (
            "this is free and unencumbered|190|f507d73d343a3d7b0b7ecd39",
            "?for more information please refer|8|7b343a725bac91215c7ed973",
        ),
    ),
    (
        "WTFPL",
        ("everyone is permitted to copy|53|7d75a7755364f3305ac19c8e",),
    ),
    (
        "Zlib",
        ("this software is provided asis|129|ef0b36e60b7c7682275e999c",),
    ),
)

/// The style of the page.
extension HTMLReport {
    static let style = colors + page + tables + drawings + narrow + print

    private static let colors = #"""
        :root { color-scheme: light dark;
          --page: #fbfbfa; --card: #fff; --text: #1c2126; --quiet: #57606a; --line: #dadfe4;
          --link: #0a58b0; --done: #1a7f4b; --refused: #9a5200; --unknown: #b8122a; --running: #1f5fb0;
          --alarm: #fdf0f1; --calm: #edf7f1; --code: #f0f2f4; }
        @media (prefers-color-scheme: dark) { :root {
          --page: #14171a; --card: #1a1e22; --text: #e4e8ec; --quiet: #9ea8b3; --line: #343b43;
          --link: #7db4f8; --done: #4cc38a; --refused: #e6a23c; --unknown: #ff7583; --running: #6ba7f5;
          --alarm: #2c1a1d; --calm: #17261d; --code: #252b31; } }

        """#

    private static let page = #"""
        * { box-sizing: border-box; }
        html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
        body { margin: 0 auto; max-width: 84rem; padding: 2rem 1.5rem 3rem;
          background: var(--page); color: var(--text); overflow-wrap: anywhere;
          font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
          font-variant-numeric: tabular-nums; }
        h1 { margin: 0; font-size: 1.9rem; line-height: 1.2; letter-spacing: -0.015em; }
        h2 { margin: 0 0 .75rem; font-size: 1.25rem; line-height: 1.3; }
        h3 { margin: 0; font-size: 1rem; line-height: 1.4; }
        p { margin: .35rem 0; max-width: 60rem; }
        a { color: var(--link); text-underline-offset: .15em; }
        code, pre { font-family: ui-monospace, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace;
          font-size: .87em; }
        pre { margin: .5rem 0; padding: .5rem .75rem; background: var(--code); border-radius: 6px;
          white-space: pre-wrap; }
        small { display: block; color: var(--quiet); font-size: .8rem; line-height: 1.4; }
        section { margin-top: 2.75rem; }
        footer { margin-top: 3rem; color: var(--quiet); font-size: .85rem; }
        .quiet { color: var(--quiet); }
        .figures { display: flex; flex-wrap: wrap; gap: .75rem 2.5rem; margin: 1.25rem 0; padding: 0;
          list-style: none; color: var(--quiet); font-size: .85rem; }
        .figures b { display: block; font-size: 1.6rem; font-weight: 600; line-height: 1.2; }
        .figures b:not(.unknown) { color: var(--text); }
        nav { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; }
        .alarm, .calm { padding: 1.25rem 1.5rem; border-left: 4px solid var(--unknown);
          border-radius: 0 8px 8px 0; background: var(--alarm); }
        .alarm h2 { color: var(--unknown); }
        .alarm h2:not(:first-child) { margin-top: 1.5rem; }
        .alarm article { margin-top: 1rem; padding-top: 1rem; border-top: 1px solid var(--line); }
        .alarm pre { background: var(--card); border: 1px solid var(--line); }
        .calm { border-color: var(--done); background: var(--calm); }
        .calm h2 { color: var(--done); margin: 0; }
        .unknown { color: var(--unknown); }
        .new { font-weight: 600; }

        """#

    private static let tables =
        widths + #"""
            table { width: 100%; table-layout: fixed; border-collapse: collapse; font-size: .9rem; }
            caption { padding-bottom: .5rem; color: var(--quiet); text-align: left; }
            th, td { padding: .5rem .75rem .5rem 0; border-bottom: 1px solid var(--line);
              text-align: left; vertical-align: top; }
            th:last-child, td:last-child { padding-right: 0; }
            thead th { color: var(--quiet); font-size: .8rem; font-weight: 600; vertical-align: bottom; }
            tbody th { font-weight: 600; }
            tbody th code, tbody th small { font-weight: 400; }
            p time, .group time { white-space: nowrap; }
            .group th { padding-top: 1.5rem; font-weight: 400; color: var(--quiet); }
            .group bdi { color: var(--text); font-weight: 600; }
            .state { white-space: nowrap; font-weight: 600; }
            .state::before { content: ""; display: inline-block; width: .6em; height: .6em; margin-right: .4em;
              border: 2px solid currentColor; border-radius: 50%; background: currentColor; }
            .state.refused::before, .state.not-sent::before { background: none; }
            .state.unknown::before { border-radius: 0; }
            .state.done { color: var(--done); } .state.refused { color: var(--refused); }
            .state.not-sent { color: var(--quiet); } .state.running { color: var(--running); }
            tr:target, tbody:target { background: var(--code); }

            """#

    private static let drawings = #"""
        figure { margin: 1.75rem 0 0; }
        figcaption p { color: var(--quiet); font-size: .9rem; }
        figcaption .folded { color: var(--text); }
        .legend { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; margin: 0; padding: 0;
          list-style: none; color: var(--quiet); font-size: .85rem; }
        .timeline { display: block; margin-top: .5rem; border-top: 1px solid var(--line); }
        svg text { fill: var(--text); font-size: 12px; }
        svg text.tick { fill: var(--quiet); font-size: 11px; }
        svg line.tick { stroke: var(--line); }
        svg .bar { stroke: var(--done); stroke-width: 2; stroke-linejoin: round; fill: var(--done); }
        svg .refused { stroke: var(--refused); fill: var(--page); }
        svg .not-sent { stroke: var(--quiet); fill: var(--page); }
        svg .unknown { stroke: var(--unknown); fill: var(--unknown); fill-opacity: .25; stroke-dasharray: 3 2; }
        svg .running { stroke: var(--running); fill: var(--running); fill-opacity: .25; }
        svg rect.wait { fill: var(--quiet); }
        svg line.wait { stroke: var(--quiet); stroke-width: 1.5; }
        svg text.sign { font-weight: 700; }

        """#

    /// On a narrow screen each row is a card.
    private static let narrow = #"""
        @media screen and (max-width: 900px) {
        body { padding: 1.25rem 1rem 2rem; }
        h1 { font-size: 1.6rem; }
        .alarm, .calm { margin-left: -1rem; margin-right: -1rem; padding: 1rem; border-radius: 0; }
        table, caption, tbody, tr, th, td { display: block; }
        thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
        th, td { padding: 0; border: 0; }
        tbody tr { margin-bottom: .75rem; padding: .6rem .8rem; border: 1px solid var(--line);
          border-radius: 8px; background: var(--card); }
        tbody .group { margin: 1.25rem 0 .5rem; padding: 0; border: 0; background: none; }
        .group th { padding: 0; }
        td { position: relative; margin-top: .25rem; padding-left: 6.75rem; min-height: 1.5em; }
        td:empty { display: none; }
        td::before { position: absolute; left: 0; width: 6.25rem; color: var(--quiet); font-size: .8rem;
          line-height: 1.7; }
        \#(labels)}

        """#

    private static var labels: String {
        rules { table, place, column in
            ".\(table) td:nth-child(\(place))::before { content: \"\(column.name)\"; }"
        }
    }

    /// The widths are fixed: a name of 300 characters must not take the room of all other columns.
    private static var widths: String {
        rules { table, place, column in
            ".\(table) thead th:nth-child(\(place)) { width: \(column.width)%; }"
        }
    }

    private static func rules(_ rule: (String, Int, Column) -> String) -> String {
        var text = ""
        for (table, columns) in tableColumns {
            for (place, column) in columns.enumerated() {
                text += rule(table, place + 1, column) + "\n"
            }
        }
        return text
    }

    private static let print = #"""
        @page { margin: 12mm; }
        @page wide { size: landscape; }
        @media print {
        #items, #changes, #runs { page: wide; }
        body { max-width: none; padding: 0; background: #fff; font-size: 10pt; }
        nav { display: none; }
        a { color: inherit; text-decoration: none; }
        section { margin-top: 1.5rem; }
        h2, h3, figcaption, caption { break-after: avoid; }
        tr, article, figure { break-inside: avoid; }
        .alarm, .calm, .bar, .wait, .state::before { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
        table { font-size: 8.5pt; }
        th, td { padding-top: .25rem; padding-bottom: .25rem; }
        code { font-size: .8em; }
        small { font-size: 7.5pt; }
        }

        """#
}

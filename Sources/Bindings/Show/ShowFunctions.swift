internal import Buffers
internal import JSON
internal import LuaHost
internal import Posix
internal import Text
internal import VSphere

extension FunctionSpec {
    /// The function `show`.
    static let show = FunctionSpec(
        "show",
        "Prints values for a person.",
        [
            Parameter(
                "...",
                "any",
                "tables with what is in them, lists of records as an aligned table, times with their age; "
                    + "a value with __tostring as the text it gives, or why it gives none: it failed, gave "
                    + "no string, took too long; a table with __name with that name before it. Behind one value "
                    + "may stand how to show it: columns (fields in their order), sort (a field or several, \"-size\" "
                    + "the largest first), format (\"table\", \"csv\", \"json\", \"markdown\", \"html\"), file (its "
                    + "end tells the format; it is written in a dry run and with --read-only too); with a "
                    + "format or a file no row is left out. In csv a spreadsheet may "
                    + "take what begins with =, +, - or @ for a formula"
            )
        ],
        returns: Result("nil", "nothing; the text goes to standard output, or to the file"),
        errors: ["usage", "output", "forbidden_by_policy"],
        example: """
            show(listVMs())
            show(item("golden/rhel-9"):listCheckOuts())
            show(listVMs(), { columns = { "name", "power_state" }, sort = { "power_state", "-name" } })
            show(listVMs(), { format = "csv" })
            show({ name = "web-1", since = "2026-11-21T10:11:12Z", disks = { 40, 200 } })
            """,
        isLenient: true,
        asksForTexts: true
    ) { runtime, call in
        runtime.answer(call) { () throws(VSphereError) in
            let arguments = Arguments(call, of: "show")
            if let options = try ShowOptions.find(arguments) {
                return try runtime.show(call.arguments.values[0], options, arguments)
            }
            let show = runtime.shower
            var values = call.arguments.values
            // `parallel` gives its errors too, and mostly there are none.
            if values.count == 2, values[0].packedList != nil, values[1].isEmptyList {
                values.removeLast()
            }
            for value in values {
                runtime.interpreter.write(show.render(value) + "\n")
            }
        }
    }
}

extension Runtime {
    /// Shows a value in the form that is asked for.
    fileprivate func show(
        _ value: Value,
        _ options: ShowOptions,
        _ arguments: Arguments
    ) throws(VSphereError) {
        guard let file = options.file else {
            return interpreter.write(try text(of: value, options, arguments))
        }
        guard configuration.sandbox == nil else {
            throw VSphereError(
                .forbiddenByPolicy,
                "a script in a sandbox writes no file",
                operation: arguments.function
            )
        }
        let text = try text(of: value, options, arguments)
        // It may be another name of standard output.
        _ = Interpreter.flushOutput()
        do throws(PosixError) {
            try configuration.writeFile(file, Array(text.utf8))
        } catch {
            // The file may be written beside its place first: that name would say nothing.
            let named = PosixError("write", path: file, code: error.code, reason: error.reason)
            throw VSphereError(
                .output,
                Display.escape(named.description),
                operation: arguments.function
            )
        }
    }

    /// The text of a value, with its line breaks.
    private func text(
        of value: Value,
        _ options: ShowOptions,
        _ arguments: Arguments
    ) throws(VSphereError) -> String {
        let packed = value.packed
        let isList =
            value.kind == .array || packed != nil || value.kind == .record && value.count == 0
        var rows = packed ?? (isList ? Array(value.elements) : value.kind == .record ? [value] : [])
        let isTable =
            (isList || value.kind == .record)
            && rows.allSatisfy { $0.kind == .record || $0.kind == .array }
        guard isTable else {
            guard options.columns == nil, options.order.isEmpty,
                options.format == .json || options.format == .table
            else {
                throw arguments.misuse(
                    "columns, sort and this format are for a list of records",
                    hint: "show(listVMs(), { columns = { \"name\", \"vm\" } })"
                )
            }
            guard options.format == .json else { return shower.render(value) + "\n" }
            return JSONEncoder(.indented).encode(Grid.tree(value, describe)) + "\n"
        }
        rows = options.sorted(rows)
        let grid = try Grid(rows, columns: options.columns, describe: describe, arguments)
        switch options.format {
        case .csv: return String(decoding: grid.csv(ending: [CSVText.feed]), as: UTF8.self)
        case .markdown: return grid.markdown + "\n"
        case .html: return grid.html + "\n"
        case .json:
            let tree = isList ? grid.tree : Grid.tree(value, describe)
            return JSONEncoder(.indented).encode(tree) + "\n"
        case .table:
            var show = shower
            if options.file != nil { (show.width, show.usesColor) = (nil, false) }
            guard rows.allSatisfy({ $0.kind == .record && $0.count > 0 }), !rows.isEmpty else {
                return show.render(value) + "\n"
            }
            let table = RecordTable(
                rows,
                columns: options.columns,
                isWhole: options.isWhole,
                in: show
            )
            return table.lines(colors: show.usesColor).joined(separator: "\n") + "\n"
        }
    }

    /// The settings for showing values on standard output now: the width of a terminal changes.
    public var shower: Show {
        Show(
            width: configuration.columns(),
            usesColor: configuration.usesColor,
            now: Timestamp(scriptTime).number,
            describe: describe
        )
    }
}

internal import JSON
internal import Text

extension ScriptOptions {
    /// The text of `--help`.
    /// - Parameters:
    ///   - script: The script as it was called.
    ///   - width: The columns of the terminal.
    /// - Returns: Lines, without a newline at the end.
    public func help(for script: String, width: Int) -> String {
        // An option and its value stay together.
        var lines = WordWrap.lines(usage(for: script), width: width, hang: 7).map {
            $0.replacing("\u{A0}", with: " ")
        }
        for paragraph in about { lines += [""] + WordWrap.lines(paragraph, width: width, hang: 0) }
        var rows = words.map { (Self.form(ofWord: $0), Self.text(about: $0)) }
        rows += options.map { (form($0), Self.text(about: $0)) }
        rows.append(("-h, --help", "shows this"))
        let longest = min(rows.map { DisplayWidth.of($0.0) }.max() ?? 0, max(width / 2 - 4, 8))
        lines.append("")
        for (form, text) in rows {
            let isLong = DisplayWidth.of(form) > longest
            let margin = longest + 4
            let head = "  " + form
            let padding = String(repeating: " ", count: max(margin - DisplayWidth.of(head), 0))
            if isLong { lines.append(head) }
            lines += WordWrap.lines(
                (isLong ? String(repeating: " ", count: margin) : head + padding) + text,
                width: width,
                hang: margin
            )
        }
        lines.append("")
        lines += WordWrap.lines(
            "Options of vmoon, such as --dry-run, stand before the script: vmoon --help lists them.",
            width: width,
            hang: 0
        )
        return lines.joined(separator: "\n")
    }

    /// `usage: vmoon [options] patch.lua [--keep N] ITEM…`.
    private func usage(for script: String) -> String {
        let name = script.split(separator: "/").last.map(String.init) ?? script
        var parts = ["usage: vmoon [options] \(Display.escape(name))"]
        for entry in options.sorted(by: { $0.isRequired && !$1.isRequired }) {
            let value = entry.kind == .flag ? "" : " \(entry.placeholder)"
            let form =
                entry.kind == .flag && entry.fallback == .boolean(true)
                ? entry.negation : entry.spelling + value
            let all = entry.isRequired ? form : "[\(form)]"
            parts.append((entry.isList ? all + "…" : all).replacing(" ", with: "\u{A0}"))
        }
        parts += words.map(Self.form(ofWord:))
        return parts.joined(separator: " ")
    }

    private static func form(ofWord entry: Entry) -> String {
        let name = entry.placeholder + (entry.isList ? "…" : "")
        return entry.isRequired ? name : "[\(name)]"
    }

    private func form(_ entry: Entry) -> String {
        let isAnyShort = options.contains { $0.short != nil }
        let short = entry.short.map { "-\($0), " } ?? (isAnyShort ? "    " : "")
        // A flag that is on is there to be switched off.
        if entry.kind == .flag {
            let isOn = entry.fallback == .boolean(true)
            return short + (isOn ? "--[no-]" + entry.spelling.dropFirst(2) : entry.spelling)
        }
        return short + "\(entry.spelling) \(entry.placeholder)"
    }

    private static func text(about entry: Entry) -> String {
        var notes: [String] = []
        if entry.isRequired, !entry.summary.isEmpty, entry.isList {
            notes.append("one or more")
        } else if entry.isList {
            notes.append("may be repeated")
        }
        switch entry.fallback {
        case .string(let text): notes.append("default \(text.isEmpty ? "\"\"" : text)")
        case .integer(let number): notes.append("default \(number)")
        case .double(let number): notes.append("default \(number)")
        case .boolean(true): notes.append("default on")
        case .array(let list) where !list.isEmpty:
            notes.append(
                "default " + list.map { $0.string ?? "\($0.integer ?? 0)" }.joined(separator: " ")
            )
        default: break
        }
        if case .choice(let words) = entry.kind, !entry.placeholder.contains("|") {
            notes.insert(words.joined(separator: ", "), at: 0)
        }
        let summary = Display.escape(entry.summary)
        return summary
            + (notes.isEmpty ? "" : " (\(Display.escape(notes.joined(separator: "; "))))")
    }

    /// The type of the table that the script gets.
    public var type: LuaType {
        .record(
            (words + options).map { entry in
                let isThere =
                    entry.isRequired || entry.fallback != nil || entry.isList || entry.kind == .flag
                let type = entry.isOpen ? LuaType.any : entry.type
                return LuaType.Field(entry.name, isThere || entry.isOpen ? type : .optional(type))
            },
            isOpen: false
        )
    }
}

extension ScriptOptions.Entry {
    fileprivate var type: LuaType {
        let one: LuaType =
            switch kind {
            case .flag: .boolean
            case .string: .string
            case .number, .duration: .number
            case .integer, .size: .integer
            case .choice(let words): .union(words.map(LuaType.literal))
            }
        return isList ? .list(one) : one
    }
}

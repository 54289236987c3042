public import JSON
internal import Text

extension ScriptOptions {
    private static let fields = [
        "type", "list", "required", "default", "choices", "short", "value", "min", "max",
    ]
    private static let types = [
        "string", "number", "integer", "duration", "size", "flag", "list", "choice",
    ]

    /// Reads a description.
    ///
    /// Elements of a list are the sentences about the script, and then its words: `{ "name", "summary", … }`. Fields
    /// are options: `name = { "summary", … }`, or `name = "summary"` for a flag.
    /// - Parameter tree: The table; an element beside fields has the name `[1]`. Null stands for a value that only a
    ///   run knows.
    /// - Throws: What its author has to mend.
    public init(_ tree: JSONValue) throws(Misuse) {
        for (place, element) in Self.elements(tree).enumerated() {
            if case .null = element { continue }
            if let text = element.string {
                guard words.isEmpty else {
                    throw Misuse(
                        message: "element \(place + 1): sentences stand before the words",
                        hint: nil
                    )
                }
                about.append(text)
                continue
            }
            guard let name = Self.elements(element).first?.string else {
                throw Misuse(
                    message:
                        "element \(place + 1) must be a sentence, or a word with its name first",
                    hint: "{ \"item\", \"the item to patch\" }"
                )
            }
            words.append(try Self.entry(name, element, isWord: true))
        }
        for member in tree.members ?? [] where !member.name.hasPrefix("[") {
            options.append(try Self.entry(member.name, member.value, isWord: false))
        }
        options.sort { $0.name < $1.name }
        try check()
    }

    /// The elements of a table that may have fields too.
    private static func elements(_ tree: JSONValue) -> [JSONValue] {
        if let list = tree.array { return list }
        var list: [JSONValue] = []
        while let element = tree["[\(list.count + 1)]"] { list.append(element) }
        return list
    }

    private static func entry(
        _ name: String,
        _ tree: JSONValue,
        isWord: Bool
    ) throws(Misuse) -> Entry {
        let isName =
            name.utf8.first.map { $0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7A } == true
            && name.utf8.allSatisfy {
                $0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7A || $0 >= 0x30 && $0 <= 0x39 || $0 == 0x5F
            }
        guard isName else {
            throw Misuse(
                message:
                    "\"\(Display.name(name))\" must be a name: letters, digits and underscores",
                hint: "resource_pool is given as --resource-pool"
            )
        }
        guard isWord || name != "help" else {
            throw Misuse(message: "--help is there already", hint: nil)
        }
        var entry = Entry(name)
        if let text = tree.string {
            (entry.summary, entry.kind) = (text, .flag)
            return entry
        }
        if case .null = tree {
            entry.isOpen = true
            return entry
        }
        let texts = elements(tree).dropFirst(isWord ? 1 : 0)
        guard texts.count == 1, tree.array != nil || tree.members != nil else {
            throw Misuse(
                message: "\(name) must be described by one sentence",
                hint: isWord
                    ? "{ \"\(name)\", \"what it is for\" }" : "\(name) = { \"what it is for\" }"
            )
        }
        entry.summary = texts.first?.string ?? ""
        try entry.read(tree, types: types, fields: fields)
        if isWord {
            if tree["value"] == nil {
                entry.placeholder = name.uppercased().replacing("_", with: "-")
            }
            guard entry.kind != .flag else {
                throw Misuse(message: "\(name): a flag has a name, and no place", hint: nil)
            }
            // A word is needed unless something stands for it.
            entry.isRequired = tree["required"]?.boolean ?? (entry.fallback == nil)
        }
        return entry
    }

    /// Finds the faults between entries.
    private func check() throws(Misuse) {
        var names: Set<String> = []
        var letters: Set<Character> = ["h"]
        for entry in words + options {
            guard names.insert(entry.name).inserted else {
                throw Misuse(message: "\(entry.name) is described twice", hint: nil)
            }
            if let short = entry.short, !letters.insert(short).inserted {
                throw Misuse(message: "\(entry.name): -\(short) is taken", hint: nil)
            }
        }
        for (entry, next) in zip(words, words.dropFirst()) {
            if entry.isList {
                throw Misuse(
                    message: "\(entry.name) takes all the words that are left: it must be the last",
                    hint: nil
                )
            }
            if !entry.isRequired, next.isRequired {
                throw Misuse(
                    message: "\(next.name) is needed, and must stand before \(entry.name)",
                    hint: nil
                )
            }
        }
    }
}

extension ScriptOptions.Entry {
    fileprivate mutating func read(
        _ tree: JSONValue,
        types: [String],
        fields: [String]
    ) throws(ScriptOptions.Misuse) {
        func misuse(_ problem: String, _ hint: String? = nil) -> ScriptOptions.Misuse {
            ScriptOptions.Misuse(message: "\(name): \(problem)", hint: hint)
        }
        for member in tree.members ?? [] where !member.name.hasPrefix("[") {
            guard !fields.contains(member.name) else { continue }
            let near = Suggestion.nearest(to: member.name, among: fields)
            throw misuse(
                "there is no field \"\(Display.name(member.name))\"",
                near.map { "did you mean \($0)?" } ?? "they are \(fields.joined(separator: ", "))"
            )
        }
        func flag(_ field: String) throws(ScriptOptions.Misuse) -> Bool {
            guard let value = tree[field], value != .null else { return false }
            guard let isOn = value.boolean else { throw misuse("\(field) must be true or false") }
            return isOn
        }
        func text(_ field: String) throws(ScriptOptions.Misuse) -> String? {
            guard let value = tree[field], value != .null else { return nil }
            guard let text = value.string else { throw misuse("\(field) must be a string") }
            return text
        }
        isOpen = (tree.members ?? []).contains { $0.value == .null && !$0.name.hasPrefix("[") }
        isList = try flag("list") || tree["type"]?.string == "list"
        isRequired = try flag("required")
        fallback = tree["default"].flatMap { $0 == .null ? nil : $0 }
        let type = try text("type")
        if let type, !types.contains(type) {
            let near = Suggestion.nearest(to: type, among: types)
            throw misuse(
                "there is no type \"\(Display.name(type))\"",
                near.map { "did you mean \($0)?" } ?? "they are \(types.joined(separator: ", "))"
            )
        }
        let choices = (tree["choices"]?.array ?? []).compactMap(\.string)
        if let given = tree["choices"], given != .null, choices.isEmpty {
            throw misuse("choices must be a list of strings")
        }
        kind = try kind(type, choices, misuse)
        if let letter = try text("short") {
            guard letter.utf8.count == 1, letter.first?.isLetter == true else {
                throw misuse("short must be a letter")
            }
            short = letter.first
        }
        let own: String
        switch kind {
        case .flag: own = ""
        case .number, .integer: own = "N"
        case .duration: own = "TIME"
        case .size: own = "SIZE"
        case .choice(let words):
            let all = words.joined(separator: "|")
            own = all.count <= 30 ? all : "WORD"
        case .string: own = name.uppercased().replacing("_", with: "-")
        }
        placeholder = try text("value") ?? own
        least = tree["min"]?.number
        most = tree["max"]?.number
        if kind == .flag, isList || isRequired {
            throw misuse("a flag is on or off: it is no list, and never required")
        }
        guard let fallback else { return }
        if isRequired { throw misuse("what is required needs no default") }
        do throws(ScriptOptions.Problem) {
            _ = try value(ofDefault: fallback)
        } catch {
            throw misuse("the default \(error.message)")
        }
    }

    private func kind(
        _ type: String?,
        _ choices: [String],
        _ misuse: (String, String?) -> ScriptOptions.Misuse
    ) throws(ScriptOptions.Misuse) -> ScriptOptions.Kind {
        switch type {
        case "flag": return .flag
        case "number": return .number
        case "integer": return .integer
        case "duration": return .duration
        case "size": return .size
        case "choice" where choices.isEmpty && !isOpen:
            throw misuse("a choice needs choices", "choices = { \"fast\", \"careful\" }")
        default: break
        }
        if !choices.isEmpty { return .choice(choices) }
        guard type == nil else { return .string }
        switch fallback {
        case .boolean: return .flag
        case .integer: return .integer
        case .double: return .number
        default: return .string
        }
    }
}

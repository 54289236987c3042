internal import Bindings
internal import Buffers
internal import LineEditor
internal import LuaHost
internal import LuaSyntax

/// Finds the completion candidates at the cursor.
///
/// It uses only raw access to the interpreter, names of the vCenter that were fetched before, and
/// one folder of the disk: it cannot raise, and takes a few milliseconds.
struct Completer {
    let index: SpecIndex
    /// The value that a path of names leads to.
    let fields: ([String]) -> Interpreter.Found?
    /// The identifier of an item object.
    let itemIdentifier: (Value) -> String?
    let names: LiveNames?
    /// The names of the files in a folder.
    let files: (String) -> [String]
    /// The name of a part of the whole API.
    var apiPath: (Value) -> String? = { _ in nil }
    /// The names of the profiles.
    var profiles: () -> [String] = { [] }

    private static let limit = 500
    private static let fileFunctions: Set<String> = [
        "dofile", "loadfile", "io.open", "io.lines", "io.input", "io.output", "secret.file",
    ]

    /// The candidates at the cursor of a text.
    func complete(_ text: LexedText, cursor: Int) -> CandidateList {
        let before = text.characters[..<cursor]
        if before.first == "." {
            return DotCommand.completions(String(before), topics: index.topics, files: files)
        }
        let context = CursorContext(text, cursor: cursor)
        let candidates: [Candidate]
        switch context.subject {
        case .name(let path, let isMethod):
            candidates = self.names(at: path, isMethod: isMethod, context)
        case .string(let quote): candidates = strings(quote, context)
        case .nothing: candidates = values(context)
        case .closed: candidates = []
        }
        return CandidateList(
            range: context.start..<cursor,
            candidates: Array(candidates.prefix(Self.limit))
        )
    }

    // MARK: Names

    private func names(
        at path: [String],
        isMethod: Bool,
        _ context: CursorContext
    ) -> [Candidate] {
        var found: [String: String] = [:]
        if path.isEmpty {
            // In a table of options the option names come first; a value may be any expression.
            let options = context.call?.isInTable == true ? options(context) : []
            return options.isEmpty ? globals(context) : options
        }
        if !isMethod, let part = self.apiPath(of: path) {
            return self.parts(of: part, typed: context.typed)
        }
        if !isMethod, isFinder(path) {
            return index.functions(of: "find").map { Candidate($0.ownName, detail: $0.summary) }
                .filter { $0.text.hasPrefix(context.typed) }
        }
        guard let table = fields(path) else { return [] }
        for (name, type) in table.names where !isMethod || type == "function" { found[name] = type }
        var candidates = named(
            found,
            typed: context.typed,
            prefix: path.joined(separator: ".") + "."
        )
        if let object = table.value?.object, let kind = ObjectKind(rawValue: object.kind) {
            candidates += methods(of: kind, isMethod: isMethod, typed: context.typed)
        }
        return candidates
    }

    private func globals(_ context: CursorContext) -> [Candidate] {
        var found: [String: String] = [:]
        for (name, type) in fields([])?.names ?? [] { found[name] = type }
        var candidates = named(found, typed: context.typed, prefix: "")
        for keyword in LuaKeyword.allCases where keyword.rawValue.hasPrefix(context.typed) {
            if !context.typed.isEmpty { candidates.append(Candidate(keyword.rawValue)) }
        }
        return candidates
    }

    private func named(_ found: [String: String], typed: String, prefix: String) -> [Candidate] {
        found.filter { $0.key.hasPrefix(typed) && $0.key.isLuaName }
            // Names with an underscore are offered only after an underscore was typed.
            .filter { typed.hasPrefix("_") || !$0.key.hasPrefix("_") }
            .map { name, type in
                let detail =
                    index.spec(named: prefix + name)?.summary ?? (type == "function" ? "" : type)
                return Candidate(name, detail: detail)
            }
            .sorted { $0.text < $1.text }
    }

    private func methods(of kind: ObjectKind, isMethod: Bool, typed: String) -> [Candidate] {
        var candidates: [Candidate] = []
        if isMethod {
            candidates = index.methods(of: kind).map { Candidate($0.name, detail: $0.summary) }
        } else {
            candidates = kind.fields.map { Candidate($0.name, detail: $0.summary) }
        }
        return candidates.filter { $0.text.hasPrefix(typed) }.sorted { $0.text < $1.text }
    }

    private func options(_ context: CursorContext) -> [Candidate] {
        guard let call = context.call, let parameter = parameter(context) else { return [] }
        let names = inside(parameter, call.tables, of: call) { $0.fields.map(\.name) }
        return names.filter { $0.hasPrefix(context.typed) }
            .map { Candidate($0 + " = ", label: $0, detail: "option") }
    }

    // MARK: Arguments

    /// The parameter that the cursor is at.
    func parameter(_ context: CursorContext) -> FunctionSpec.Parameter? {
        guard let call = context.call, let spec = spec(of: call) else { return nil }
        let parameters = spec.parameters(on: isOnItem(call, spec) ? .item : nil)
        return parameters.indices.contains(call.argument) ? parameters[call.argument] : nil
    }

    /// Whether a method is called on an item.
    ///
    /// What a block will make of a name is not known while it is typed: it is an item unless it is called as sessions are.
    private func isOnItem(_ call: CursorContext.CallSite, _ spec: FunctionSpec) -> Bool {
        guard call.isMethod, spec.receivers.contains(.item) else { return false }
        guard let object = receiver(of: call)?.object else {
            return call.path.dropLast() != ["vc"]
        }
        return object.kind == ObjectKind.item.rawValue
    }

    func receiver(of call: CursorContext.CallSite) -> Value? {
        fields(Array(call.path.dropLast()))?.value
    }

    /// What is known of a place in the tables of an argument: from our own description, else from the index of the
    /// whole API.
    private func inside(
        _ parameter: FunctionSpec.Parameter,
        _ keys: [String?],
        of call: CursorContext.CallSite,
        _ read: (LuaType) -> [String]
    ) -> [String] {
        let known = parameter.type.inside(keys).map(read) ?? []
        guard known.isEmpty, !keys.isEmpty || parameter.type == .table else { return known }
        return spec(of: call)?.wholeType(of: parameter)?.inside(keys).map(read) ?? []
    }

    private func values(_ context: CursorContext) -> [Candidate] {
        guard let call = context.call else { return globals(context) }
        if call.isInTable, call.option == nil {
            let options = options(context)
            guard options.isEmpty else { return options }
        }
        return literals(context).map { literal in
            Candidate(LuaLiteral.quoted(literal.text), label: literal.label, detail: literal.detail)
        }
    }

    private func strings(_ quote: Character, _ context: CursorContext) -> [Candidate] {
        let typed = context.typed
        let known = literals(context).filter { candidate in
            candidate.text.hasPrefix(typed) || candidate.label.hasPrefix(typed)
                || candidate.label.split(separator: "/").last?.hasPrefix(typed) == true
        }
        if context.call?.path == ["require"] {
            return modules(beginning: typed).map {
                Candidate(
                    $0.text.hasSuffix(".") ? $0.text : $0.text + String(quote),
                    label: $0.label
                )
            }
        }
        let candidates = known.isEmpty ? fileNames(context) : known
        return candidates.map { candidate in
            let text = LuaLiteral.escape(candidate.text, quote: quote)
            let isFolder = candidate.text.hasSuffix("/")
            return Candidate(
                isFolder ? text : text + String(quote),
                label: candidate.label,
                detail: candidate.detail
            )
        }
    }

    /// Known values for the parameter: the text of each, not yet a literal.
    private func literals(_ context: CursorContext) -> [Candidate] {
        guard let call = context.call, let parameter = parameter(context) else { return [] }
        let keys = call.isInTable ? call.tables + [call.option] : []
        if keys.last == "profile" { return profiles().map { Candidate($0) } }
        let choices = inside(parameter, keys, of: call) { type in
            // One value may stand for a list of them.
            type.choices.isEmpty ? type.inside([nil])?.choices ?? [] : type.choices
        }
        guard choices.isEmpty, let function = spec(of: call)?.name else {
            return choices.map { Candidate($0) }
        }
        return LiveNames.Kind(of: function, [parameter.name] + keys).map { identifiers($0, call) }
            ?? []
    }

    // MARK: Files

    private func fileNames(_ context: CursorContext) -> [Candidate] {
        let typed = context.typed
        let name = context.call?.path.joined(separator: ".") ?? ""
        let looksLikePath = typed.hasPrefix("/") || typed.hasPrefix("./") || typed.hasPrefix("../")
        guard looksLikePath || Self.fileFunctions.contains(name) else { return [] }
        return Self.paths(beginning: typed, files: files)
    }

    /// The modules that `require` finds from here: `a.lua` as `a`, files of a folder after a dot.
    private func modules(beginning typed: String) -> [Candidate] {
        let path = typed.replacing(".", with: "/")
        return Self.paths(beginning: path, files: files).compactMap { file -> Candidate? in
            let isFolder = file.text.hasSuffix("/")
            guard isFolder || file.text.hasSuffix(".lua") else { return nil }
            let name = String(file.text.dropLast(isFolder ? 1 : 4))
            guard !name.contains(".") else { return nil }
            let module = name.replacing("/", with: ".") + (isFolder ? "." : "")
            return Candidate(module, label: module)
        }
    }

    /// The paths that begin like a text.
    static func paths(beginning typed: String, files: (String) -> [String]) -> [Candidate] {
        let slash = typed.lastIndex(of: "/")
        let folder = slash.map { String(typed[...$0]) } ?? ""
        let start = slash.map { typed[typed.index(after: $0)...] } ?? typed[...]
        return files(folder.isEmpty ? "." : folder)
            .filter { $0.hasPrefix(start) && (start.hasPrefix(".") || !$0.hasPrefix(".")) }
            .map { Candidate(folder + $0, label: $0) }
    }
}

extension String {
    /// Whether it can be used as a name in Lua source.
    var isLuaName: Bool {
        let tokens = LuaLexer.tokens(of: self)
        return tokens.count == 1 && tokens[0].kind == .name && tokens[0].range == 0..<utf8.count
    }
}

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
        guard let parameter = parameter(context) else { return [] }
        let type = parameter.type.inside(context.call?.tables ?? [])
        return (type?.fields.map(\.name) ?? []).filter { $0.hasPrefix(context.typed) }
            .map { Candidate($0 + " = ", label: $0, detail: "option") }
    }

    // MARK: Arguments

    /// The parameter that the cursor is at.
    func parameter(_ context: CursorContext) -> FunctionSpec.Parameter? {
        guard let call = context.call, let spec = spec(of: call) else { return nil }
        let isOnItem = call.isMethod && receiver(of: call).flatMap(itemIdentifier) != nil
        let parameters = spec.parameters(on: isOnItem ? .item : nil)
        return parameters.indices.contains(call.argument) ? parameters[call.argument] : nil
    }

    private func receiver(of call: CursorContext.CallSite) -> Value? {
        fields(Array(call.path.dropLast()))?.value
    }

    private func values(_ context: CursorContext) -> [Candidate] {
        guard let call = context.call else { return globals(context) }
        if call.isInTable, call.option == nil { return options(context) }
        return literals(context).map { literal in
            Candidate(LuaLiteral.quoted(literal.text), label: literal.label, detail: literal.detail)
        }
    }

    private func strings(_ quote: Character, _ context: CursorContext) -> [Candidate] {
        let typed = context.typed
        let known = literals(context).filter { candidate in
            candidate.text.hasPrefix(typed) || candidate.label.hasPrefix(typed)
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
        if call.isInTable, let option = call.option {
            if option == "profile" { return profiles().map { Candidate($0) } }
            let type = parameter.type.inside(call.tables + [option])
            let choices = type?.choices ?? type?.inside([nil])?.choices ?? []
            if !choices.isEmpty { return choices.map { Candidate($0) } }
            if call.path.last == "placement" { return places(LiveNames.PlaceKind(named: option)) }
            guard index.spec(of: call) == nil else { return [] }
            return identifiers(option, call)
        }
        if call.isInTable, let last = call.tables.last, last != nil, index.spec(of: call) == nil {
            return (parameter.type.inside(call.tables + [nil])?.choices ?? []).map { Candidate($0) }
        }
        let choices = SpecIndex.choices(of: parameter)
        return choices.isEmpty ? identifiers(parameter.name, call) : choices.map { Candidate($0) }
    }

    /// The identifiers that a parameter of this name may have.
    private func identifiers(_ name: String, _ call: CursorContext.CallSite) -> [Candidate] {
        guard let names else { return [] }
        names.refresh()
        if call.path.count > 1, call.path[call.path.count - 2] == "find", let kind = call.path.last
        {
            return places(LiveNames.PlaceKind(named: kind))
        }
        switch name {
        case "path" where call.path.last == "item":
            return Self.paths(of: names.items)
        case "item", "template_library_item":
            return names.items.map { Candidate($0.id, label: $0.name, detail: $0.id) }
        case "object":
            let items = names.items.map { Candidate($0.id, label: $0.name, detail: $0.id) }
            let others = isAboutTags(call) ? names.machines : names.libraries
            return others.map { Candidate($0.id, label: $0.name, detail: $0.id) } + items
        case "vm": return names.machines.map { Candidate($0.id, label: $0.name, detail: $0.id) }
        case "library", "library_id":
            return names.libraries.map { Candidate($0.id, label: $0.name, detail: $0.detail) }
        case "version":
            guard let item = item(of: call) else { return [] }
            return names.versions(of: item).map { Candidate($0.id, detail: $0.detail) }
        default: return []
        }
    }

    /// Whether an object is one that may have tags; else it is a library or an item.
    private func isAboutTags(_ call: CursorContext.CallSite) -> Bool {
        call.path.last?.hasSuffix("Tag") == true || call.path.last == "listTags"
    }

    /// The places of a kind: the name of each is offered, and its path is inserted.
    private func places(_ kind: LiveNames.PlaceKind?) -> [Candidate] {
        guard let names, let kind else { return [] }
        names.refresh()
        let isNamed = kind == .vm || kind == .library
        return names.entries(of: kind).map { entry in
            isNamed
                ? Candidate(entry.name, detail: entry.id)
                : Candidate(entry.id, label: entry.name, detail: entry.id)
        }
    }

    /// The items by their paths; a path that several have would name none of them, so their identifiers do.
    ///
    /// The end of the identifier stands in the label: in a narrow menu the rest of the row is cut.
    static func paths(of items: [LiveNames.Entry]) -> [Candidate] {
        let counts = items.reduce(into: [:]) { $0[$1.name, default: 0] += 1 }
        return items.map { item in
            counts[item.name] == 1
                ? Candidate(item.name, detail: item.detail)
                : Candidate(item.id, label: "\(item.name) …\(item.id.suffix(6))", detail: item.id)
        }
    }

    /// The item that a call is about, as far as that can be seen without running anything.
    private func item(of call: CursorContext.CallSite) -> String? {
        if call.isMethod, let item = receiver(of: call).flatMap(itemIdentifier) { return item }
        if let text = LuaLiteral.text(of: call.firstArgument) {
            let path = text.hasPrefix("/") ? String(text.dropFirst()) : text
            return names?.items.first { $0.name == path }?.id ?? text
        }
        let path = call.firstArgument.split(separator: ".").map(String.init)
        guard !path.isEmpty, path.allSatisfy(\.isLuaName) else { return nil }
        return fields(path)?.value.flatMap(itemIdentifier)
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

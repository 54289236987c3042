internal import Bindings
internal import LineEditor
internal import LuaHost
internal import LuaSyntax

/// The names of what is in the vCenter, where an argument takes one.
extension Completer {
    /// The candidates of a kind: the text of each, not yet a literal.
    func identifiers(_ kind: LiveNames.Kind, _ call: CursorContext.CallSite) -> [Candidate] {
        guard let names else { return [] }
        names.refresh()
        switch kind {
        case .item: return names.items.map(Self.identified)
        case .itemPath: return Self.paths(of: names.items)
        case .itemPattern:
            return names.libraries.map { Candidate($0.name + "/*", detail: $0.detail) }
                + Self.paths(of: names.items)
        case .itemName:
            let all = names.items.map { $0.name.split(separator: "/").last.map(String.init) ?? "" }
            return Set(all).sorted().map { Candidate($0) }
        case .version:
            guard let item = item(of: call) else { return [] }
            return names.versions(of: item).map { Candidate($0.id, detail: $0.detail) }
        case .tag: return names.entries(of: .tags).map { Candidate($0.name, detail: $0.id) }
        case .tagIdentifier: return names.entries(of: .tags).map(Self.identified)
        case .tagged: return (names.machines + names.items).map(Self.identified)
        case .published: return (names.libraries + names.items).map(Self.identified)
        case .task: return names.entries(of: .tasks).map(Self.identified)
        case .customization:
            return names.entries(of: .customizations).map {
                Candidate($0.name, detail: $0.detail)
            }
        case .place(.vm): return names.machines.map(Self.identified)
        case .place(.library): return names.libraries.map(Self.identified)
        // A place has its path for an identifier there, and the identifier as its detail.
        case .place(let kind):
            return names.entries(of: kind).map {
                Candidate($0.detail, label: $0.id, detail: $0.detail)
            }
        case .path(.vm), .path(.library), .name(.vm), .name(.library):
            return names.entries(of: kind.isAboutMachines ? .vm : .library).map {
                Candidate($0.name, detail: $0.id)
            }
        case .path(let kind):
            return names.entries(of: kind).map {
                Candidate($0.id, label: $0.name, detail: $0.id)
            }
        case .name(let kind):
            return names.entries(of: kind).map { Candidate($0.name, detail: $0.id) }
        }
    }

    private static func identified(_ entry: LiveNames.Entry) -> Candidate {
        Candidate(entry.id, label: entry.name, detail: entry.id)
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
}

extension LiveNames.Kind {
    fileprivate var isAboutMachines: Bool { self == .path(.vm) || self == .name(.vm) }
}

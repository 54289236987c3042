internal import APIIndex
internal import Bindings
internal import Buffers
internal import LineEditor
internal import LuaHost

/// The whole API, name by name.
extension Completer {
    /// The function that a call means.
    func spec(of call: CursorContext.CallSite) -> FunctionSpec? {
        if !call.isMethod, call.path.count > 1, let part = apiPath(of: call.path) {
            return FunctionSpec.api(part)
        }
        if !call.isMethod, call.path.count > 2, isFinder(Array(call.path.dropLast())),
            let name = call.path.last
        {
            return index.spec(named: "find.\(name)")
        }
        return index.spec(of: call)
    }

    /// Whether a path is `find` of a session.
    func isFinder(_ path: [String]) -> Bool {
        guard path.count > 1, path.last == "find",
            let object = fields(path.dropLast())?.value?.object
        else { return false }
        return object.kind == ObjectKind.session.rawValue
    }

    /// The name in the API that a path leads to: from `api`, from that of a session, or from a part in a variable.
    func apiPath(of path: [String]) -> String? {
        guard let first = path.first else { return nil }
        if first == "api", index.spec(named: "api") != nil {
            return path.dropFirst().joined(separator: ".")
        }
        guard let value = fields([first])?.value, let object = value.object else { return nil }
        switch ObjectKind(rawValue: object.kind) {
        case .session where path.count > 1 && path[1] == "api":
            return path.dropFirst(2).joined(separator: ".")
        case .api:
            guard let part = apiPath(value) else { return nil }
            return ([part].filter { !$0.isEmpty } + path.dropFirst()).joined(separator: ".")
        default: return nil
        }
    }

    /// The packages, services and operations in a part.
    func parts(of path: String, typed: String) -> [Candidate] {
        // Who types `vm` may mean `VM`.
        let typed = typed.lowercased()
        return APIFacts.children(of: path).filter { $0.name.lowercased().hasPrefix(typed) }.map {
            child in
            let name = path.isEmpty ? child.name : "\(path).\(child.name)"
            let isReading = APIFacts.operation(name)?.isReading
            return Candidate(
                child.name,
                detail: isReading.map { $0 ? "reads" : "changes something" } ?? "…"
            )
        }
    }
}

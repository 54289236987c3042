internal import CAPIIndex
internal import Synchronization

/// The facts of vSphere's Automation API, as VMware's packages have them: names, types, releases, privileges.
///
/// Names stand without `com.vmware.`. Nothing is read but the lines of a look-up: the text is part of the program,
/// sorted, and searched by halves. `scripts/api-index` writes it and describes its notation. What was read is kept: every
/// call asks for its operation, and every value of an answer for its structure.
public enum APIFacts {
    /// The kind of a line: its first letter.
    enum Subject: String, Sendable, CaseIterable {
        case enumeration = "e"
        case operation = "o"
        case structure = "s"
        case error = "x"
    }

    /// An operation.
    /// - Parameter name: Service and operation, such as `vcenter.network.list`; also as scripts spell it, with `_task`
    ///   for `$task`.
    /// - Returns: Its facts; nil if there is no such operation.
    public static func operation(_ name: String) -> APIOperation? {
        if let known = read.withLock({ $0.operations[name] }) { return known }
        var found = line(.operation, name)
        if found == nil, name.hasSuffix("_task") {
            found = line(.operation, name.dropLast("_task".utf8.count) + "$task")
        }
        guard let found else { return nil }
        let operation = APIOperation(found)
        read.withLock { $0.operations[name] = operation }
        return operation
    }

    /// A structure or an error.
    /// - Parameter name: Its name, such as `vcenter.network.filter_spec`.
    /// - Returns: Its fields; nil if there is none of this name.
    public static func structure(_ name: String) -> APIStructure? {
        if let known = read.withLock({ $0.structures[name] }) { return known }
        var found = line(.structure, name).map { APIStructure($0, isError: false) }
        found = found ?? line(.error, name).map { APIStructure($0, isError: true) }
        guard let found else { return nil }
        read.withLock { $0.structures[name] = found }
        return found
    }

    /// The entries that were read so far; at most all there are.
    private struct Read {
        var operations: [String: APIOperation] = [:]
        var structures: [String: APIStructure] = [:]
        var enumerations: [String: [String]] = [:]
    }

    private static let read = Mutex(Read())

    /// The values of an enumeration.
    /// - Parameter name: Its name, such as `vcenter.vm.power.state`.
    /// - Returns: Its values, sorted; nil if there is none of this name.
    public static func enumeration(_ name: String) -> [String]? {
        if let known = read.withLock({ $0.enumerations[name] }) { return known }
        guard let line = line(.enumeration, name) else { return nil }
        let values = line.split(separator: " ").dropFirst().map(String.init)
        read.withLock { $0.enumerations[name] = values }
        return values
    }

    /// The operation that has a name in other letters, capital or small: `vcenter.VM.list` for `vcenter.vm.list`.
    /// - Parameter name: The name, as scripts spell it.
    /// - Returns: The right name, as scripts spell it; nil if there is none. It looks at all names.
    public static func operation(like name: String) -> String? {
        let wanted = name.lowercased()
        return operationNames.lazy.map { APIOperation.spelling(of: $0[...]) }
            .first { $0.lowercased() == wanted }
    }

    /// The names behind a dot: packages, services and operations.
    /// - Parameter path: A package or a service; empty for the packages at the top.
    /// - Returns: The next word of every operation below, in order, as scripts spell it; and whether it is an operation.
    public static func children(of path: String) -> [(name: String, isOperation: Bool)] {
        let prefix = path.isEmpty ? "o " : "o \(path)."
        var children: [(name: String, isOperation: Bool)] = []
        withText { text in
            var start = text.firstLine(from: prefix)
            while start < text.count, text.line(at: start, begins: prefix) {
                let name = text.word(at: start + prefix.utf8.count)
                let child = name.prefix { $0 != "." }
                let isOperation = child.endIndex == name.endIndex
                // Everything in that package or service; "/" is the byte behind the dot.
                start =
                    isOperation
                    ? text.lineBehind(start) : text.firstLine(from: "\(prefix)\(child)/")
                children.append((APIOperation.spelling(of: child), isOperation))
            }
        }
        return children
    }

    /// The names of all operations, structures, enumerations or errors, in order.
    static func names(of subject: Subject) -> [String] {
        lines.filter { $0.hasPrefix(subject.rawValue + " ") }.map { line in
            String(line.dropFirst(2).prefix { $0 != " " })
        }
    }

    /// The names of all structures and errors.
    public static var structureNames: [String] { names(of: .structure) + names(of: .error) }

    /// The names of all enumerations, in order.
    public static var enumerationNames: [String] { names(of: .enumeration) }

    /// The names of all operations, in order, as on the wire.
    public static var operationNames: [String] { names(of: .operation) }

    /// All lines.
    static var lines: [Substring] {
        withText { text in
            String(decoding: text.bytes, as: UTF8.self).split(separator: "\n")
        }
    }

    /// The line of a subject, without its letter; nil if there is none.
    static func line(_ subject: Subject, _ name: String) -> String? {
        guard !name.utf8.contains(UInt8(ascii: " ")) else { return nil }
        let key = "\(subject.rawValue) \(name) "
        return withText { text in
            // A line without more than its name ends where the key has a space.
            let start = text.firstLine(from: "\(subject.rawValue) \(name)")
            guard start < text.count else { return nil }
            let line = text.wholeLine(at: start)
            return (line + " ").hasPrefix(key) ? String(line.dropFirst(2)) : nil
        }
    }

    private static func withText<T>(_ body: (IndexText) -> T) -> T {
        let start = UnsafeRawPointer(vm_api_index_text())
        let bytes = UnsafeRawBufferPointer(start: start, count: vm_api_index_length())
        return body(IndexText(bytes: bytes))
    }
}

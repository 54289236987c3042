/// REST requests as operations: for what is known of a request that a script spells itself.
extension APIFacts {
    /// The operation that a request is; it looks at all of them.
    /// - Parameters:
    ///   - method: The method, such as `GET`.
    ///   - path: The path after `/rest` or `/api`, with its query.
    /// - Returns: The operation; nil where none is known to be meant, or several may be.
    public static func operation(method: String, path: String) -> APIOperation? {
        let asked = RESTPath(path)
        var fitting: [APIOperation] = []
        var fewest = Int.max
        for operation in operationNames.lazy.compactMap({ Self.operation($0) }) {
            // A name in the path is that name, before it may be an identifier.
            guard let free = operation.identifiers(in: method, asked), free <= fewest else {
                continue
            }
            if free < fewest { fitting = [] }
            fewest = free
            fitting.append(operation)
        }
        guard fitting.count > 1 else { return fitting.first }
        let usual = fitting.filter { usualNames[method]?.contains($0.name) == true }
        return usual.count == 1 ? usual[0] : nil
    }

    /// The name of an operation of a method that needs no action to be told from others.
    private static let usualNames = [
        "GET": ["get", "list"], "POST": ["create"], "PATCH": ["update"], "PUT": ["set"],
        "DELETE": ["delete"],
    ]
}

extension APIOperation {
    /// How many identifiers a request has in its path, if it may be this operation; else nil.
    fileprivate func identifiers(in method: String, _ asked: RESTPath) -> Int? {
        guard let path, self.method == method else { return nil }
        var own = RESTPath(path)
        // The index has the actions of some paths, and spells those of others as their last word.
        if let action = asked.action {
            let verb = name.prefix { $0 != "$" }.replacing("_", with: "-")
            guard action == verb else { return nil }
            if own.segments.last == verb[...] { own.segments.removeLast() }
        } else if own.action != nil {
            return nil
        }
        guard own.segments.count == asked.segments.count else { return nil }
        var count = 0
        for (segment, found) in zip(own.segments, asked.segments) where segment != found {
            guard segment == "{}" else { return nil }
            count += 1
        }
        return count
    }
}

/// A path of either dialect, in pieces.
private struct RESTPath {
    var segments: [Substring]
    /// The value of `action`.
    let action: String?

    init(_ text: String) {
        let halves = text.split(separator: "?", maxSplits: 1)
        segments = (halves.first ?? "").split(separator: "/").map { segment in
            // `/rest` has it before the identifiers of content libraries.
            segment.hasPrefix("id:") ? segment.dropFirst(3) : segment
        }
        if segments.starts(with: ["com", "vmware"]) { segments.removeFirst(2) }
        let fields = halves.count == 2 ? halves[1].split(separator: "&") : []
        action =
            fields.lazy.compactMap { field in
                let name = field.hasPrefix("~") ? field.dropFirst() : field
                return name.hasPrefix("action=") ? String(name.dropFirst(7)) : nil
            }.first
    }
}

internal import Buffers

/// The form of a call on the wire.
extension Call {
    /// Appends the path and the query to a URL that ends after the host.
    func appendPath(in dialect: Dialect, to url: ByteBuffer) {
        for piece in operation.path(in: dialect) {
            switch piece {
            case .text(let text): url.append(text)
            case .argument(let number):
                if let value = argument(number) { url.append(segment: value) }
            }
        }
        guard let number = operation.queryParameter, let argument = argument(number) else {
            return
        }
        var hasQuery = operation.hasQuery(in: dialect)
        switch operation.parameters[number].use {
        case .query(let name):
            Self.append(name, argument, hasQuery: &hasQuery, to: url)
        case .fields(of: let owner):
            for (key, value) in argument.fields {
                let name = dialect.queryName(key.string ?? "", of: owner)
                let values = value.kind == .array ? Array(value.elements) : [value]
                for value in values { Self.append(name, value, hasQuery: &hasQuery, to: url) }
            }
        case .path, .action, .specification, .arguments, .text: break
        }
    }

    /// The body; nil if the operation has none.
    func body(in dialect: Dialect) -> ByteBuffer? {
        guard let number = operation.bodyParameter, let argument = argument(number) else {
            return nil
        }
        let body = ByteBuffer()
        let parameter = operation.parameters[number]
        switch parameter.use {
        case .specification(let shape, as: let name):
            dialect.appendBody(name, to: body) { out in
                shape.encode(argument, spelling: dialect.maps, into: out)
            }
        case .text:
            dialect.appendBody("spec", to: body) { out in
                out.append("{\"\(parameter.name)\":")
                Shape.string.encode(argument, spelling: dialect.maps, into: out)
                out.append(literal: "}")
            }
        case .path, .action, .query, .fields, .arguments: break
        }
        return body
    }

    private static func append(
        _ name: String,
        _ value: Value,
        hasQuery: inout Bool,
        to url: ByteBuffer
    ) {
        let text: String
        switch value.kind {
        case .string: text = value.string ?? ""
        case .integer: text = String(value.integer ?? 0)
        case .double: text = "\(value.number ?? 0)"
        case .boolean: text = value.boolean == true ? "true" : "false"
        case .nil, .null, .array, .record, .object: return
        }
        url.append(UInt8(ascii: hasQuery ? "&" : "?"))
        hasQuery = true
        url.append(query: name)
        url.append(literal: "=")
        url.append(query: text)
    }
}
